package report

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// excuses lists what the settings excuse.
func (c *comment) excuses() {
	if c.check == nil || len(c.check.Ignored) == 0 {
		return
	}
	head := row("ignored", "bytes", "why", "until") + "|---|---:|---|---|\n"
	fold(&c.limited, display.Plural(len(c.check.Ignored), "ignore")+" in the settings", head, c.check.Ignored, func(entry model.Ignored) string {
		until := display.Unicode.None
		if entry.Expires != "" {
			until = code(entry.Expires)
		}
		return row(code(entry.What), display.Bytes(entry.Bytes), prose(entry.Reason), until)
	})
}

// noted repeats what the scan and the gate found worth saying.
func (c *comment) noted() {
	notes := c.report.Notes
	if c.check != nil {
		notes = append(notes[:len(notes):len(notes)], c.check.Notes...)
	}
	if len(notes) == 0 {
		return
	}
	fold(&c.limited, display.Plural(len(notes), "note"), "", notes, func(note string) string {
		return "- " + prose(c.paths.within(note, c.report)) + "\n"
	})
}
