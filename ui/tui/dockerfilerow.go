package tui

import (
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// gutter says where the columns of a row are; 0 is none.
type gutter struct{ wasted, bar, barWidth, number, numberWidth, text int }

func (v *dockerfile) gutter(width int) gutter {
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

func (v *dockerfile) heading(l *line) bool {
	g := v.gutter(l.width)
	l.to(sizeColumn).figure(v.th.dim, "size", display.BytesWidth)
	if g.wasted > 0 {
		l.to(g.wasted).figure(v.th.dim, "wasted", display.BytesWidth)
	}
	l.to(g.text).add(v.th.dim, v.origin(l.left()))
	return true
}

// origin says where the lines come from.
func (v *dockerfile) origin(room int) string {
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
		file := v.th.charset.TruncatePath(v.th.path(v.report.Dockerfile.File), max(room-len(long)-4, 0))
		if display.Width(file)+len(long)+3 <= room && display.Width(file) > 4 {
			return file + " " + v.th.charset.Dot + " " + long
		}
	}
	if len(long) <= room {
		return long
	}
	return short
}

func (v *dockerfile) row(l *line, i int) {
	row := &v.source.lines[i]
	g := v.gutter(l.width)
	if row.cost >= 0 && row.first {
		c := &v.source.costs[row.cost]
		v.cost(l, g, c)
	}
	number := v.th.dim
	if row.cost >= 0 && int(row.cost) == v.costIndex() {
		number = v.th.accent // all lines of the chosen instruction
	}
	l.to(g.number)
	if row.number >= 0 && (row.first || v.report.Dockerfile != nil) {
		l.figure(number, strconv.Itoa(row.number), g.numberWidth)
	}
	l.to(g.text)
	v.text(l, row)
}

func (v *dockerfile) cost(l *line, g gutter, c *sourceCost) {
	l.to(sizeColumn)
	if c.size == 0 {
		l.figure(v.th.dim, v.th.charset.Dot, display.BytesWidth)
		return
	}
	l.figure(v.th.text, display.Bytes(c.size), display.BytesWidth)
	if g.wasted > 0 && c.wasted > 0 {
		l.to(g.wasted).figure(v.th.waste, display.Bytes(c.wasted), display.BytesWidth)
	}
	if g.bar > 0 {
		l.to(g.bar).gauge(c.size-c.wasted, c.wasted, v.source.most, g.barWidth)
	}
}

// text draws the words of a line, the keyword in its colour.
func (v *dockerfile) text(l *line, row *sourceLine) {
	style := v.th.text
	if row.dim {
		style = v.th.dim
	}
	text := row.text
	if limit := 4*l.width + 16; len(text) > limit {
		text = text[:limit] // a rune cut in two is beyond what the row shows
	}
	text = strings.Join(v.th.charset.Lines(text), " ")
	bare := strings.TrimLeft(text, " ")
	indent := len(text) - len(bare)
	keyword, _, _ := strings.Cut(bare, " ")
	if row.first && !row.dim && !strings.HasPrefix(keyword, "#") {
		l.gap(min(indent, max(l.left()-1, 0))).addWithin(v.th.keyword, keyword, l.left()-1)
		text = bare[len(keyword):]
	}
	l.addWithin(style, text, l.left()-1)
}
