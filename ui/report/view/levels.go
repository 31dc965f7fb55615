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
var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$`)

// word returns a text where it can be typed as it stands, else what stands for it.
func word(text, instead string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return instead
}

// image names the image as a command takes it.
func (v Findings) image() string {
	if v.Report.Image.Source == "demo" {
		return "demo:" + v.Report.Image.Reference // no registry has it
	}
	return v.Report.Image.Reference
}

// Command returns what to type about a finding: what writes its change, or what
// explains its rule.
func (v Findings) Command(f *model.Finding) string {
	c := v.changeOf(f)
	file := "Dockerfile"
	if at := v.Location(f); at != nil {
		file = word(at.File, file)
	}
	fix := "tare fix " + word(v.image(), "IMAGE") + " -f " + file
	switch {
	case f.Rule == "build-tools" && c != nil && f.Fix != nil && f.Fix.Strategy == model.MultiStage:
		return fix + " --strategy multi-stage"
	case c == nil || c.Kind != model.EditChange:
		return "tare explain " + word(f.Rule, "RULE")
	case c.BelowFloor:
		return fix + " --rule " + word(f.Rule, "RULE")
	}
	return fix
}

// Type says it as the last line of a message.
func (v Findings) Type(f *model.Finding) string {
	command := v.Command(f)
	if strings.HasPrefix(command, "tare explain") {
		return "More: " + command
	}
	return "Write the edit: " + command
}
