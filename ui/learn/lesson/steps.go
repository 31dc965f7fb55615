package lesson

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// Step is an instruction of an image as a learner sees it.
type Step struct {
	Line   int    // of the Dockerfile; 0 where none is known
	Text   string // the instruction; of the base image the line that names it
	Size   int64  // bytes that it stores
	Wasted int64  // of Size, what no container can use; 0 for the base image
	Base   bool   // all that the base image brings, as one step
}

// Steps returns the instructions of an image. The base image comes first, as a single step.
func Steps(r *model.Report) []Step {
	var steps []Step
	for i := range r.Instructions {
		in := &r.Instructions[i]
		s := Step{Text: in.Text, Size: in.Size, Wasted: in.WastedBytes, Base: in.Inherited}
		if in.Location != nil {
			s.Line = in.Location.Line
		}
		if !s.Base {
			steps = append(steps, s)
			continue
		}
		s.Wasted = 0
		if lines := r.Dockerfile; lines != nil && s.Line > 0 && s.Line <= len(lines.Lines) {
			s.Text = lines.Lines[s.Line-1]
		}
		at := slices.IndexFunc(steps, func(s Step) bool { return s.Base })
		if at < 0 {
			steps = append(steps, s)
			continue
		}
		steps[at].Size += s.Size
		if steps[at].Line == 0 {
			steps[at].Line, steps[at].Text = s.Line, s.Text
		}
	}
	return steps
}
