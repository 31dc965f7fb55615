package html

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// dockerfile is the source with what each instruction costs beside it.
type dockerfile struct {
	Title string
	How   string // where the text comes from
	Base  *baseImage
	Steps []step
	Apart []step // instructions that the file has no line for
	More  string
}

// baseImage is the instructions of the base image, folded.
type baseImage struct {
	Title, Size, Wasted string
	Steps               []step
}

// step is one instruction, or lines that are none of the image's.
type step struct {
	IDs          []string  // of the instructions that stand here
	Size, Wasted string    // "" where it made no layer
	Bar          []segment // percent of the largest
	Quiet        bool      // a comment, a blank line, another stage
	Note         string
	Lines        []sourceLine
}

// sourceLine is a line with its number; 0 is none.
type sourceLine struct {
	No   int
	Text string
}

// stepID is the id of an instruction on the page, "" where it is not on it.
func (h *builder) stepID(instruction *int) string {
	if instruction == nil || *instruction < 0 || *instruction >= min(len(h.report.Instructions), maxSteps) {
		return ""
	}
	return elementID("i", *instruction)
}

func (h *builder) dockerfile() dockerfile {
	h.room(sourceRoom)
	r := h.report
	v := dockerfile{Title: "The Dockerfile, rebuilt", How: "From the history in the image: neither -f nor provenance names the file."}
	steps := r.Instructions[:min(len(r.Instructions), maxSteps)]
	if more := len(r.Instructions) - len(steps); more > 0 {
		v.More = "and " + display.Plural(more, "more instruction")
	}
	var own, base []*model.Instruction
	for i, in := range steps {
		in.Index = i // whatever a saved report says
		if in.Inherited {
			base = append(base, &in)
		} else {
			own = append(own, &in)
		}
	}
	v.Base = h.inherited(base)
	switch file := r.Dockerfile; {
	case file != nil:
		v.Title, v.How = h.take(h.paths.Of(file.File), nameCells), "As -f gives it."
		if file.How == model.FromProvenance {
			v.How = "As the image's provenance gives it."
		}
		v.Steps, v.Apart = h.annotate(file, own, base)
	default:
		if slices.ContainsFunc(own, func(in *model.Instruction) bool { return in.Location != nil }) {
			v.Title, v.How = "The Dockerfile's instructions", "Its whole text is not in this report."
		}
		for _, in := range own {
			v.Steps = append(v.Steps, h.alone(in))
		}
	}
	for i := range r.Layers {
		if l := &r.Layers[i]; l.Instruction == nil && len(v.Apart) < maxSteps {
			s := step{Quiet: true, Lines: []sourceLine{{Text: "layer " + strconv.Itoa(l.Index) + ", which no known instruction made"}}}
			h.weigh(&s, whose(l.Inherited), l.Size, l.WastedBytes)
			v.Apart = append(v.Apart, s)
		}
	}
	return v
}

// inherited folds the base image's instructions under one line.
func (h *builder) inherited(base []*model.Instruction) *baseImage {
	if len(base) == 0 {
		return nil
	}
	v := &baseImage{Title: "base image"}
	if name := h.report.Image.Base.Reference; name != nil {
		v.Title = h.take(*name, nameCells)
	}
	v.Title += ": " + display.Plural(len(base), "instruction")
	var size, wasted int64
	for _, in := range base {
		size, wasted = size+in.Size, wasted+in.WastedBytes
		v.Steps = append(v.Steps, h.alone(in))
	}
	v.Size, v.Wasted = display.Bytes(size), wastedText(wasted)
	return v
}

// alone lays an instruction out that no file has lines for.
func (h *builder) alone(in *model.Instruction) step {
	s := step{IDs: []string{elementID("i", in.Index)}}
	if n := h.report.StepNumber(in.Index); n > 0 {
		s.Note = "step " + strconv.Itoa(n)
	}
	if in.Location != nil {
		s.Note = "line " + strconv.Itoa(in.Location.Line)
	}
	for _, line := range h.takeLines(display.Instruction(view.Clip(in.Text), codeCells), maxStepLines) {
		s.Lines = append(s.Lines, sourceLine{Text: line})
	}
	if in.Text == "" {
		s.Lines = []sourceLine{{Text: "(the builder left no trace of the text)"}}
	}
	if in.Layer != nil {
		h.weigh(&s, whose(in.Inherited), in.Size, in.WastedBytes)
	}
	return s
}

