package model

import (
	"slices"
	"strings"
)

// place is one step of an image's build: an instruction, with or without a layer
// of its own, or a layer that no known instruction made.
type place struct {
	step          Step
	bytes, wasted int64
	diffID        string
	words         []string // of the text but its keyword, sorted
}

// places lists the steps of an image in the order of its build. Every layer is
// in exactly one of them.
type places struct {
	all           []place
	ofInstruction []int // by index
	ofLayer       []int
}

func placesOf(r *Report) *places {
	p := &places{ofInstruction: make([]int, len(r.Instructions)), ofLayer: make([]int, len(r.Layers))}
	made := make([]int, len(r.Instructions)) // the layer of each instruction, -1 for none
	for i := range made {
		made[i] = -1
	}
	for i := range r.Layers {
		if by := r.Layers[i].Instruction; by != nil && *by >= 0 && *by < len(made) && made[*by] < 0 {
			made[*by] = i
		}
	}
	next := 0 // layer that has no place yet
	nameless := func(until int) {
		for ; next < until; next++ {
			if by := r.Layers[next].Instruction; by != nil && *by >= 0 && *by < len(made) && made[*by] == next {
				continue // its instruction comes later
			}
			p.ofLayer[next] = len(p.all)
			p.add(r, next, Step{Inherited: r.Layers[next].Inherited})
		}
	}
	for i := range r.Instructions {
		in := &r.Instructions[i]
		if made[i] >= 0 {
			nameless(made[i])
			p.ofLayer[made[i]] = len(p.all)
		}
		p.ofInstruction[i] = len(p.all)
		p.add(r, made[i], Step{Instruction: Ptr(i), Keyword: in.Keyword, Text: in.Text, Location: in.Location, Inherited: in.Inherited})
	}
	nameless(len(r.Layers))
	return p
}

func (p *places) add(r *Report, layer int, step Step) {
	at := place{step: step, words: wordsOf(strings.TrimPrefix(step.Text, step.Keyword))}
	if layer >= 0 {
		l := &r.Layers[layer]
		at.step.Layer, at.bytes, at.wasted = Ptr(layer), l.Size, l.WastedBytes
		if l.DiffID != nil {
			at.diffID = *l.DiffID
		}
	}
	p.all = append(p.all, at)
}

// find is the place of an instruction or, where nobody knows that, of a layer;
// -1 where there is neither.
func (p *places) find(instruction, layer *int) int {
	switch {
	case instruction != nil && *instruction >= 0 && *instruction < len(p.ofInstruction):
		return p.ofInstruction[*instruction]
	case layer != nil && *layer >= 0 && *layer < len(p.ofLayer):
		return p.ofLayer[*layer]
	}
	return -1
}

// at is the step of a place, nil for -1.
func (p *places) at(i int) *Step {
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

// compareSteps lists what became of each step. The two images' places are
// aligned first, see align.
func (c *comparing) compareSteps() []InstructionChange {
	changes := []InstructionChange{}
	note := func(from, to int) {
		ch := InstructionChange{Old: c.from.at(from), New: c.to.at(to)}
		var was, is place
		if from >= 0 {
			was = c.from.all[from]
		}
		if to >= 0 {
			is = c.to.all[to]
		}
		ch.Bytes, ch.WastedBytes = ChangeOf(was.bytes, is.bytes), ChangeOf(was.wasted, is.wasted)
		switch {
		case from < 0:
			ch.Kind = Added
		case to < 0:
			ch.Kind = Removed
		default:
			if ch.Kind = ch.Bytes.kind(); ch.Kind == Changed && ch.WastedBytes.Growth == 0 && was.step.Text == is.step.Text {
				return
			}
		}
		changes = append(changes, ch)
	}
	from := 0
	for to := range c.to.all {
		if c.partner[to] >= 0 {
			for ; from < c.partner[to]; from++ {
				note(from, -1)
			}
			from++
		}
		note(c.partner[to], to)
	}
	for ; from < len(c.from.all); from++ {
		note(from, -1)
	}
	slices.SortStableFunc(changes, func(a, b InstructionChange) int {
		if d := byWeight(a.Bytes, b.Bytes); d != 0 {
			return d
		}
		return byWeight(a.WastedBytes, b.WastedBytes)
	})
	return changes
}
