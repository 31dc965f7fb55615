package pane

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
)

// SourceLine is a row of the Dockerfile.
type SourceLine struct {
	Number int    // in the file, or of the instruction where there is no file
	Text   string // as it was written
	Cost   int32  // index of what the line cost, -1 for a line of no instruction
	First  bool   // of its instruction
	dim    bool   // comments, and stages that are not in the image
}

// SourceCost is what one instruction of the Dockerfile cost: one or several
// steps of the build, or the base image.
type SourceCost struct {
	base         bool
	steps        []int // indexes of the report's instructions
	layer        int   // that no instruction explains; -1
	Size, Wasted int64
	line         int // the first row
}

// Annotated is a Dockerfile with what its lines cost.
type Annotated struct {
	report *model.Report
	Lines  []SourceLine
	Costs  []SourceCost
	of     map[int]int32 // step → cost
	base   int32         // the base's cost, -1 without one
	most   int64         // the largest size, to scale the bars
}

// annotate reads the costs into the lines of a Dockerfile that is at hand.
func annotate(r *model.Report) *Annotated {
	s := &Annotated{report: r, base: -1, of: make(map[int]int32), Lines: make([]SourceLine, len(r.Dockerfile.Lines))}
	for i, text := range r.Dockerfile.Lines {
		s.Lines[i] = SourceLine{Number: i + 1, Text: text, Cost: -1}
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
			cost = s.add(SourceCost{layer: -1, line: line})
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

// rebuild makes a Dockerfile of the history: FROM for the base, then the
// instructions, one after another. lay breaks one into lines.
func rebuild(r *model.Report, lay func(text string) []string) *Annotated {
	s := &Annotated{report: r, base: -1, of: make(map[int]int32)}
	base := min(max(r.Image.Base.Layers, 0), len(r.Layers))
	explained := make([]bool, len(r.Layers))
	if base > 0 {
		text := "# the base image, name unknown"
		if name := r.Image.Base.Reference; name != nil && *name != "" {
			text = "FROM " + *name
		}
		s.write(-1, SourceCost{base: true, layer: -1}, []string{text}, strings.HasPrefix(text, "#"))
	}
	for i := range r.Instructions {
		in := &r.Instructions[i]
		if in.Layer != nil && *in.Layer >= 0 && *in.Layer < len(explained) {
			explained[*in.Layer] = true
		}
		if base > 0 && in.Inherited {
			s.count(s.base, i)
			continue
		}
		s.count(s.write(i, SourceCost{layer: -1}, lay(in.Text), false), i)
	}
	for i := base; i < len(r.Layers); i++ {
		if layer := &r.Layers[i]; !explained[i] {
			s.write(-1, SourceCost{layer: i, Size: layer.Size, Wasted: layer.WastedBytes}, []string{"# layer " + strconv.Itoa(i) + ", no instruction known"}, true)
		}
	}
	s.scale()
	return s
}

// write appends the lines of one instruction.
func (s *Annotated) write(number int, c SourceCost, lines []string, dim bool) int32 {
	c.line = len(s.Lines)
	cost := s.add(c)
	if c.base {
		s.weighBase(cost)
	}
	for i, text := range lines {
		s.Lines = append(s.Lines, SourceLine{Number: number, Text: text, Cost: cost, First: i == 0, dim: dim})
	}
	return cost
}

func (s *Annotated) add(c SourceCost) int32 {
	s.Costs = append(s.Costs, c)
	return int32(len(s.Costs) - 1)
}

// count adds a step of the build to a cost. The first of the base's makes it
// the base's: it weighs what all layers of the base do.
func (s *Annotated) count(cost int32, step int) {
	in := &s.report.Instructions[step]
	c := &s.Costs[cost]
	s.of[step] = cost
	c.steps = append(c.steps, step)
	switch {
	case c.base:
	case in.Inherited && s.base < 0:
		s.weighBase(cost)
	default:
		c.Size, c.Wasted = c.Size+in.Size, c.Wasted+in.WastedBytes
	}
}

func (s *Annotated) weighBase(cost int32) {
	c := &s.Costs[cost]
	c.base, c.Size, c.Wasted, s.base = true, 0, 0, cost
	for i := range min(max(s.report.Image.Base.Layers, 0), len(s.report.Layers)) {
		c.Size += s.report.Layers[i].Size
		c.Wasted += s.report.Layers[i].WastedBytes
	}
}

// shade dims comments, and the stages that have no instruction in the image.
func (s *Annotated) shade() {
	start, used := -1, true // what stands before the first FROM is for all stages
	end := func(at int) {
		if !used {
			for i := max(start, 0); i < at; i++ {
				s.Lines[i].dim = true
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
		l.dim = strings.HasPrefix(text, "#") && (l.Cost < 0 || !l.First)
	}
	end(len(s.Lines))
}

func (s *Annotated) scale() {
	for i := range s.Costs {
		s.most = max(s.most, s.Costs[i].Size)
	}
}

// findings are those of a cost, the largest first: what its bytes waste, and
// what it hides of the bytes of others.
func (s *Annotated) findings(cost int32) (own, hidden []*model.Finding) {
	c := &s.Costs[cost]
	of := func(step *int) bool {
		if step == nil {
			return false
		}
		at, known := s.of[*step]
		return known && at == cost
	}
	for i := range s.report.Findings {
		f := &s.report.Findings[i]
		switch {
		case of(f.Instruction), c.layer >= 0 && f.Layer != nil && *f.Layer == c.layer, c.base && f.Inherited:
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
