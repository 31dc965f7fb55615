package pane

import (
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/annotate"
	"github.com/tare-oci/tare/ui/tui/draw"
)

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
