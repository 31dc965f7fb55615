package pane

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Step is a row of the instructions: one instruction, a layer that none
// explains, or the whole base image folded into one row.
type Step struct {
	Number       int // the report's index; -1 for none
	Step         int // its number, see [model.StepNumber]; 0 for none
	Keyword      string
	Text         string // without the keyword
	Size, Wasted int64
	first, last  int // layers; last < first where there is none
	Base         bool
	Nested       bool // one of the base's, shown below its row
	instruction  *model.Instruction
}

// Line is the step's line in the Dockerfile, 0 where that is not known.
func (s *Step) Line() int {
	if s.instruction == nil || s.instruction.Location == nil {
		return 0
	}
	return s.instruction.Location.Line
}

// Layers are the first and the last of the step's layers; last is less than first where
// it made none.
func (s *Step) Layers() (first, last int) { return s.first, s.last }

// Instructions is the pane on the left: how the image was built and what each
// step costs.
type Instructions struct {
	state

	Steps []Step
	base  Step  // the base image as one row
	open  bool  // the base's row
	most  int64 // the image's size, to scale the bars
}

// Show takes a report over and keeps the cursor on its instruction.
func (p *Instructions) Show(report *model.Report) {
	before := p.kept()
	p.report = report
	p.build()
	p.Resize(len(p.Steps), p.Height)
	p.stay(before)
}

// stay puts the cursor on the step that it was on before the rows changed.
func (p *Instructions) stay(before *Step) {
	for i, s := range p.Steps {
		if before != nil && s.Number == before.Number && s.Base == before.Base && s.first == before.first {
			p.To(i)
		}
	}
}

func (p *Instructions) build() {
	p.Steps, p.most = nil, 0
	r := p.report
	if r == nil {
		return
	}
	base := min(max(r.Image.Base.Layers, 0), len(r.Layers))
	p.most = r.Image.Size
	if base > 0 {
		p.base = BaseStep(r, base)
		p.add(p.base)
	}
	explained := make([]bool, len(r.Layers))
	for i := range r.Instructions {
		in := &r.Instructions[i]
		s := Step{
			Number: in.Index, Step: r.StepNumber(i), Keyword: in.Keyword, Text: strings.TrimSpace(strings.TrimPrefix(in.Text, in.Keyword)),
			Size: in.Size, Wasted: in.WastedBytes, last: -1, instruction: in,
		}
		if in.Layer != nil && *in.Layer >= 0 && *in.Layer < len(explained) {
			s.first, s.last = *in.Layer, *in.Layer
			explained[*in.Layer] = true
		}
		s.Nested = base > 0 && in.Inherited
		p.add(s)
	}
	for i := range r.Layers {
		if layer := &r.Layers[i]; !explained[i] {
			p.add(Step{
				Number: -1, Keyword: "layer", Text: fmt.Sprintf("%d (instruction unknown)", i), Size: layer.Size, Wasted: layer.WastedBytes,
				first: i, last: i, Nested: i < base,
			})
		}
	}
}

func (p *Instructions) add(s Step) {
	if s.Nested && !p.open && !p.narrow.on() || !p.narrow.has(s.Keyword, s.Text) {
		return
	}
	p.most = max(p.most, s.Size)
	p.Steps = append(p.Steps, s)
}

// Unfold shows the base image's own instructions, as Open on its row does.
func (p *Instructions) Unfold() {
	p.open = true
	p.build()
	p.Resize(len(p.Steps), p.Height)
}

// NoBaseName stands for the name of a base image that nobody knows.
const NoBaseName = "(name unknown)"

// BaseStep is the base image as one step.
func BaseStep(r *model.Report, layers int) Step {
	s := Step{Number: -1, Base: true, Keyword: "base", Text: NoBaseName, last: layers - 1}
	if name := r.Image.Base.Reference; name != nil && *name != "" {
		s.Text = *name
	}
	for i := range layers {
		s.Size += r.Layers[i].Size
		s.Wasted += r.Layers[i].WastedBytes
	}
	return s
}

// Chosen is the step under the cursor, nil where there is none.
func (p *Instructions) Chosen() *Step {
	if p.Cursor < 0 || p.Cursor >= len(p.Steps) {
		return nil
	}
	return &p.Steps[p.Cursor]
}

// Choose puts the cursor on the step that made a layer.
func (p *Instructions) Choose(layer int) {
	for i, s := range p.Steps {
		if layer >= s.first && layer <= s.last && !(s.Base && p.open) {
			p.To(i)
			return
		}
	}
}

// Empty says why there are no rows.
func (p *Instructions) Empty() string {
	if p.over {
		return "The image was not read."
	}
	if p.report == nil {
		return "Looking for the image."
	}
	if p.narrow.on() {
		return p.nothing()
	}
	return "This image has no layers and no history."
}

// Hints are the keys that do something on the row under the cursor.
func (p *Instructions) Hints() []Hint {
	does := "read"
	if s := p.Chosen(); s != nil && s.Base {
		does = "open the base"
	}
	return []Hint{{does, []string{"open"}}}
}

// Press opens and closes rows; what else a key means is left to the caller.
func (p *Instructions) Press(key Key) Effect {
	s := p.Chosen()
	if s == nil || !s.Base || key == KeyLeft && !p.open || key == KeyRight && p.open {
		return p.state.Press(key)
	}
	p.open = !p.open
	p.build()
	p.Resize(len(p.Steps), p.Height)
	return effectDone
}

// Row draws row i.
func (p *Instructions) Row(l *draw.Line, i int) {
	s := &p.Steps[i]
	switch {
	case s.Base && p.open:
		l.Figure(p.th.Dim, p.th.DirOpen, 3)
	case s.Base:
		l.Figure(p.th.Dim, p.th.DirClosed, 3)
	case s.Step > 0:
		l.Figure(p.th.Dim, fmt.Sprint(s.Step), 3)
	}
	l.To(5) // after the cursor's mark and the number

	bar, share, figure, air := 5, 0, display.BytesWidth, 1
	switch {
	case l.Width >= 60:
		bar, share = 10, draw.ShareWidth
	case l.Width >= 50:
		air = 0 // the text tells the steps apart: what it is a part of stands below
	case l.Width < 46:
		bar, air = 0, 0
	}
	right := figure + 1 + bar + share + air
	stop := l.Width - right - 1
	text := p.th.Text
	if s.Nested {
		text = p.th.Dim
	}
	keyword := p.th.OneLine(s.Keyword, l.Width)
	l.AddWithin(p.th.Keyword, keyword, stop-l.Used)
	l.To(min(max(l.Used, 9)+1, stop))
	l.Words(text, p.th.OneLine(GistWithin(s.Keyword, s.Text, p.th.Charset, stop-l.Used), l.Width), stop-l.Used)
	if s.Base {
		if layers := " (" + display.Plural(s.last+1, "layer") + ")"; len(layers) <= stop-l.Used {
			l.Add(p.th.Dim, layers)
		}
	}
	l.To(stop + 1)
	if s.Size == 0 {
		l.Figure(p.th.Dim, p.th.Charset.Dot, figure).Gap(right - figure)
		return
	}
	l.Figure(text, display.Bytes(s.Size), figure)
	if bar > 0 {
		whole := p.most
		if s.Nested {
			whole = p.base.Size
		}
		l.Gap(1).Gauge(s.Size-s.Wasted, s.Wasted, whole, bar)
		if share > 0 {
			l.Share(s.Size, whole)
		}
	}
}
