package tui

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
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
	over bool // the scan ended before anything was known
	list
	th     *theme
	report *model.Report
	steps  []step
	open   bool  // the base's row
	most   int64 // the image's size, to scale the bars
}

// show takes a report over and keeps the cursor on its instruction.
func (p *instructions) show(report *model.Report) {
	before := p.chosen()
	p.report = report
	p.build()
	for i, s := range p.steps {
		if before != nil && s.number == before.number && s.base == before.base && s.first == before.first {
			p.cursor = i
		}
	}
	p.resize(len(p.steps), p.height)
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
	if p.cursor < 0 || p.cursor >= len(p.steps) {
		return nil
	}
	return &p.steps[p.cursor]
}

// choose puts the cursor on the step that made a layer.
func (p *instructions) choose(layer int) {
	for i, s := range p.steps {
		if layer >= s.first && layer <= s.last && !(s.base && p.open) {
			p.to(i)
			return
		}
	}
}

func (p *instructions) rows() *list        { return &p.list }
func (p *instructions) heading(*line) bool { return false }

func (p *instructions) empty() string {
	if p.over {
		return "The image was not read."
	}
	if p.report == nil {
		return "Looking for the image."
	}
	return "This image has no layers and no history."
}

func (p *instructions) press(key press) bool {
	s := p.chosen()
	if s == nil || !s.base || key == pressLeft && !p.open || key == pressRight && p.open {
		return false
	}
	p.open = !p.open
	p.build()
	p.resize(len(p.steps), p.height)
	return true
}

func (p *instructions) row(l *line, i int) {
	s := &p.steps[i]
	switch {
	case s.base && p.open:
		l.figure(p.th.dim, p.th.folderOpen, 3)
	case s.base:
		l.figure(p.th.dim, p.th.folderClosed, 3)
	case s.number >= 0:
		l.figure(p.th.dim, fmt.Sprint(s.number), 3)
	}
	l.to(5) // after the cursor's mark and the number

	bar, share, figure := 5, 0, display.BytesWidth
	switch {
	case l.width >= 60:
		bar, share = 10, shareWidth
	case l.width >= 50:
		bar, share = 6, shareWidth
	case l.width < 36:
		bar = 0
	}
	right := figure + 1 + bar + share
	if bar > 0 {
		right++
	}
	stop := l.width - right - 1
	text := p.th.text
	if s.nested {
		text = p.th.dim
	}
	keyword := p.th.oneLine(s.keyword, l.width)
	l.addWithin(p.th.keyword, keyword, stop-l.used)
	l.to(min(max(l.used, 9)+1, stop))
	l.addWithin(text, p.th.oneLine(s.text, l.width), stop-l.used)
	if s.base {
		if layers := " (" + display.Plural(s.last+1, "layer") + ")"; len(layers) <= stop-l.used {
			l.add(p.th.dim, layers)
		}
	}
	l.to(stop + 1)
	if s.size == 0 {
		l.figure(p.th.dim, p.th.charset.Dot, figure).gap(right - figure)
		return
	}
	l.figure(text, display.Bytes(s.size), figure)
	if bar > 0 {
		whole := p.most
		if s.nested {
			whole = p.steps[0].size // the base's row
		}
		l.gap(1).gauge(s.size-s.wasted, s.wasted, whole, bar)
		if share > 0 {
			l.share(s.size, whole)
		}
	}
}
