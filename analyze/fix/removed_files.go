package fix

import (
	"slices"
	"strconv"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// tryRemoved keeps files out of a COPY that a later RUN removes, with lines for .dockerignore,
// and drops the rm; or it returns why not. It does so only where no other instruction can have
// needed the files: no other COPY of the build context reaches them, and no RUN stands between
// the COPY and the rm.
func (p *plan) tryRemoved(i, made int) (why string) {
	f := &p.report.Findings[i]
	remover := p.build.Step(f.HiddenBy)
	if remover == nil {
		return f.Fix.Summary
	}
	removedAt := remover.Index
	rule, _ := catalogue.ByID(f.Rule)
	t := p.thingOf(nil, f.Paths)
	t.Meant, t.Until = true, removedAt
	if use := p.build.Needs().Later(made, t); use.Why != "" || f.FileCount > len(f.Paths) && p.runsBetween(made, removedAt) {
		return "an instruction between the COPY and the rm may need the files" + inBrackets(use.Why) + "; " + f.Fix.Summary
	}
	run, err := rewrite.ParseRun(remover.Text)
	in, ok := p.contextCopy(made)
	if err != nil || !ok {
		return f.Fix.Summary
	}
	ours := func(c rewrite.Command) bool {
		gone, removes := c.Removal(p.workdir(removedAt))
		return removes && gone.Whole && len(gone.Targets) > 0 && !slices.ContainsFunc(gone.Targets, func(t string) bool {
			_, ok := in.sourceOf(t)
			return !ok
		})
	}
	var lines []string
	var targets rewrite.Removal
	for _, c := range run.Commands {
		if !ours(c) {
			continue
		}
		gone, _ := c.Removal(p.workdir(removedAt))
		for _, t := range gone.Targets {
			line, _ := in.sourceOf(t)
			lines = append(lines, line)
		}
		targets.Targets = append(targets.Targets, gone.Targets...)
	}
	if len(lines) == 0 || f.FileCount > len(f.Paths) && p.report.Tree == nil {
		return f.Fix.Summary
	}
	var files []string
	for _, name := range f.Paths {
		file, ok := in.sourceOf("/" + name)
		if !ok || !targets.Covers("/"+name) {
			return f.Fix.Summary
		}
		files = append(files, file)
	}
	if other := p.otherCopy(made, lines); other > 0 {
		return f.Fix.Summary + " (the instruction in line " + strconv.Itoa(other) + " also copies them)"
	}
	if reader := p.readerIn(remover.Text, rule, lines, ours); reader != "" {
		return "the RUN that removes them may use them first (" + reader + "); " + f.Fix.Summary
	}
	if why := p.ignore.Conflict(lines, files); why != "" {
		return why
	}
	without, ok := rewrite.RemoveCommand(remover.Text, ours)
	if !ok {
		return f.Fix.Summary
	}
	e := &edit{from: removedAt, to: removedAt, before: []string{remover.Text}, strategy: model.Dockerignore, summary: f.Fix.Summary}
	if without != "" {
		e.after = []string{without}
	}
	change, why := p.apply(e, f.Rule)
	if why != "" {
		return why
	}
	p.save(i, &targets)
	change.Rule, change.Findings, change.Files = f.Rule, []int{i}, p.ignoreLines(lines)
	change.Summary = "Add " + enumerate(lines) + " to the build context's .dockerignore, and drop the rm."
	p.result.Applied = append(p.result.Applied, change)
	return ""
}

// runsBetween reports whether a RUN stands between two instructions of the history.
func (p *plan) runsBetween(made, removedAt int) bool {
	return slices.ContainsFunc(p.build.Instructions[made+1:removedAt], func(in model.Instruction) bool { return rewrite.Keyword(in.Text) == "RUN" })
}

// readerIn returns a command of the RUN that removes files that may read them before; "" where
// there is none. skip reports which commands remove them.
func (p *plan) readerIn(text string, rule *rules.Rule, lines []string, skip func(rewrite.Command) bool) string {
	if reader := namesLine(text, lines, skip); reader != "" {
		return reader
	}
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return "tare cannot parse it as shell"
	}
	for _, c := range run.Commands {
		if !skip(c) && isSearchedFor(rule) && !need.ReadsOperandsOnly(c.Name()) {
			return oneLine(c.Source())
		}
	}
	return ""
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
