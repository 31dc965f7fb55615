package view

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Findings tells of findings in plain sentences, for the formats that other
// programs read. What it returns is safe to print on one line each.
type Findings struct {
	View
	Paths Paths
	risky map[string]bool // risks, by id
}

// QuoteWidth is how many cells of an instruction one line quotes.
const QuoteWidth = 200

// NewFindings returns the findings of a report, whose files are named as paths
// has it.
func NewFindings(r *model.Report, paths Paths) Findings {
	return Findings{New(r), paths, riskSet(r)}
}

// InstructionAt returns the instruction of an index, or nil where the index is nil
// or leads nowhere.
func (v Findings) InstructionAt(i *int) *model.Instruction {
	if i == nil || *i < 0 || *i >= len(v.Report.Instructions) {
		return nil
	}
	return &v.Report.Instructions[*i]
}

// Guilty is the instruction to change: the one that put a finding's bytes there, or,
// where a later one stored the same content again, that one. It is nil where that is
// not known.
func (v Findings) Guilty(f *model.Finding) *model.Instruction {
	if f.Cause != nil && *f.Cause == model.Copied.String() {
		if in := v.InstructionAt(v.Maker(f.HiddenBy)); in != nil {
			return in
		}
	}
	return v.InstructionAt(f.Instruction)
}

// Location is where the Dockerfile says what a finding is about: the guilty
// instruction. It is nil where the line is not known.
//
// For a finding of a pod it is the line of the manifest.
func (v Findings) Location(f *model.Finding) *model.Location {
	if m := f.Manifest; m != nil {
		if m.File == "-" {
			return nil // standard input is no file of the repository
		}
		return v.Place(&model.Location{File: m.File, Line: m.Line, EndLine: m.Line})
	}
	in := v.Guilty(f)
	if in == nil {
		return nil
	}
	return v.Place(in.Location)
}

// Place is a place in the Dockerfile as other programs name it, nil where the line is
// not known.
func (v Findings) Place(at *model.Location) *model.Location {
	if at == nil || at.Line < 1 {
		return nil
	}
	return &model.Location{File: v.Paths.Of(at.File), Line: at.Line, EndLine: max(at.EndLine, at.Line)}
}

// InChange reports whether a change settles a finding.
func (v Findings) InChange(f *model.Finding) bool { return v.changeOf(f) != nil }

// Headline says what a finding is and what it weighs: "apt package lists: 21 MB
// (7 MB to pull), certain".
func (v Findings) Headline(f *model.Finding) string {
	line := v.OneLine(f.Title)
	if v.risky[f.ID] {
		line = v.RiskTitle(f)
	}
	if f.Bytes > 0 {
		line += ": " + display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			line += " (" + display.Bytes(*f.CompressedBytes) + " to pull)"
		}
	}
	line += ", " + v.OneLine(string(f.Confidence))
	if f.Inherited {
		line += ", inherited from the base image"
	}
	return line
}

// Describe says where a finding's bytes come from, what hid them, and what to do.
func (v Findings) Describe(f *model.Finding) []string {
	var lines []string
	if from := v.From(f, QuoteWidth); from != "" {
		lines = append(lines, "From "+from)
	}
	if f.HiddenBy != nil {
		if f.Layer != nil && *f.Layer == *f.HiddenBy {
			lines = append(lines, "Hidden within the same layer")
		} else if by := v.Step(f.HiddenBy, v.Maker(f.HiddenBy), QuoteWidth); by != "" {
			lines = append(lines, "Hidden by "+by)
		}
	}
	if len(f.Paths) > 0 {
		most := "Mostly /" + v.TruncatePath(v.Escape(Ends(f.Paths[0])), QuoteWidth)
		if f.FileCount > 1 {
			most += ", of " + display.Plural(f.FileCount, "file")
		}
		lines = append(lines, most)
	}
	if f.Fix != nil && f.Fix.Summary != "" {
		lines = append(lines, "Fix: "+v.OneLine(Clip(f.Fix.Summary)))
	}
	return lines
}

// maxEditLines is how much of an edit a format for other programs carries.
const maxEditLines = 60

// Diff returns the edit of a finding's fix as lines of a diff, at most 61 of them;
// nil where there is no edit.
func (v Findings) Diff(f *model.Finding) []string {
	if f.Fix == nil {
		return nil
	}
	return cutEdit(append(v.Edit(f.Fix, maxWidth), v.ManifestEdit(f, maxWidth)...))
}

// ChangeDiff is the same of a change.
func (v Findings) ChangeDiff(c *model.Change) []string { return cutEdit(v.ChangeEdit(c, maxWidth)) }

func cutEdit(edit []string) []string {
	if more := len(edit) - maxEditLines; more > 0 {
		edit = append(edit[:maxEditLines:maxEditLines], "  ("+display.Plural(more, "more line")+")")
	}
	return edit
}
