package pane

import (
	"cmp"
	"fmt"
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
