package pane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Fixes is the view of what to change, the most bytes first.
type Fixes struct {
	state

	Findings []*model.Finding
}

// Show takes a report over and keeps the cursor on its finding.
func (v *Fixes) Show(report *model.Report) {
	before := v.Chosen()
	v.report, v.Findings = report, nil
	if report != nil {
		for i := range report.Findings {
			v.Findings = append(v.Findings, &report.Findings[i])
		}
	}
	slices.SortStableFunc(v.Findings, func(a, b *model.Finding) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(weight(b.Confidence), weight(a.Confidence)))
	})
	if before != nil && v.Cursor > 0 { // who never left the first stays on the first
		for i, f := range v.Findings {
			if f.ID == before.ID {
				v.Cursor = i
			}
		}
	}
	v.Resize(len(v.Findings), v.Height)
}

func weight(c model.Confidence) int {
	switch c {
	case model.Certain:
		return 2
	case model.Likely:
		return 1
	}
	return 0
}

// Chosen is the finding under the cursor, nil where there is none.
func (v *Fixes) Chosen() *model.Finding {
	if v.Cursor < 0 || v.Cursor >= len(v.Findings) {
		return nil
	}
	return v.Findings[v.Cursor]
}

// Press opens and closes rows; what else a key means is left to the caller.
func (v *Fixes) Press(key Key) Effect {
	if key == KeyRight {
		return EffectFiles
	}
	return v.state.Press(key)
}

// Selected is the finding that the row under the cursor is about, the first with an edit.
func (v *Fixes) Selected() (*model.Finding, bool) { return v.Chosen(), true }

// Hints are the keys that do something on the row under the cursor.
func (v *Fixes) Hints() []Hint {
	return v.readHints(v.Chosen(), "read", Hint{"its files", []string{"right"}})
}

// Legend explains the marks of confidence.
func (v *Fixes) Legend(p *draw.Page) {
	p.End(p.Line().Gap(1).Add(v.th.Dim, "In the fixes:").Gap(2).
		Add(v.th.Accent, v.th.Certain).Add(v.th.Dim, " certain").Gap(2).
		Add(v.th.Accent, v.th.Likely).Add(v.th.Dim, " likely").Gap(2).
		Add(v.th.Accent, v.th.Possible).Add(v.th.Dim, " possible, counted as live"))
}

// Empty says why there are no rows.
func (v *Fixes) Empty() string {
	if v.over {
		return "Nothing is known."
	}
	if v.report == nil || v.report.Partial {
		return "Fixes appear when the layers are read."
	}
	return "Nothing to mend: every byte of this image can be used."
}

// Row draws row i.
func (v *Fixes) Row(l *draw.Line, i int) {
	f := v.Findings[i]
	size, text := v.th.Waste, v.th.Text
	if !f.Wasted() || f.Inherited {
		size, text = v.th.Dim, v.th.Dim
	}
	l.To(2)
	if f.Bytes == 0 {
		l.Figure(v.th.Dim, v.th.Charset.None, display.BytesWidth)
	} else {
		l.Figure(size, display.Bytes(f.Bytes), display.BytesWidth)
	}
	l.Gap(2)
	tag := string(f.Confidence)
	if l.Width < 56 {
		tag = v.mark(f.Confidence)
	}
	origin := ""
	if f.Inherited {
		origin = "base"
	}
	stop := l.Width - 1 - max(display.Width(tag), tagWidth(l.Width))
	if origin != "" {
		stop -= len(origin) + 2
	}
	l.AddWithin(text, v.th.OneLine(f.Title, l.Width), stop-l.Used-1)
	if l.To(stop); origin != "" {
		l.Add(v.th.Dim, origin).Gap(2)
	}
	if l.Width < 56 {
		l.Paint(v.th.Accent, tag)
	} else {
		l.Figure(v.th.Dim, tag, 8)
	}
	l.Gap(1)
}

func tagWidth(width int) int {
	if width < 56 {
		return 1
	}
	return len(model.Possible)
}

