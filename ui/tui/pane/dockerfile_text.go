package pane

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/annotate"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Read writes what the instruction costs, and the findings about it with their
// fixes.
func (v *Dockerfile) Read(p *draw.Page) string {
	if v.Source == nil || v.Cursor >= len(v.Source.Lines) {
		return ""
	}
	row := &v.Source.Lines[v.Cursor]
	c := v.chosen()
	if c == nil {
		text := "No part of this image comes from here."
		if trimmed := strings.TrimSpace(row.Text); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			text = "Nothing is built here."
		}
		p.Row(v.th.Dim, text)
		return v.heads(row, nil)
	}
	v.readCost(p, c)
	own, hidden := v.Source.Findings(row.Cost)
	for _, f := range own[:min(len(own), draw.MaxText/1024)] {
		p.Blank()
		draw.WriteFinding(p, f)
	}
	for _, f := range hidden[:min(len(hidden), draw.MaxText/1024)] {
		p.Blank()
		p.Row(v.th.Dim, v.hides(f, p.Width))
		draw.WriteFinding(p, f)
	}
	return v.heads(row, c)
}

func (v *Dockerfile) readCost(p *draw.Page, c *annotate.Cost) {
	l := p.Line()
	switch {
	case c.Size == 0 && v.report.Partial:
		l.Add(v.th.Dim, "not read yet")
	case c.Size == 0:
		l.Add(v.th.Dim, "adds no bytes")
	case c.Wasted == 0:
		l.Add(v.th.Strong, display.Bytes(c.Size)).Add(v.th.Dim, ", nothing wasted")
	default:
		l.Add(v.th.Strong, display.Bytes(c.Size)).Add(v.th.Text, ", of which ").Add(v.th.Waste, display.Bytes(c.Wasted)+" wasted")
	}
	if c.Base {
		l.Add(v.th.Dim, v.th.Between()+"the base image")
	}
	p.End(l)
}

// hides names the instruction whose bytes another one put out of sight.
func (v *Dockerfile) hides(f *model.Finding, columns int) string {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(v.report.Instructions) {
		return "this hides what stays in a layer below:"
	}
	return v.th.Charset.Truncate("this hides what stays in "+v.th.StepName(v.report, *f.Instruction, columns), columns)
}

// heads is the title above the text: the place and the keyword.
func (v *Dockerfile) heads(row *annotate.Line, c *annotate.Cost) string {
	keyword := ""
	switch {
	case c == nil:
	case c.Base:
		keyword = "the base"
	case len(c.Steps) > 0:
		keyword = v.th.OneLine(v.report.Instructions[c.Steps[0]].Keyword, 20)
	default:
		keyword = fmt.Sprintf("layer %d", c.Layer)
	}
	if row.Number < 0 {
		return cmp.Or(keyword, "Dockerfile")
	}
	place := fmt.Sprintf("step %d", row.Number)
	if v.report.Dockerfile != nil {
		place = fmt.Sprintf("line %d", row.Number)
	}
	if keyword == "" {
		return place
	}
	return place + v.th.Between() + keyword
}

// gutter says where the columns of a row are; 0 is none.
type gutter struct{ wasted, bar, barWidth, number, numberWidth, text int }

func (v *Dockerfile) gutter(width int) gutter {
	var g gutter
	at := sizeColumn + display.BytesWidth + 1
	if width >= 52 {
		g.wasted = at
		at += display.BytesWidth + 1
	}
	switch {
	case width >= 90:
		g.barWidth = 12
	case width >= 52:
		g.barWidth = 6
	case width >= 38:
		g.barWidth = 3
	}
	if g.barWidth > 0 {
		g.bar = at
		at += g.barWidth + 1
	}
	g.numberWidth = 2
	if v.report != nil {
		highest := len(v.report.Instructions)
		if v.report.Dockerfile != nil {
			highest = len(v.report.Dockerfile.Lines)
		}
		g.numberWidth = max(g.numberWidth, len(strconv.Itoa(highest)))
	}
	g.number = at
	g.text = at + g.numberWidth + 2
	return g
}

// Heading draws the names of the columns.
func (v *Dockerfile) Heading(l *draw.Line) bool {
	g := v.gutter(l.Width)
	l.To(sizeColumn).Figure(v.th.Dim, "size", display.BytesWidth)
	if g.wasted > 0 {
		l.To(g.wasted).Figure(v.th.Dim, "wasted", display.BytesWidth)
	}
	l.To(g.text).Add(v.th.Dim, v.origin(l.Left()))
	return true
}

// origin says where the lines come from.
func (v *Dockerfile) origin(room int) string {
	var long, short string
	switch {
	case v.report == nil:
		return ""
	case v.report.Dockerfile == nil:
		long, short = "rebuilt from the image's history", "rebuilt from history"
	case v.report.Dockerfile.How == model.FromProvenance:
		long, short = "from the image's provenance", "from provenance"
	default:
		long, short = "from -f", "from -f"
	}
	if v.report.Dockerfile != nil {
		file := v.th.Charset.TruncatePath(v.th.Path(v.report.Dockerfile.File), max(room-len(long)-4, 0))
		if display.Width(file)+len(long)+3 <= room && display.Width(file) > 4 {
			return file + " " + v.th.Charset.Dot + " " + long
		}
	}
	if len(long) <= room {
		return long
	}
	return short
}

// Row draws row i.
func (v *Dockerfile) Row(l *draw.Line, i int) {
	row := &v.Source.Lines[i]
	g := v.gutter(l.Width)
	if row.Cost >= 0 && row.First {
		c := &v.Source.Costs[row.Cost]
		v.cost(l, g, c)
	}
	number := v.th.Dim
	if row.Cost >= 0 && int(row.Cost) == v.costIndex() {
		number = v.th.Accent // all lines of the chosen instruction
	}
	l.To(g.number)
	if row.Number >= 0 && (row.First || v.report.Dockerfile != nil) {
		l.Figure(number, strconv.Itoa(row.Number), g.numberWidth)
	}
	l.To(g.text)
	v.text(l, row)
}

func (v *Dockerfile) cost(l *draw.Line, g gutter, c *annotate.Cost) {
	l.To(sizeColumn)
	if c.Size == 0 {
		l.Figure(v.th.Dim, v.th.Charset.Dot, display.BytesWidth)
		return
	}
	l.Figure(v.th.Text, display.Bytes(c.Size), display.BytesWidth)
	if g.wasted > 0 && c.Wasted > 0 {
		l.To(g.wasted).Figure(v.th.Waste, display.Bytes(c.Wasted), display.BytesWidth)
	}
	if g.bar > 0 {
		l.To(g.bar).Gauge(c.Size-c.Wasted, c.Wasted, v.Source.Most, g.barWidth)
	}
}

// text draws the words of a line, the keyword in its colour.
func (v *Dockerfile) text(l *draw.Line, row *annotate.Line) {
	style := v.th.Text
	if row.Dim {
		style = v.th.Dim
	}
	text := row.Text
	if limit := 4*l.Width + 16; len(text) > limit {
		text = text[:limit] // a rune cut in two is beyond what the row shows
	}
	text = strings.Join(v.th.Charset.Lines(text), " ")
	bare := strings.TrimLeft(text, " ")
	indent := len(text) - len(bare)
	keyword, _, _ := strings.Cut(bare, " ")
	if row.First && !row.Dim && !strings.HasPrefix(keyword, "#") {
		l.Gap(min(indent, max(l.Left()-1, 0))).AddWithin(v.th.Keyword, keyword, l.Left()-1)
		text = bare[len(keyword):]
	}
	l.AddWithin(style, text, l.Left()-1)
}
