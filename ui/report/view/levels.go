package view

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/severity"
)

// ChangeLevel returns the level of a change: the highest of its findings, of which levels
// has that of each by its index in the report.
func (v Findings) ChangeLevel(c *model.Change, levels []severity.Level) severity.Level {
	most := severity.None
	for i := range v.Report.Findings {
		if slices.Contains(c.Findings, v.Report.Findings[i].ID) {
			most = max(most, levels[i])
		}
	}
	return most
}

// changeOf returns the change that a finding is in, nil where it is in none.
func (v Findings) changeOf(f *model.Finding) *model.Change {
	for i := range v.Report.Changes {
		if slices.Contains(v.Report.Changes[i].Findings, f.ID) {
			return &v.Report.Changes[i]
		}
	}
	return nil
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9./_][A-Za-z0-9._:/@+-]*$`)

// quotedWord is what every shell takes in single quotes.
var quotedWord = regexp.MustCompile(`^[A-Za-z0-9./_][A-Za-z0-9 ._:/@+,()=-]*$`)

// word returns a text as it can be typed, else what stands for it.
func word(text, instead string) string {
	switch {
	case plainWord.MatchString(text):
		return text
	case quotedWord.MatchString(text):
		return "'" + text + "'"
	}
	return instead
}

// image names the image as a command takes it.
func (v View) image() string {
	if v.Report.Image.Source == "demo" {
		return "demo:" + v.Report.Image.Reference // no registry has it
	}
	return v.Report.Image.Reference
}

// ShowCommand returns the command that shows the image.
func (v View) ShowCommand() string { return "tare " + word(v.image(), "IMAGE") }

// FixCommand returns the command that writes the edits into a Dockerfile. No file need be
// named where tare has the text: of a built-in sample, or in the image's provenance.
func (v View) FixCommand(file string) string {
	command := "tare fix " + word(v.image(), "IMAGE")
	d := v.Report.Dockerfile
	if d == nil && v.Report.Image.Source == "demo" || d != nil && d.How == model.FromProvenance {
		return command
	}
	return command + " -f " + word(file, "Dockerfile")
}

// Command returns what to type about a finding: what writes its change, or what explains its
// rule where nothing does. A command that then has nothing to write is worse than none.
func (v Findings) Command(f *model.Finding) string {
	if !v.Written(f) {
		return "tare explain " + word(f.Rule, "RULE")
	}
	file := v.File()
	if at := v.Location(f); at != nil && v.Paths != (Paths{}) { // another program reads this, elsewhere
		file = at.File
	}
	return strings.TrimSpace(v.FixCommand(file) + " " + *v.changeOf(f).Flags)
}

// Written reports whether tare fix writes the change that a finding is in.
func (v Findings) Written(f *model.Finding) bool {
	c := v.changeOf(f)
	return c != nil && c.Flags != nil
}

// Type says it as the last line of a message.
func (v Findings) Type(f *model.Finding) string {
	if !v.Written(f) {
		return "More: " + v.Command(f)
	}
	return "Write the edit: " + v.Command(f)
}
