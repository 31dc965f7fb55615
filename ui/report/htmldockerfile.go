package report

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// htmlDockerfile is the source with what each instruction costs beside it.
type htmlDockerfile struct {
	Title string
	How   string // where the text comes from
	Base  *htmlBase
	Steps []htmlStep
	Apart []htmlStep // instructions that the file has no line for
	More  string
}

// htmlBase is the instructions of the base image, folded.
type htmlBase struct {
	Title, Size, Wasted string
	Steps               []htmlStep
}

// htmlStep is one instruction, or lines that are none of the image's.
type htmlStep struct {
	IDs          []string      // of the instructions that stand here
	Size, Wasted string        // "" where it made no layer
	Bar          []htmlSegment // percent of the largest
	Quiet        bool          // a comment, a blank line, another stage
	Note         string
	Lines        []htmlRow
}

// htmlRow is a line with its number; 0 is none.
type htmlRow struct {
	No   int
	Text string
}

// stepID is the id of an instruction on the page, "" where it is not on it.
func (h *htmlPage) stepID(instruction *int) string {
	if instruction == nil || *instruction < 0 || *instruction >= min(len(h.report.Instructions), htmlMaxSteps) {
		return ""
	}
	return htmlID("i", *instruction)
}

func (h *htmlPage) dockerfile() htmlDockerfile {
	h.room(htmlSourceRoom)
	r := h.report
	v := htmlDockerfile{Title: "The Dockerfile, rebuilt", How: "From the history in the image: neither -f nor provenance names the file."}
	steps := r.Instructions[:min(len(r.Instructions), htmlMaxSteps)]
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
		v.Title, v.How = h.take(h.paths.of(file.File), htmlName), "As -f gives it."
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
		if l := &r.Layers[i]; l.Instruction == nil && len(v.Apart) < htmlMaxSteps {
			s := htmlStep{Quiet: true, Lines: []htmlRow{{Text: "layer " + strconv.Itoa(l.Index) + ", which no known instruction made"}}}
			h.weigh(&s, whose(l.Inherited), l.Size, l.WastedBytes)
			v.Apart = append(v.Apart, s)
		}
	}
	return v
}

// inherited folds the base image's instructions under one line.
func (h *htmlPage) inherited(base []*model.Instruction) *htmlBase {
	if len(base) == 0 {
		return nil
	}
	v := &htmlBase{Title: "base image"}
	if name := h.report.Image.Base.Reference; name != nil {
		v.Title = h.take(*name, htmlName)
	}
	v.Title += ": " + display.Plural(len(base), "instruction")
	var size, wasted int64
	for _, in := range base {
		size, wasted = size+in.Size, wasted+in.WastedBytes
		v.Steps = append(v.Steps, h.alone(in))
	}
	v.Size, v.Wasted = display.Bytes(size), htmlWasted(wasted)
	return v
}

// alone lays an instruction out that no file has lines for.
func (h *htmlPage) alone(in *model.Instruction) htmlStep {
	s := htmlStep{IDs: []string{htmlID("i", in.Index)}, Note: "step " + strconv.Itoa(in.Index)}
	if in.Location != nil {
		s.Note = "line " + strconv.Itoa(in.Location.Line)
	}
	for _, line := range h.takeLines(display.Instruction(clip(in.Text), htmlWidth), htmlMaxStepLines) {
		s.Lines = append(s.Lines, htmlRow{Text: line})
	}
	if in.Text == "" {
		s.Lines = []htmlRow{{Text: "(the builder left no trace of the text)"}}
	}
	if in.Layer != nil {
		h.weigh(&s, whose(in.Inherited), in.Size, in.WastedBytes)
	}
	return s
}

// annotate cuts the file into instructions of the image and what is between
// them. Instructions that name no line of it come apart. FROM has the cost of
// the base, whose instructions stand elsewhere.
func (h *htmlPage) annotate(file *model.Dockerfile, own, base []*model.Instruction) (steps, apart []htmlStep) {
	count := min(len(file.Lines), htmlMaxLines)
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
		steps = append(steps, htmlStep{Quiet: true, Lines: []htmlRow{{Text: "(" + display.Plural(more, "more line") + ")"}}})
	}
	return steps, apart
}

// together adds up instructions that start on one line, and says which line
// follows them; that is end at most.
func (h *htmlPage) together(same []*model.Instruction, end int) (s htmlStep, after int) {
	var size, wasted int64
	weighs := false
	after = same[0].Location.Line + 1
	for _, in := range same {
		if !in.Inherited {
			s.IDs = append(s.IDs, htmlID("i", in.Index))
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
func (h *htmlPage) lines(file *model.Dockerfile, from, to int) []htmlStep {
	if from >= to {
		return nil
	}
	return []htmlStep{{Quiet: true, Lines: h.rows(file, from, to)}}
}

func (h *htmlPage) rows(file *model.Dockerfile, from, to int) []htmlRow {
	var rows []htmlRow
	for n := from; n < to; n++ {
		if h.full() && n > from {
			return append(rows, htmlRow{No: n, Text: "(" + display.Plural(to-n, "line") + " left out)"})
		}
		text := display.Lines(htmlClip(file.Lines[n-1], htmlLine))[0]
		rows = append(rows, htmlRow{No: n, Text: h.fit(text, htmlLine)})
	}
	return rows
}

// weigh fills in what a step costs; kind is whose what is in use is, own or base.
func (h *htmlPage) weigh(s *htmlStep, kind string, size, wasted int64) {
	s.Size, s.Wasted = display.Bytes(size), htmlWasted(wasted)
	largest := h.report.Summary.Inherited.Size // FROM has the whole base
	for i := range h.report.Layers {
		largest = max(largest, h.report.Layers[i].Size)
	}
	if size <= 0 || largest <= 0 {
		return
	}
	live := max(size-wasted, 0)
	if wasted > 0 {
		s.Bar = append(s.Bar, htmlSegment{Kind: "waste", Start: "0%", Width: htmlShare(max(wasted, largest/htmlLeastBar), largest)})
	}
	if live > 0 {
		s.Bar = append(s.Bar, htmlSegment{Kind: kind, Start: htmlShare(wasted, largest), Width: htmlShare(max(live, largest/htmlLeastBar), largest)})
	}
}

// htmlWasted is how waste is said, "" where there is none.
func htmlWasted(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	return display.Bytes(bytes) + " wasted"
}
