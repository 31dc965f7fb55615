package history

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// chain is the steps that one stage's image went through, the first first:
// those of the stages it continues, and its own.
type chain struct {
	stage int // index of the last stage
	root  int // index of the stage whose FROM names an image from elsewhere
	links []link
	lines []*Step // by line, nil where no step of the chain stands
}

// link is one step as it was executed. That is the step itself, or what its
// ONBUILD does where the next stage begins.
type link struct {
	step    *Step
	keyword string
	node    *parser.Node

	patterns []pattern // made when first needed
}

// chain lists the steps of a stage.
func (d *Dockerfile) chain(stage int) *chain {
	c := &chain{stage: stage, root: stage, lines: make([]*Step, len(d.Lines)+1)}
	stages := []int{stage}
	for d.Stages[c.root].Parent >= 0 {
		c.root = d.Stages[c.root].Parent // always an earlier one
		stages = append(stages, c.root)
	}
	slices.Reverse(stages)
	var triggers []link
	for _, i := range stages {
		c.links = append(c.links, triggers...)
		triggers = nil
		for j := range d.Stages[i].Steps {
			step := &d.Stages[i].Steps[j]
			c.links = append(c.links, link{step: step, keyword: step.Keyword, node: step.Node})
			if t, ok := trigger(step); ok {
				triggers = append(triggers, t)
			}
			for line := step.Line; line <= step.EndLine; line++ {
				c.lines[line] = step
			}
		}
	}
	return c
}

// trigger is what an ONBUILD adds to the stage that continues its own.
func trigger(step *Step) (link, bool) {
	inner := onbuild(step.Node)
	if step.Keyword != "ONBUILD" || inner == nil {
		return link{}, false
	}
	node := *inner
	node.Heredocs = step.Node.Heredocs
	return link{step: step, keyword: strings.ToUpper(node.Value), node: &node}, true
}

// at finds the step of a chain that covers a line, nil if none does.
func (c *chain) at(line int) *Step {
	if line < 1 || line >= len(c.lines) {
		return nil
	}
	return c.lines[line]
}

// target is the stage that a build with --target makes, else the last one.
func (d *Dockerfile) target(name string) int {
	if i, ok := d.named[strings.ToLower(name)]; ok {
		return i
	}
	return len(d.Stages) - 1
}
