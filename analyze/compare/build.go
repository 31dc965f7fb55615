package compare

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// buildStep is one step of an image's build: an instruction, with or without a layer
// of its own, or a layer that no known instruction made.
type buildStep struct {
	step          model.Step
	bytes, wasted int64
	diffID        string
	words         []string // of the text but its keyword, sorted
}

// build lists the steps of an image in the order of its build. Every layer is
// in exactly one of them.
type build struct {
	all           []buildStep
	ofInstruction []int // by index
	ofLayer       []int
}

func buildOf(r *model.Report) *build {
	p := &build{ofInstruction: make([]int, len(r.Instructions)), ofLayer: make([]int, len(r.Layers))}
	made := make([]int, len(r.Instructions)) // the layer of each instruction, -1 for none
	for i := range made {
		made[i] = -1
	}
	for i := range r.Layers {
		if by := r.Layers[i].Instruction; by != nil && *by >= 0 && *by < len(made) && made[*by] < 0 {
			made[*by] = i
		}
	}
	next := 0 // layer that has no step yet
	nameless := func(until int) {
		for ; next < until; next++ {
			if by := r.Layers[next].Instruction; by != nil && *by >= 0 && *by < len(made) && made[*by] == next {
				continue // its instruction comes later
			}
			p.ofLayer[next] = len(p.all)
			p.add(r, next, model.Step{Inherited: r.Layers[next].Inherited})
		}
	}
	for i := range r.Instructions {
		in := &r.Instructions[i]
		if made[i] >= 0 {
			nameless(made[i])
			p.ofLayer[made[i]] = len(p.all)
		}
		p.ofInstruction[i] = len(p.all)
		p.add(r, made[i], model.Step{Instruction: model.Ptr(i), Keyword: in.Keyword, Text: in.Text, Location: in.Location, Inherited: in.Inherited, Number: r.StepNumber(i)})
	}
	nameless(len(r.Layers))
	return p
}

func (p *build) add(r *model.Report, layer int, step model.Step) {
	at := buildStep{step: step, words: wordsOf(strings.TrimPrefix(step.Text, step.Keyword))}
	if layer >= 0 {
		l := &r.Layers[layer]
		at.step.Layer, at.bytes, at.wasted = model.Ptr(layer), l.Size, l.WastedBytes
		if l.DiffID != nil {
			at.diffID = *l.DiffID
		}
	}
	p.all = append(p.all, at)
}

// find returns the index of the step of an instruction or, where the instruction
// is unknown, of a layer; -1 where both are.
func (p *build) find(instruction, layer *int) int {
	switch {
	case instruction != nil && *instruction >= 0 && *instruction < len(p.ofInstruction):
		return p.ofInstruction[*instruction]
	case layer != nil && *layer >= 0 && *layer < len(p.ofLayer):
		return p.ofLayer[*layer]
	}
	return -1
}

// at describes the step at an index, nil for -1.
func (p *build) at(i int) *model.Step {
	if i < 0 {
		return nil
	}
	step := p.all[i].step
	return &step
}

// maxWords is how many words of an instruction tell whether it is like another.
const maxWords = 200

func wordsOf(text string) []string {
	const most = 64 << 10 // a hostile config may hold one of megabytes
	words := strings.Fields(text[:min(len(text), most)])
	words = words[:min(len(words), maxWords)]
	slices.Sort(words)
	return words
}
