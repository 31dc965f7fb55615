package pane

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/annotate"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Dockerfile is the view of the source with what each line costs in the gutter,
// as a profiler annotates code. Its cursor and that of the instructions follow
// each other.
type Dockerfile struct {
	state

	Source *annotate.Source
	laid   int // columns that a rebuilt Dockerfile is laid out for
}

// Show takes a report over and keeps the cursor on its line.
func (v *Dockerfile) Show(report *model.Report) {
	v.report, v.Source, v.laid = report, nil, 0
	switch {
	case report == nil:
		v.Resize(0, v.Height)
	case report.Dockerfile != nil:
		v.Source = annotate.Written(report)
		v.Resize(len(v.Source.Lines), v.Height)
	}
	// One that is rebuilt has its lines when it is laid out, and until then the
	// cursor of the one before.
}

// SetWidth lays a rebuilt Dockerfile out for a width. One that was written stays as
// it is: where a line ends is part of it.
func (v *Dockerfile) SetWidth(width int) {
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
	v.Source = annotate.Rebuilt(v.report, func(text string) []string {
		if total > maxLaidOut {
			return []string{v.th.OneLine(text, width)}
		}
		if room < leastLaidOut {
			return v.th.Charset.Steps(draw.Clip(text), draw.MaxText)
		}
		return v.th.Instruction(text, room)
	})
	v.Resize(len(v.Source.Lines), v.Height)
	if at >= 0 && at < len(v.Source.Costs) {
		v.To(v.Source.Costs[at].Line)
	}
}

// leastLaidOut is from how many columns on words go to the next line. In fewer
// there would be more breaks than words: only steps do, and are cut.
const leastLaidOut = 34

// maxLaidOut is up to how many bytes of history are broken into lines. Real ones
// are a hundredth of it.
const maxLaidOut = 512 << 10

// costIndex is what the line under the cursor belongs to, -1 for nothing.
func (v *Dockerfile) costIndex() int {
	if v.Source == nil || v.Cursor < 0 || v.Cursor >= len(v.Source.Lines) {
		return -1
	}
	return int(v.Source.Lines[v.Cursor].Cost)
}

// chosen is the instruction under the cursor, nil on a line of none.
func (v *Dockerfile) chosen() *annotate.Cost {
	if at := v.costIndex(); at >= 0 {
		return &v.Source.Costs[at]
	}
	return nil
}

// Follow puts the cursor on the line of a step of the instructions, unless it
// is on one of its lines already.
func (v *Dockerfile) Follow(s *Step) {
	if v.Source == nil || s == nil {
		return
	}
	cost, known := v.Source.Base, true
	if !s.Base && s.Number >= 0 {
		cost, known = v.Source.Of[s.Number]
	} else if !s.Base {
		cost = v.layerCost(s.first)
	}
	if known && cost >= 0 && int(cost) != v.costIndex() {
		v.To(v.Source.Costs[cost].Line)
	}
}

func (v *Dockerfile) layerCost(layer int) int32 {
	for i := range v.Source.Costs {
		if v.Source.Costs[i].Layer == layer {
			return int32(i)
		}
	}
	return -1
}

// Lead puts the cursor of the instructions on the one under the cursor here.
func (v *Dockerfile) Lead(p *Instructions) bool {
	if c := v.chosen(); c != nil {
		v.leadTo(p, c)
	}
	return true
}

func (v *Dockerfile) leadTo(p *Instructions, c *annotate.Cost) {
	is := func(s *Step) bool {
		switch {
		case s.Base || s.Nested:
			return s.Base && c.Base
		case s.Number >= 0:
			cost, known := v.Source.Of[s.Number]
			return known && int(cost) == v.costIndex()
		}
		return c.Layer >= 0 && s.first == c.Layer
	}
	if now := p.Chosen(); now != nil && is(now) {
		return
	}
	for i := range p.Steps {
		if is(&p.Steps[i]) {
			p.To(i)
			return
		}
	}
}

// Line is the line under the cursor in the file, 0 where there is no file.
func (v *Dockerfile) Line() int {
	if v.report == nil || v.report.Dockerfile == nil || v.Source == nil || v.Cursor >= len(v.Source.Lines) {
		return 0
	}
	return v.Source.Lines[v.Cursor].Number
}

// Tall reports that the rows matter more than the text about one of them.
func (v *Dockerfile) Tall() bool { return true }

// Selected is the finding that the row under the cursor is about, the first with an edit.
func (v *Dockerfile) Selected() (*model.Finding, bool) {
	at := v.costIndex()
	if at < 0 {
		return nil, true
	}
	own, hidden := v.Source.Findings(int32(at))
	return firstEdit(append(own, hidden...)), true
}

// Hints are the keys that do something on the row under the cursor.
func (v *Dockerfile) Hints() []Hint {
	f, _ := v.Selected()
	return v.readHints(f, "read")
}

// Empty says why there are no rows.
func (v *Dockerfile) Empty() string {
	switch {
	case v.over:
		return "Nothing is known."
	case v.report == nil:
		return "The Dockerfile appears once the image is found."
	case v.report.Dockerfile != nil:
		return "The Dockerfile is empty."
	}
	return "This image has no history to rebuild a Dockerfile from."
}
