package tui

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// step is a row of the instructions: one instruction, a layer that none
// explains, or the whole base image folded into one row.
type step struct {
	number       int // the report's index; -1 for none
	keyword      string
	text         string // without the keyword
	size, wasted int64
	first, last  int // layers; last < first where there is none
	base         bool
	nested       bool // one of the base's, shown below its row
	instruction  *model.Instruction
}

// instructions is the pane on the left: how the image was built and what each
// step costs.
type instructions struct {
	state

	steps []step
	open  bool  // the base's row
	most  int64 // the image's size, to scale the bars
}

// show takes a report over and keeps the cursor on its instruction.
func (p *instructions) show(report *model.Report) {
	before := p.chosen()
	p.report = report
	p.build()
	for i, s := range p.steps {
		if before != nil && s.number == before.number && s.base == before.base && s.first == before.first {
			p.Cursor = i
		}
	}
	p.Resize(len(p.steps), p.Height)
}

func (p *instructions) build() {
	p.steps, p.most = nil, 0
	r := p.report
	if r == nil {
		return
	}
	base := min(max(r.Image.Base.Layers, 0), len(r.Layers))
	p.most = r.Image.Size
	if base > 0 {
		p.steps = append(p.steps, baseStep(r, base))
		p.most = max(p.most, p.steps[0].size) // while layers come in
	}
	explained := make([]bool, len(r.Layers))
	for i := range r.Instructions {
		in := &r.Instructions[i]
		s := step{
			number: in.Index, keyword: in.Keyword, text: strings.TrimSpace(strings.TrimPrefix(in.Text, in.Keyword)),
			size: in.Size, wasted: in.WastedBytes, last: -1, instruction: in,
		}
		if in.Layer != nil && *in.Layer >= 0 && *in.Layer < len(explained) {
			s.first, s.last = *in.Layer, *in.Layer
			explained[*in.Layer] = true
		}
		s.nested = base > 0 && in.Inherited
		p.add(s)
	}
	for i := range r.Layers {
		if layer := &r.Layers[i]; !explained[i] {
			p.add(step{
				number: -1, keyword: "layer", text: fmt.Sprintf("%d (no instruction known)", i), size: layer.Size, wasted: layer.WastedBytes,
				first: i, last: i, nested: i < base,
			})
		}
	}
}

func (p *instructions) add(s step) {
	if s.nested && !p.open {
		return
	}
	p.most = max(p.most, s.size)
	p.steps = append(p.steps, s)
}

// baseStep is the base image as one step.
func baseStep(r *model.Report, layers int) step {
	s := step{number: -1, base: true, keyword: "base", text: "(unnamed)", last: layers - 1}
	if name := r.Image.Base.Reference; name != nil && *name != "" {
		s.text = *name
	}
	for i := range layers {
		s.size += r.Layers[i].Size
		s.wasted += r.Layers[i].WastedBytes
	}
	return s
}

// chosen is the step under the cursor, nil where there is none.
func (p *instructions) chosen() *step {
	if p.Cursor < 0 || p.Cursor >= len(p.steps) {
		return nil
	}
	return &p.steps[p.Cursor]
}

// choose puts the cursor on the step that made a layer.
func (p *instructions) choose(layer int) {
	for i, s := range p.steps {
		if layer >= s.first && layer <= s.last && !(s.base && p.open) {
			p.To(i)
			return
		}
	}
}

func (p *instructions) empty() string {
	if p.over {
		return "The image was not read."
	}
	if p.report == nil {
		return "Looking for the image."
	}
	return "This image has no layers and no history."
}

func (p *instructions) hints() []hint {
	does := "read"
	if s := p.chosen(); s != nil && s.base {
		does = "open the base"
	}
	return []hint{{does, []string{"open"}}}
}

func (p *instructions) press(key press) effect {
	s := p.chosen()
	if s == nil || !s.base || key == pressLeft && !p.open || key == pressRight && p.open {
		return p.state.press(key)
	}
	p.open = !p.open
	p.build()
	p.Resize(len(p.steps), p.Height)
	return effectDone
}

func (p *instructions) row(l *draw.Line, i int) {
	s := &p.steps[i]
	switch {
	case s.base && p.open:
		l.Figure(p.th.Dim, p.th.DirOpen, 3)
	case s.base:
		l.Figure(p.th.Dim, p.th.DirClosed, 3)
	case s.number >= 0:
		l.Figure(p.th.Dim, fmt.Sprint(s.number), 3)
	}
	l.To(5) // after the cursor's mark and the number

	bar, share, figure := 5, 0, display.BytesWidth
	switch {
	case l.Width >= 60:
		bar, share = 10, draw.ShareWidth
	case l.Width >= 50:
		bar, share = 6, draw.ShareWidth
	case l.Width < 36:
		bar = 0
	}
	right := figure + 1 + bar + share
	if bar > 0 {
		right++
	}
	stop := l.Width - right - 1
	text := p.th.Text
	if s.nested {
		text = p.th.Dim
	}
	keyword := p.th.OneLine(s.keyword, l.Width)
	l.AddWithin(p.th.Keyword, keyword, stop-l.Used)
	l.To(min(max(l.Used, 9)+1, stop))
	l.AddWithin(text, p.th.OneLine(s.text, l.Width), stop-l.Used)
	if s.base {
		if layers := " (" + display.Plural(s.last+1, "layer") + ")"; len(layers) <= stop-l.Used {
			l.Add(p.th.Dim, layers)
		}
	}
	l.To(stop + 1)
	if s.size == 0 {
		l.Figure(p.th.Dim, p.th.Charset.Dot, figure).Gap(right - figure)
		return
	}
	l.Figure(text, display.Bytes(s.size), figure)
	if bar > 0 {
		whole := p.most
		if s.nested {
			whole = p.steps[0].size // the base's row
		}
		l.Gap(1).Gauge(s.size-s.wasted, s.wasted, whole, bar)
		if share > 0 {
			l.Share(s.size, whole)
		}
	}
}