// annotate cuts the file into instructions of the image and what is between
// them. Instructions that name no line of it come apart. FROM has the cost of
// the base, whose instructions stand elsewhere.
func (h *builder) annotate(file *model.Dockerfile, own, base []*model.Instruction) (steps, apart []step) {
	count := min(len(file.Lines), maxLines)
	var here []*model.Instruction
	for _, in := range slices.Concat(base, own) {
		switch at := in.Location; {
		case at != nil && at.File == file.File && at.Line >= 1 && at.Line <= count:
			here = append(here, in)
		case !in.Inherited:
			apart = append(apart, h.alone(in))
		}
	}
	slices.SortStableFunc(here, func(a, b *model.Instruction) int { return cmp.Compare(a.Location.Line, b.Location.Line) })
	line := 1
	for len(here) > 0 {
		first, same := here[0].Location.Line, 1
		for same < len(here) && here[same].Location.Line == first {
			same++
		}
		end := count + 1
		if same < len(here) {
			end = here[same].Location.Line
		}
		s, after := h.together(here[:same], end)
		steps = append(steps, h.lines(file, line, first)...)
		s.Lines = h.rows(file, first, after)
		steps = append(steps, s)
		line, here = after, here[same:]
	}
	steps = append(steps, h.lines(file, line, count+1)...)
	if more := len(file.Lines) - count; more > 0 {
		steps = append(steps, step{Quiet: true, Lines: []sourceLine{{Text: "(" + display.Plural(more, "more line") + ")"}}})
	}
	return steps, apart
}

// together adds up instructions that start on one line, and says which line
// follows them; that is end at most.
func (h *builder) together(same []*model.Instruction, end int) (s step, after int) {
	var size, wasted int64
	weighs := false
	after = same[0].Location.Line + 1
	for _, in := range same {
		if !in.Inherited {
			s.IDs = append(s.IDs, elementID("i", in.Index))
		}
		size, wasted, weighs = size+in.Size, wasted+in.WastedBytes, weighs || in.Layer != nil
		after = max(after, in.Location.EndLine+1)
	}
	if same[0].Inherited {
		s.Note = "base"
	}
	if weighs {
		h.weigh(&s, whose(same[0].Inherited), size, wasted)
	}
	return s, min(after, end)
}

func whose(inherited bool) string {
	if inherited {
		return "base"
	}
	return "own"
}

// lines are the file's lines from one up to but without another, quiet.
func (h *builder) lines(file *model.Dockerfile, from, to int) []step {
	if from >= to {
		return nil
	}
	return []step{{Quiet: true, Lines: h.rows(file, from, to)}}
}

func (h *builder) rows(file *model.Dockerfile, from, to int) []sourceLine {
	var rows []sourceLine
	for n := from; n < to; n++ {
		if h.full() && n > from {
			return append(rows, sourceLine{No: n, Text: "(" + display.Plural(to-n, "line") + " left out)"})
		}
		text := display.Lines(clip(file.Lines[n-1], lineCells))[0]
		rows = append(rows, sourceLine{No: n, Text: h.fit(text, lineCells)})
	}
	return rows
}

// weigh fills in what a step costs; kind is whose what is in use is, own or base.
func (h *builder) weigh(s *step, kind string, size, wasted int64) {
	s.Size, s.Wasted = display.Bytes(size), wastedText(wasted)
	largest := h.report.Summary.Inherited.Size // FROM has the whole base
	for i := range h.report.Layers {
		largest = max(largest, h.report.Layers[i].Size)
	}
	if size <= 0 || largest <= 0 {
		return
	}
	live := max(size-wasted, 0)
	if wasted > 0 {
		s.Bar = append(s.Bar, segment{Kind: "waste", Start: "0%", Width: percent(max(wasted, largest/leastBar), largest)})
	}
	if live > 0 {
		s.Bar = append(s.Bar, segment{Kind: kind, Start: percent(wasted, largest), Width: percent(max(live, largest/leastBar), largest)})
	}
}

// wastedText is how waste is said, "" where there is none.
func wastedText(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	return display.Bytes(bytes) + " wasted"
}
