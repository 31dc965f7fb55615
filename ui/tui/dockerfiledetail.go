package tui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// read writes what the instruction costs, and the findings about it with their
// fixes.
func (v *dockerfile) read(p *page) string {
	if v.source == nil || v.cursor >= len(v.source.lines) {
		return ""
	}
	row := &v.source.lines[v.cursor]
	c := v.chosen()
	if c == nil {
		text := "No part of this image comes from here."
		if trimmed := strings.TrimSpace(row.text); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			text = "Nothing is built here."
		}
		p.row(v.th.dim, text)
		return v.heads(row, nil)
	}
	v.readCost(p, c)
	own, hidden := v.source.findings(row.cost)
	for _, f := range own[:min(len(own), maxRead/1024)] {
		p.blank()
		finding(p, f)
	}
	for _, f := range hidden[:min(len(hidden), maxRead/1024)] {
		p.blank()
		p.row(v.th.dim, v.hides(f, p.width))
		finding(p, f)
	}
	return v.heads(row, c)
}

func (v *dockerfile) readCost(p *page, c *sourceCost) {
	l := p.line()
	switch {
	case c.size == 0 && v.report.Partial:
		l.add(v.th.dim, "not read yet")
	case c.size == 0:
		l.add(v.th.dim, "adds no bytes")
	case c.wasted == 0:
		l.add(v.th.strong, display.Bytes(c.size)).add(v.th.dim, ", nothing wasted")
	default:
		l.add(v.th.strong, display.Bytes(c.size)).add(v.th.text, ", of which ").add(v.th.waste, display.Bytes(c.wasted)+" wasted")
	}
	if c.base {
		l.add(v.th.dim, v.th.between()+"the base image")
	}
	p.end(l)
}

// hides names the instruction whose bytes another one put out of sight.
func (v *dockerfile) hides(f *model.Finding, columns int) string {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(v.report.Instructions) {
		return "this hides what stays in a layer below:"
	}
	return v.th.charset.Truncate("this hides what stays in "+v.th.stepName(&v.report.Instructions[*f.Instruction], columns), columns)
}

// heads is the title above the text: the place and the keyword.
func (v *dockerfile) heads(row *sourceLine, c *sourceCost) string {
	keyword := ""
	switch {
	case c == nil:
	case c.base:
		keyword = "the base"
	case len(c.steps) > 0:
		keyword = v.th.oneLine(v.report.Instructions[c.steps[0]].Keyword, 20)
	default:
		keyword = fmt.Sprintf("layer %d", c.layer)
	}
	if row.number < 0 {
		return cmp.Or(keyword, "Dockerfile")
	}
	place := strconv.Itoa(row.number)
	if v.report.Dockerfile != nil {
		place = "line " + place
	}
	if keyword == "" {
		return place
	}
	return place + v.th.between() + keyword
}
