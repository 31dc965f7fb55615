package beside

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Names are the two images, as far as there is room.
func (p *Page) Names(l *draw.Line, stop int) {
	th := p.th
	arrow := " " + th.Charset.Arrow + " "
	old, now := th.OneLine(p.c.Old.Image.Reference, l.Width), th.OneLine(p.c.New.Image.Reference, l.Width)
	room := stop - l.Used
	if old == now {
		l.AddWithin(th.Strong, th.Charset.TruncatePath(old, room-16), room).AddWithin(th.Dim, ", before and now", stop-l.Used)
		return
	}
	if display.Width(old)+display.Width(arrow)+display.Width(now) > room {
		now = sameName(old, now)
	}
	each := max((room-display.Width(arrow))/2, 4)
	first := min(display.Width(old), max(each, room-display.Width(arrow)-display.Width(now)))
	l.AddWithin(th.Strong, th.Charset.TruncatePath(old, first), first).AddWithin(th.Dim, arrow, stop-l.Used)
	l.AddWithin(th.Strong, th.Charset.TruncatePath(now, stop-l.Used), stop-l.Used)
}

// sameName leaves out of the second name what both have in common, if that is all but the
// tag: "shop/api:2", ":2-tare".
func sameName(old, now string) string {
	colon := strings.LastIndexByte(now, ':')
	if colon > strings.LastIndexByte(now, '/') && strings.HasPrefix(old, now[:colon+1]) {
		return now[colon:]
	}
	return now
}

// Figures are what the two images weigh, to pull and waste: as many as fit.
func (p *Page) Figures(l *draw.Line) {
	t := &p.c.Totals
	p.figure(l, "", &t.Size, p.expected.Size)
	if t.PulledAgainBytes != nil && *t.PulledAgainBytes > 0 {
		p.pulls(l)
		p.figure(l, "wasted ", &t.WastedBytes, 0)
		return
	}
	p.figure(l, "wasted ", &t.WastedBytes, 0)
	if t.CompressedSize != nil {
		p.figure(l, "to pull ", t.CompressedSize, 0)
	}
	p.pulls(l)
}

// figure writes a figure of both images, if there is room for all of it. expected is
// what was predicted, 0 for nothing.
func (p *Page) figure(l *draw.Line, name string, d *model.Delta, expected int64) {
	th := p.th
	old, now := display.BytesApart(d.Old, d.New)
	text := old + " " + th.Charset.Arrow + " " + now
	change, style := p.growth(d.Growth)
	if d.Old == d.New {
		change = "as before"
	}
	told := ""
	if expected > 0 && p.Predicted() {
		told = "predicted " + display.Bytes(expected)
	}
	gap := 0
	if l.Used > 1 {
		gap = 3
	}
	need := gap + display.Width(name) + display.Width(text) + 1 + display.Width(change)
	if l.Left() < need {
		return
	}
	l.Gap(gap).Add(th.Dim, name).Add(th.Strong, text).Gap(1).Add(style, change)
	if told != "" && l.Left() > display.Width(told)+2 {
		l.Add(th.Dim, ", "+told)
	}
}

// FiguresWidth is how many columns the size and what is wasted take.
func (p *Page) FiguresWidth(most int) int {
	l := draw.NewLine(p.th, most)
	p.Figures(l)
	return l.Used
}
