package fix

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// markApart marks what comments of the Dockerfile say of its instructions, as that they are
// apart from the one before for the sake of the builder's cache. A report that was saved does not
// tell.
func (p *plan) markApart() {
	steps := make(map[int]*history.Step) // by line
	for i := range p.file.Stages {
		for j := range p.file.Stages[i].Steps {
			step := &p.file.Stages[i].Steps[j]
			steps[step.Line] = step
		}
	}
	for i, at := range p.at {
		if at == nil || steps[at.line] == nil {
			continue
		}
		in, step := &p.build.Instructions[i], steps[at.line]
		in.Apart, in.Disabled, in.Fills = in.Apart || step.Apart, in.Disabled || step.Disabled, in.Fills || step.Fills
		in.KeepsLists = in.KeepsLists || step.KeepsLists
	}
}

// joinsApart returns why a fix may not join the instructions from one to another: a comment
// keeps two of them apart. It returns "" where none does.
func (p *plan) joinsApart(fix *model.Fix, from, to int) string {
	if fix.After == nil || fix.Strategy == model.CopyChown {
		return ""
	}
	after, ok := rewrite.Several(*fix.After)
	if !ok || countRuns(after) >= p.countRuns(from, to) {
		return ""
	}
	for i := from + 1; i <= to; i++ {
		if in := &p.build.Instructions[i]; in.Apart && p.at[i] != nil {
			return fmt.Sprintf("a comment keeps line %d separate from what comes before it", p.at[i].line)
		}
	}
	return ""
}

// countRuns counts the RUNs among instructions.
func countRuns(texts []string) (n int) {
	for _, text := range texts {
		if rewrite.Keyword(text) == "RUN" {
			n++
		}
	}
	return n
}

func (p *plan) countRuns(from, to int) (n int) {
	for _, in := range p.build.Instructions[from : to+1] {
		n += countRuns([]string{in.Text})
	}
	return n
}
