package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// fixes is the view of what to change, the most bytes first.
type fixes struct {
	over bool // the scan ended before anything was known
	list
	th       *theme
	report   *model.Report
	findings []*model.Finding
}

// show takes a report over and keeps the cursor on its finding.
func (v *fixes) show(report *model.Report) {
	before := v.chosen()
	v.report, v.findings = report, nil
	if report != nil {
		for i := range report.Findings {
			v.findings = append(v.findings, &report.Findings[i])
		}
	}
	slices.SortStableFunc(v.findings, func(a, b *model.Finding) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(weight(b.Confidence), weight(a.Confidence)))
	})
	if before != nil && v.cursor > 0 { // who never left the first stays on the first
		for i, f := range v.findings {
			if f.ID == before.ID {
				v.cursor = i
			}
		}
	}
	v.resize(len(v.findings), v.height)
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

// chosen is the finding under the cursor, nil where there is none.
func (v *fixes) chosen() *model.Finding {
	if v.cursor < 0 || v.cursor >= len(v.findings) {
		return nil
	}
	return v.findings[v.cursor]
}

func (v *fixes) rows() *list        { return &v.list }
func (v *fixes) heading(*line) bool { return false }
func (v *fixes) press(press) bool   { return false }

func (v *fixes) empty() string {
	if v.over {
		return "Nothing is known."
	}
	if v.report == nil || v.report.Partial {
		return "Fixes appear when the layers are read."
	}
	return "Nothing to mend: every byte of this image can be used."
}

func (v *fixes) row(l *line, i int) {
	f := v.findings[i]
	size, text := v.th.waste, v.th.text
	if !f.Wasted() || f.Inherited {
		size, text = v.th.dim, v.th.dim
	}
	l.to(2)
	if f.Bytes == 0 {
		l.figure(v.th.dim, v.th.charset.None, display.BytesWidth)
	} else {
		l.figure(size, display.Bytes(f.Bytes), display.BytesWidth)
	}
	l.gap(2)
	tag := string(f.Confidence)
	if l.width < 56 {
		tag = v.mark(f.Confidence)
	}
	origin := ""
	if f.Inherited {
		origin = "base"
	}
	stop := l.width - 1 - max(display.Width(tag), tagWidth(l.width))
	if origin != "" {
		stop -= len(origin) + 2
	}
	l.addWithin(text, v.th.oneLine(f.Title, l.width), stop-l.used-1)
	if l.to(stop); origin != "" {
		l.add(v.th.dim, origin).gap(2)
	}
	if l.width < 56 {
		l.paint(v.th.accent, tag)
	} else {
		l.figure(v.th.dim, tag, 8)
	}
	l.gap(1)
}

func tagWidth(width int) int {
	if width < 56 {
		return 1
	}
	return len(model.Possible)
}

// mark is a confidence as one character.
func (v *fixes) mark(c model.Confidence) string {
	switch c {
	case model.Certain:
		return v.th.certain
	case model.Likely:
		return v.th.likely
	}
	return v.th.possible
}

// read writes the edit, and below it what it is about.
func (v *fixes) read(p *page) string {
	f := v.chosen()
	if f == nil {
		return ""
	}
	for _, part := range display.Wrap(v.th.charset.Escape(f.Title), p.width) {
		p.row(v.th.strong, part)
	}
	if f.Fix != nil {
		if f.Fix.Before != nil && f.Fix.After != nil {
			edit(p, *f.Fix.Before, *f.Fix.After)
			p.blank()
		}
		p.paragraph(v.th.text, f.Fix.Summary)
	}
	p.blank()
	v.readFacts(p, f)
	return v.heads(f)
}

func (v *fixes) heads(f *model.Finding) string {
	if f.Fix == nil {
		return f.Rule
	}
	title := "the fix"
	if f.Fix.Strategy == model.Manual {
		title = "what to do"
	}
	if in := v.instruction(f); in != nil && in.Location != nil {
		title += fmt.Sprintf("%sline %d", v.th.between(), in.Location.Line)
	}
	return title
}

func (v *fixes) instruction(f *model.Finding) *model.Instruction {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(v.report.Instructions) {
		return nil
	}
	return &v.report.Instructions[*f.Instruction]
}

func (v *fixes) readFacts(p *page, f *model.Finding) {
	dot := v.th.between()
	p.fact("rule", f.Rule+dot+string(f.Confidence))
	if f.Bytes > 0 {
		size := display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			size += " (" + display.Bytes(*f.CompressedBytes) + " to pull)"
		}
		p.fact("bytes", size+" in "+display.Plural(f.FileCount, "file"))
	}
	if in := v.instruction(f); in != nil {
		p.fact("put by", v.th.charset.Truncate(v.th.stepName(in, p.width), p.width-factColumn))
	}
	if f.HiddenBy != nil && *f.HiddenBy >= 0 && *f.HiddenBy < len(v.report.Layers) && (f.Layer == nil || *f.HiddenBy != *f.Layer) {
		if at := v.report.Layers[*f.HiddenBy].Instruction; at != nil && *at >= 0 && *at < len(v.report.Instructions) {
			in := &v.report.Instructions[*at]
			p.fact("hidden by", v.th.charset.Truncate(v.th.stepName(in, p.width), p.width-factColumn))
		}
	}
	if f.Inherited {
		p.fact("where", "in the base image")
	}
	if len(f.Packages) > 0 {
		p.fact("packages", strings.Join(f.Packages, ", "))
	}
	v.readPaths(p, f)
}

// maxSpokenPaths is how many paths are read aloud.
const maxSpokenPaths = 10

// readPaths lists the largest of the files that a finding holds.
func (v *fixes) readPaths(p *page, f *model.Finding) {
	paths := f.Paths
	if v.th.spoken {
		paths = paths[:min(len(paths), maxSpokenPaths)]
	}
	for i, path := range paths {
		l := p.line()
		switch {
		case v.th.spoken:
			l.add(v.th.text, "path: ")
		case i == 0:
			l.addWithin(v.th.dim, "paths", 9)
			fallthrough
		default:
			l.to(10)
		}
		p.end(l.add(v.th.dim, v.th.charset.TruncatePath("/"+v.th.path(path), l.left())))
	}
	if more := f.FileCount - len(paths); more > 0 && len(paths) > 0 {
		p.end(p.line().to(10).add(v.th.dim, "and "+display.Count(more)+" more"))
	}
}

// edits counts the findings that come with an edit of the Dockerfile.
func (v *fixes) edits() int {
	n := 0
	for _, f := range v.findings {
		if f.Fix != nil && f.Fix.After != nil {
			n++
		}
	}
	return n
}
