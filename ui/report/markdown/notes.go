package markdown

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// ignores lists what the settings ignore.
func (c *reportComment) ignores() {
	if c.check == nil || len(c.check.Ignored) == 0 {
		return
	}
	head := Row("ignored", "bytes", "why", "until") + "|---|---:|---|---|\n"
	Fold(c.Comment, display.Plural(len(c.check.Ignored), "ignore")+" in the settings", head, c.check.Ignored, func(entry model.Ignored) string {
		until := display.Unicode.None
		if entry.Expires != "" {
			until = Code(entry.Expires)
		}
		return Row(Code(entry.What), display.Bytes(entry.Bytes), Prose(entry.Reason), until)
	})
}

// notes repeats what the scan and the gate found worth saying.
func (c *reportComment) notes() {
	notes := c.Report.Notes
	if c.check != nil {
		notes = append(notes[:len(notes):len(notes)], c.check.Notes...)
	}
	if len(notes) == 0 {
		return
	}
	Fold(c.Comment, display.Plural(len(notes), "note"), "", notes, func(note string) string {
		return "- " + Prose(c.Paths.Within(note, c.Report)) + "\n"
	})
}
