package tui

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// dockerfile is the view of the source with what each line costs in the gutter,
// as a profiler annotates code. Its cursor and that of the instructions follow
// each other.
type dockerfile struct {
	state

	source *source
	laid   int // columns that a rebuilt Dockerfile is laid out for
}

// show takes a report over and keeps the cursor on its line.
func (v *dockerfile) show(report *model.Report) {
	v.report, v.source, v.laid = report, nil, 0
	switch {
	case report == nil:
		v.Resize(0, v.Height)
	case report.Dockerfile != nil:
		v.source = written(report)
		v.Resize(len(v.source.lines), v.Height)
	}
	// One that is rebuilt has its lines when it is laid out, and until then the
	// cursor of the one before.
}

// setWidth lays a rebuilt Dockerfile out for a width. One that was written stays as
// it is: where a line ends is part of it.
func (v *dockerfile) setWidth(width int) {
	if v.report == nil || v.report.Dockerfile != nil || v.laid == width {
		return
	}
	before, at := v.chosen(), -1
	if before != nil {
		at = v.costIndex()
	}
	v.laid = width
	room := max(width-v.gutter(width).text-1, 1)
	total := 0
	for i := range v.report.Instructions {
		total += len(v.report.Instructions[i].Text)
	}
	v.source = rebuilt(v.report, func(text string) []string {
		if total > maxLaidOut {
			return []string{v.th.OneLine(text, width)}
		}
		if room < leastLaidOut {
			return v.th.Charset.Steps(draw.Clip(text), draw.MaxText)
		}
		return v.th.Instruction(text, room)
	})
	v.Resize(len(v.source.lines), v.Height)
	if at >= 0 && at < len(v.source.costs) {
		v.To(v.source.costs[at].line)
	}
}

// leastLaidOut is from how many columns on words go to the next line. In fewer
// there would be more breaks than words: only steps do, and are cut.
const leastLaidOut = 34

// maxLaidOut is up to how many bytes of history are broken into lines. Real ones
// are a hundredth of it.
const maxLaidOut = 512 << 10

// costIndex is what the line under the cursor belongs to, -1 for nothing.
func (v *dockerfile) costIndex() int {
	if v.source == nil || v.Cursor < 0 || v.Cursor >= len(v.source.lines) {
		return -1
	}
	return int(v.source.lines[v.Cursor].cost)
}

// chosen is the instruction under the cursor, nil on a line of none.
func (v *dockerfile) chosen() *sourceCost {
	if at := v.costIndex(); at >= 0 {
		return &v.source.costs[at]
	}
	return nil
}

// follow puts the cursor on the line of a step of the instructions, unless it
// is on one of its lines already.
func (v *dockerfile) follow(s *step) {
	if v.source == nil || s == nil {
		return
	}
	cost, known := v.source.base, true
	if !s.base && s.number >= 0 {
		cost, known = v.source.of[s.number]
	} else if !s.base {
		cost = v.layerCost(s.first)
	}
	if known && cost >= 0 && int(cost) != v.costIndex() {
		v.To(v.source.costs[cost].line)
	}
}

func (v *dockerfile) layerCost(layer int) int32 {
	for i := range v.source.costs {
		if v.source.costs[i].layer == layer {
			return int32(i)
		}
	}
	return -1
}

// lead puts the cursor of the instructions on the one under the cursor here.
func (v *dockerfile) lead(p *instructions) bool {
	if c := v.chosen(); c != nil {
		v.leadTo(p, c)
	}
	return true
}

func (v *dockerfile) leadTo(p *instructions, c *sourceCost) {
	is := func(s *step) bool {
		switch {
		case s.base || s.nested:
			return s.base && c.base
		case s.number >= 0:
			cost, known := v.source.of[s.number]
			return known && int(cost) == v.costIndex()
		}
		return c.layer >= 0 && s.first == c.layer
	}
	if now := p.chosen(); now != nil && is(now) {
		return
	}
	for i := range p.steps {
		if is(&p.steps[i]) {
			p.To(i)
			return
		}
	}
}

func (v *dockerfile) tall() bool { return true }

func (v *dockerfile) selected() (*model.Finding, bool) {
	at := v.costIndex()
	if at < 0 {
		return nil, true
	}
	own, hidden := v.source.findings(int32(at))
	return firstEdit(append(own, hidden...)), true
}

func (v *dockerfile) hints() []hint {
	f, _ := v.selected()
	return v.readHints(f, "read")
}

func (v *dockerfile) empty() string {
	switch {
	case v.over:
		return "Nothing is known."
	case v.report == nil:
		return "The Dockerfile appears when the image is found."
	case v.report.Dockerfile != nil:
		return "The Dockerfile is empty."
	}
	return "This image has no history to rebuild a Dockerfile from."
}
