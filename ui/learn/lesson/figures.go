package lesson

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// figures are the numbers of an image that a lesson's text can mention, in bytes.
type figures struct {
	Size      int64 // of all layers
	Wasted    int64 // no container can use them
	Avoidable int64 // of Wasted, what changes would take away
	Layers    int

	lines map[int]int64    // by line of the Dockerfile: what its instruction stores
	rules map[string]int64 // by rule: what its findings hold
}

func figuresOf(r *model.Report) figures {
	f := figures{
		Size: r.Image.Size, Wasted: r.Summary.WastedBytes, Avoidable: r.Summary.AvoidableBytes, Layers: len(r.Layers),
		lines: map[int]int64{}, rules: map[string]int64{},
	}
	for _, i := range r.Instructions {
		if i.Location != nil {
			f.lines[i.Location.Line] += i.Size
		}
	}
	for _, x := range r.Findings {
		if !x.Inherited {
			f.rules[x.Rule] += x.Bytes
		}
	}
	return f
}

// Figures fill in the numbers that a lesson's text leaves open, in braces:
//
//	{size} {wasted} {avoidable} {layers}   of the image that the lesson starts with
//	{line 3}                               the bytes that the instruction in line 3 stores
//	{rule apt-lists}                       the bytes that a rule finds
//	{solution size} {solution line 3} …    the same of the solution's image
//
// They are counted, so a text cannot contain a wrong number.
type Figures struct{ now, start, solution figures }

// Size is how many bytes the layers of the learner's image have.
func (f Figures) Size() int64 { return f.now.Size }

// Wasted is how many bytes of the learner's image no container can use.
func (f Figures) Wasted() int64 { return f.now.Wasted }

// StartSize is how many bytes the image has that the lesson starts with.
func (f Figures) StartSize() int64 { return f.start.Size }

// Story holds the figures of a lesson's start, and of its solution where a text tells one.
func Story(ctx context.Context, l *Lesson) (Figures, error) {
	start, err := Judge(ctx, l, l.Start)
	if err != nil {
		return Figures{}, err
	}
	if !l.tellsSolution() {
		return Figures{start: start.Figures.now}, nil
	}
	solution, err := Judge(ctx, l, l.Solution)
	if err != nil {
		return Figures{}, err
	}
	return Told(start, solution), nil
}

// Told is Story for who has judged the start and the solution already.
func Told(start, solution *Verdict) Figures {
	return Figures{start: start.Figures.now, solution: solution.Figures.now}
}

var (
	hole       = regexp.MustCompile(`\{[^{}\n]*\}`)
	ofSolution = regexp.MustCompile(`\{\s*solution\b`)
)

// tellsSolution reports whether a text of the lesson has a figure of the solution.
func (l *Lesson) tellsSolution() bool {
	for _, texts := range l.settingTexts() {
		if ofSolution.MatchString(strings.Join(texts, " ")) {
			return true
		}
	}
	return ofSolution.MatchString(l.Text)
}

// Fill returns a text of the lesson with its figures filled in. The error names the first figure
// in braces that does not exist.
func (f Figures) Fill(text string) (string, error) {
	var first error
	filled := hole.ReplaceAllStringFunc(text, func(h string) string {
		value, err := f.value(strings.TrimSpace(h[1 : len(h)-1]))
		if err != nil && first == nil {
			first = err
		}
		return value
	})
	return filled, first
}

// value returns the figure of this name.
func (f Figures) value(name string) (string, error) {
	of := f.start
	rest, solved := strings.CutPrefix(name, "solution ")
	if solved {
		of = f.solution
	}
	word, arg, _ := strings.Cut(rest, " ")
	switch {
	case rest == "size":
		return display.Bytes(of.Size), nil
	case rest == "wasted":
		return display.Bytes(of.Wasted), nil
	case rest == "avoidable":
		return display.Bytes(of.Avoidable), nil
	case rest == "layers":
		return strconv.Itoa(of.Layers), nil
	case word == "line":
		line, err := strconv.Atoi(arg)
		if bytes, ok := of.lines[line]; err == nil && ok {
			return display.Bytes(bytes), nil
		}
		return "", fmt.Errorf("{%s}: no instruction begins at that line", name)
	case word == "rule":
		if bytes, ok := of.rules[arg]; ok {
			return display.Bytes(bytes), nil
		}
		return "", fmt.Errorf("{%s}: the rule finds nothing there", name)
	}
	return "", fmt.Errorf("{%s}: there is no such figure; there are size, wasted, avoidable, layers, line N and rule ID, of the solution with solution before them", name)
}

// Answer is the right answer to a question.
type Answer struct {
	kind string // line, path, package, size, wasted
	arg  string
}

func parseAnswer(text string) (Answer, error) {
	kind, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch {
	case (kind == "size" || kind == "wasted") && arg == "":
		return Answer{kind, ""}, nil
	case kind == "line":
		if _, err := strconv.Atoi(arg); err != nil {
			return Answer{}, errNoAnswer
		}
		return Answer{kind, arg}, nil
	case (kind == "path" || kind == "package") && arg != "":
		return Answer{kind, strings.Trim(arg, "/")}, nil
	}
	return Answer{}, errNoAnswer
}

// Kind is what is asked for: "line", "path", "package", "size" or "wasted".
func (a Answer) Kind() string { return a.kind }

// String is the right answer as a person writes it; sizes are filled in by Figures.
func (a Answer) String() string {
	switch a.kind {
	case "size", "wasted":
		return "{" + a.kind + "}"
	case "path":
		return "/" + a.arg
	}
	return strings.TrimSpace(a.kind + " " + a.arg)
}

// Right reports whether what a learner typed, or found in the interface, is the
// answer. A size may be a tenth off.
func (a Answer) Right(given string, start Figures, parse func(string) (int64, error)) bool {
	given = strings.TrimSpace(given)
	switch a.kind {
	case "line":
		return strings.TrimSpace(strings.TrimPrefix(strings.ToLower(given), "line")) == a.arg
	case "package":
		return strings.TrimSpace(strings.TrimPrefix(given, "package ")) == a.arg
	case "path":
		given = strings.Trim(given, "/")
		// What stands at the end of the path will do: .git of /app/.git.
		return given != "" && (given == a.arg || strings.HasSuffix(a.arg, "/"+given) || strings.HasPrefix(given, a.arg+"/"))
	}
	want := start.start.Size
	if a.kind == "wasted" {
		want = start.start.Wasted
	}
	got, err := parse(given)
	return err == nil && got*10 >= want*9 && got*10 <= want*11
}

// known reports whether a learner can find the answer in the image that the lesson starts with.
func (a Answer) known(r *model.Report) bool {
	switch a.kind {
	case "line":
		return slices.ContainsFunc(r.Instructions, func(i model.Instruction) bool {
			return i.Location != nil && strconv.Itoa(i.Location.Line) == a.arg
		})
	case "path":
		_, ok := r.Tree.Lookup(a.arg)
		return ok
	case "package":
		return slices.ContainsFunc(r.Packages, func(p model.Package) bool { return p.Name == a.arg })
	}
	return true
}
