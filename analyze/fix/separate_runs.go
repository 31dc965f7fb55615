package fix

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// markApart marks the instructions that comments of the Dockerfile keep apart from the one
// before, for the sake of the builder's cache. A report that was saved does not tell.
func (p *plan) markApart() {
	apart, disabled := make(map[int]bool), make(map[int]bool) // by line
	for i := range p.file.Stages {
		for j := range p.file.Stages[i].Steps {
			step := &p.file.Stages[i].Steps[j]
			apart[step.Line], disabled[step.Line] = step.Apart, step.Disabled
		}
	}
	for i, at := range p.at {
		if at != nil && apart[at.line] {
			p.build.Instructions[i].Apart = true
		}
		if at != nil && disabled[at.line] {
			p.build.Instructions[i].Disabled = true
		}
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
