package beside

import (
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// abreastFrom is the width from which on the steps of the two images are shown in two columns,
// side by side.
const abreastFrom = 96

func (p *Page) abreast(l *list, width int) bool { return l.name == "steps" && width >= abreastFrom }

// half is where the new image's side begins.
func half(width int) int { return (width - changeWidth - 2) / 2 }

func (p *Page) abreastHeading(l *draw.Line) {
	th := p.th
	side := func(name, reference string, stop int) {
		l.Add(th.Strong, name).Gap(1)
		room := stop - l.Used - display.BytesWidth - 3
		l.AddWithin(th.Dim, th.Charset.TruncatePath(th.OneLine(reference, l.Width), room), room)
	}
	l.To(4)
	side("before", p.c.Old.Image.Reference, half(l.Width))
	l.To(half(l.Width)).Paint(th.Border(), th.Divider()).Gap(1)
	side("now", p.c.New.Image.Reference, l.Width-changeWidth-1)
	if order := orderNames[p.lists[0].order]; p.lists[0].order != byOrder {
		if room := l.Width - changeWidth - 3 - l.Used; room > display.Width(order)+2 {
			l.Gap(2).Add(th.Accent, order)
		}
	}
	l.To(l.Width-changeWidth-1).Figure(th.Dim, "change", changeWidth)
}

// abreastRow draws a step of both images: the old image's on the left, the new image's on the
// right. If an image does not have the step, its side is empty.
func (p *Page) abreastRow(l *draw.Line, of *list, r *row, i int) {
	th := p.th
	sign, style := p.sign(r)
	l.To(2).Paint(style, sign).Gap(1)
	middle := half(l.Width)
	end := l.Width - changeWidth - 2
	text := th.Text
	if r.same {
		text = th.Dim
	}
	if len(r.fold) > 0 {
		p.folded(l, of, r, i, "", middle-display.BytesWidth-3)
		p.size(l.To(middle-display.BytesWidth-1), th.Dim, r.bytes.Old).Gap(1).Paint(th.Border(), th.Divider()).Gap(1)
		l.AddWithin(th.Dim, "as before", end-l.Used-display.BytesWidth-1)
		p.size(l.To(end-display.BytesWidth), th.Dim, r.bytes.New)
		l.Gap(1)
		p.change(l, r)
		return
	}
	p.side(l, r, r.steps.Old, r.bytes.Old, th.Dim, middle)
	l.To(middle).Paint(th.Border(), th.Divider()).Gap(1)
	p.side(l, r, r.steps.New, r.bytes.New, text, end+1)
	l.To(end + 1)
	p.change(l, r)
}

// side draws a step of one image up to a column.
func (p *Page) side(l *draw.Line, r *row, s *model.Step, bytes int64, text lipgloss.Style, stop int) {
	if s == nil {
		return
	}
	if r.nested {
		l.Gap(2)
	}
	p.step(l, s, text, stop-display.BytesWidth-3)
	p.size(l.To(stop-display.BytesWidth-1), text, bytes)
}
