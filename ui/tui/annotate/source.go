// Package annotate puts what an image's instructions cost beside the lines of its Dockerfile,
// as a profiler annotates code.
//
// A [Source] is a Dockerfile, as it was [Written] or as [Rebuilt] from the image's history,
// with a [Cost] for each instruction: its bytes, those wasted, which no container can use,
// and its layer. What the base image holds is the cost of FROM. The costs of a
// rebuilt one add up to the image. Both take time in proportion to lines and instructions; a Source is not changed
// afterwards. The package knows neither a pane nor a screen.
package annotate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Line is a row of the Dockerfile.
type Line struct {
	Number int    // in the file; where there is none the step number, -1 for none
	Text   string // as it was written
	Cost   int32  // index of what the line cost, -1 for a line of no instruction
	First  bool   // of its instruction
	Dim    bool   // comments, and stages that are not in the image
}

// Cost is what one instruction of the Dockerfile cost: one or several
// steps of the build, or the base image.
type Cost struct {
	Base         bool
	Steps        []int // indexes of the report's instructions
	Layer        int   // that no instruction explains; -1
	Size, Wasted int64
	Line         int // the first row
}

// Source is a Dockerfile with what its lines cost.
type Source struct {
	report *model.Report
	Lines  []Line
	Costs  []Cost
	Of     map[int]int32 // step → cost
	Base   int32         // the base's cost, -1 without one
	Most   int64         // the largest size, to scale the bars
}

// Written adds the costs to the lines of a Dockerfile whose text is known.
func Written(r *model.Report) *Source {
	s := &Source{report: r, Base: -1, Of: make(map[int]int32), Lines: make([]Line, len(r.Dockerfile.Lines))}
	for i, text := range r.Dockerfile.Lines {
		s.Lines[i] = Line{Number: i + 1, Text: text, Cost: -1}
	}
	at := make(map[int]int32) // line → cost
	for i := range r.Instructions {
		in := &r.Instructions[i]
		if in.Location == nil || in.Location.Line < 1 || in.Location.Line > len(s.Lines) {
			continue
		}
		line := in.Location.Line - 1
		cost, known := at[line]
		if !known {
			cost = s.add(Cost{Layer: -1, Line: line})
			at[line] = cost
			for l := line; l < min(max(in.Location.EndLine, line+1), len(s.Lines)) && s.Lines[l].Cost < 0; l++ {
				s.Lines[l].Cost, s.Lines[l].First = cost, l == line
			}
		}
		s.count(cost, i)
	}
	s.shade()
	s.scale()
	return s
}

// Rebuilt makes a Dockerfile of the history: FROM for the base, then the
// instructions, one after another. lay breaks one into lines.
func Rebuilt(r *model.Report, lay func(text string) []string) *Source {
	s := &Source{report: r, Base: -1, Of: make(map[int]int32)}
	base := min(max(r.Image.Base.Layers, 0), len(r.Layers))
	explained := make([]bool, len(r.Layers))
	if base > 0 {
		text := "# the base image (name unknown)"
		if name := r.Image.Base.Reference; name != nil && *name != "" {
			text = "FROM " + *name
		}
		s.write(1, Cost{Base: true, Layer: -1}, []string{text}, strings.HasPrefix(text, "#"))
	}
	for i := range r.Instructions {
		in := &r.Instructions[i]
		if in.Layer != nil && *in.Layer >= 0 && *in.Layer < len(explained) {
			explained[*in.Layer] = true
		}
		if base > 0 && in.Inherited {
			s.count(s.Base, i)
			continue
		}
		number := r.StepNumber(i)
		if number == 0 {
			number = -1
		}
		s.count(s.write(number, Cost{Layer: -1}, lay(in.Text), false), i)
	}
	for i := base; i < len(r.Layers); i++ {
		if layer := &r.Layers[i]; !explained[i] {
			s.write(-1, Cost{Layer: i, Size: layer.Size, Wasted: layer.WastedBytes}, []string{"# layer " + strconv.Itoa(i) + ", instruction unknown"}, true)
		}
	}
	s.scale()
	return s
}

// write appends the lines of one instruction.
func (s *Source) write(number int, c Cost, lines []string, dim bool) int32 {
	c.Line = len(s.Lines)
	cost := s.add(c)
	if c.Base {
		s.weighBase(cost)
	}
	for i, text := range lines {
		s.Lines = append(s.Lines, Line{Number: number, Text: text, Cost: cost, First: i == 0, Dim: dim})
	}
	return cost
}

func (s *Source) add(c Cost) int32 {
	s.Costs = append(s.Costs, c)
	return int32(len(s.Costs) - 1)
}

// count adds a step of the build to a cost. The first step of the base image makes it the cost of
// the base, with the bytes of all base layers.
func (s *Source) count(cost int32, step int) {
	in := &s.report.Instructions[step]
	c := &s.Costs[cost]
	s.Of[step] = cost
	c.Steps = append(c.Steps, step)
	switch {
	case c.Base:
	case in.Inherited && s.Base < 0:
		s.weighBase(cost)
	default:
		c.Size, c.Wasted = c.Size+in.Size, c.Wasted+in.WastedBytes
	}
}

func (s *Source) weighBase(cost int32) {
	c := &s.Costs[cost]
	c.Base, c.Size, c.Wasted, s.Base = true, 0, 0, cost
	for i := range min(max(s.report.Image.Base.Layers, 0), len(s.report.Layers)) {
		c.Size += s.report.Layers[i].Size
		c.Wasted += s.report.Layers[i].WastedBytes
	}
}

// shade dims comments, and the stages that have no instruction in the image.
func (s *Source) shade() {
	start, used := -1, true // what stands before the first FROM is for all stages
	end := func(at int) {
		if !used {
			for i := max(start, 0); i < at; i++ {
				s.Lines[i].Dim = true
			}
		}
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		text := strings.TrimLeft(l.Text, " \t")
		if (l.Cost < 0 || l.First) && len(text) > 5 && strings.EqualFold(text[:4], "FROM") && (text[4] == ' ' || text[4] == '\t') {
			end(i)
			start, used = i, false
		}
		used = used || l.Cost >= 0
		l.First = l.First || start < 0 && strings.HasPrefix(strings.ToUpper(text), "ARG ")
		l.Dim = strings.HasPrefix(text, "#") && (l.Cost < 0 || !l.First)
	}
	end(len(s.Lines))
}

func (s *Source) scale() {
	for i := range s.Costs {
		s.Most = max(s.Most, s.Costs[i].Size)
	}
}

// Findings returns the findings about a cost, the largest first: the waste in its own bytes, and
// the bytes of other instructions that it hides.
func (s *Source) Findings(cost int32) (own, hidden []*model.Finding) {
	c := &s.Costs[cost]
	of := func(step *int) bool {
		if step == nil {
			return false
		}
		at, known := s.Of[*step]
		return known && at == cost
	}
	for i := range s.report.Findings {
		f := &s.report.Findings[i]
		switch {
		case of(f.Instruction), c.Layer >= 0 && f.Layer != nil && *f.Layer == c.Layer, c.Base && f.Inherited:
			own = append(own, f)
		case f.HiddenBy != nil && *f.HiddenBy >= 0 && *f.HiddenBy < len(s.report.Layers) && of(s.report.Layers[*f.HiddenBy].Instruction):
			hidden = append(hidden, f)
		}
	}
	heaviest := func(a, b *model.Finding) int { return int(min(max(b.Bytes-a.Bytes, -1), 1)) }
	slices.SortStableFunc(own, heaviest)
	slices.SortStableFunc(hidden, heaviest)
	return own, hidden
}