// mark is a confidence as one character.
func (v *Fixes) mark(c model.Confidence) string {
	switch c {
	case model.Certain:
		return v.th.Certain
	case model.Likely:
		return v.th.Likely
	}
	return v.th.Possible
}

// Read writes the edit, and below it what it is about.
func (v *Fixes) Read(p *draw.Page) string {
	f := v.Chosen()
	if f == nil {
		return ""
	}
	for _, part := range display.Wrap(v.th.Charset.Escape(f.Title), p.Width) {
		p.Row(v.th.Strong, part)
	}
	if f.Fix != nil {
		if f.Fix.Before != nil && f.Fix.After != nil {
			draw.WriteEdit(p, *f.Fix.Before, *f.Fix.After)
			p.Blank()
		}
		p.Paragraph(v.th.Text, f.Fix.Summary)
	}
	p.Blank()
	v.readFacts(p, f)
	return v.heads(f)
}

func (v *Fixes) heads(f *model.Finding) string {
	if f.Fix == nil {
		return f.Rule
	}
	title := "the fix"
	if f.Fix.Strategy == model.Manual {
		title = "what to do"
	}
	if in := v.Instruction(f); in != nil && in.Location != nil {
		title += fmt.Sprintf("%sline %d", v.th.Between(), in.Location.Line)
	}
	return title
}

// Instruction is the one that put a finding's bytes into the image, nil where it is not
// known.
func (v *Fixes) Instruction(f *model.Finding) *model.Instruction {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(v.report.Instructions) {
		return nil
	}
	return &v.report.Instructions[*f.Instruction]
}

func (v *Fixes) readFacts(p *draw.Page, f *model.Finding) {
	dot := v.th.Between()
	p.Fact("rule", f.Rule+dot+string(f.Confidence))
	if f.Bytes > 0 {
		size := display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			size += " (" + display.Bytes(*f.CompressedBytes) + " to pull)"
		}
		p.Fact("bytes", size+" in "+display.Plural(f.FileCount, "file"))
	}
	if in := v.Instruction(f); in != nil {
		p.Fact("put by", v.th.Charset.Truncate(v.th.StepName(in, p.Width), p.Width-draw.FactColumn))
	}
	if f.HiddenBy != nil && *f.HiddenBy >= 0 && *f.HiddenBy < len(v.report.Layers) && (f.Layer == nil || *f.HiddenBy != *f.Layer) {
		if at := v.report.Layers[*f.HiddenBy].Instruction; at != nil && *at >= 0 && *at < len(v.report.Instructions) {
			in := &v.report.Instructions[*at]
			p.Fact("hidden by", v.th.Charset.Truncate(v.th.StepName(in, p.Width), p.Width-draw.FactColumn))
		}
	}
	if f.Inherited {
		p.Fact("where", "in the base image")
	}
	if len(f.Packages) > 0 {
		p.Fact("packages", strings.Join(f.Packages, ", "))
	}
	v.readPaths(p, f)
}

// maxPathsReadAloud is how many paths are read aloud.
const maxPathsReadAloud = 10

// readPaths lists the largest of the files that a finding holds.
func (v *Fixes) readPaths(p *draw.Page, f *model.Finding) {
	paths := f.Paths
	if v.th.Accessible {
		paths = paths[:min(len(paths), maxPathsReadAloud)]
	}
	for i, path := range paths {
		l := p.Line()
		switch {
		case v.th.Accessible:
			l.Add(v.th.Text, "path: ")
		case i == 0:
			l.AddWithin(v.th.Dim, "paths", 9)
			fallthrough
		default:
			l.To(10)
		}
		p.End(l.Add(v.th.Dim, v.th.Charset.TruncatePath("/"+v.th.Path(path), l.Left())))
	}
	if more := f.FileCount - len(paths); more > 0 && len(paths) > 0 {
		p.End(p.Line().To(10).Add(v.th.Dim, "and "+display.Count(more)+" more"))
	}
}

// Edits counts the findings that come with an edit of the Dockerfile.
func (v *Fixes) Edits() int {
	n := 0
	for _, f := range v.Findings {
		if f.Fix != nil && f.Fix.After != nil {
			n++
		}
	}
	return n
}
