package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Settled is a report's findings by what becomes of them. Every finding is in one of
// the changes or in one of the other lists, a risk also where a change settles it.
type Settled struct {
	Risks       []*model.Finding // above all bytes
	Changes     []*model.Change  // worth a person's time, what saves most first
	Small       []*model.Change  // below the floor
	Unavoidable []*model.Finding // wasted, and nobody can help it
	Kept        []Kept           // what changes leave of the findings that they settle, the largest first
	Pods        []*model.Finding // of the Kubernetes manifests that run the image
	Aside       []*model.Finding // worth a look, and no bytes to be saved for sure
}

// Settle sorts a report's findings into changes and what is left beside them.
func Settle(r *model.Report) Settled {
	var s Settled
	inChange, risky := make(map[string]bool), riskSet(r)
	for i := range r.Changes {
		c := &r.Changes[i]
		for _, id := range c.Findings {
			inChange[id] = true
		}
		if c.BelowFloor {
			s.Small = append(s.Small, c)
		} else {
			s.Changes = append(s.Changes, c)
		}
	}
	for _, f := range Ranked(r) {
		switch {
		case risky[f.ID]:
			s.Risks = append(s.Risks, f)
		case inChange[f.ID]:
		case f.Manifest != nil:
			s.Pods = append(s.Pods, f)
		case f.Wasted() && f.Bytes > 0:
			s.Unavoidable = append(s.Unavoidable, f)
		default:
			s.Aside = append(s.Aside, f)
		}
	}
	s.Kept = keptBy(r)
	return s
}

// Goal says where the plan leads: "1.1 GB → 443 MB with 5 changes"; "" where it has
// no changes.
func (v View) Goal() string {
	plan := &v.Report.Plan
	if plan.Changes == 0 {
		return ""
	}
	before, after := display.BytesApart(v.Report.Image.Size, plan.SizeAfter)
	return fmt.Sprintf("%s %s %s with %s", before, v.Arrow, after, display.Plural(plan.Changes, "change"))
}

// goneWith is the least that what goes besides the changes must weigh to be told.
const goneWith = model.MinFloor

// Besides explains, where it shows, why the plan's size is below what its changes save, ""
// elsewhere. bytes is what they save in all.
func (v View) Besides(saved, bytes int64) string {
	more := saved - bytes
	if more < max(goneWith, saved/100) {
		return ""
	}
	return display.Bytes(more) + " more goes with them: files that are no waste by themselves"
}

// PlanBesides is Besides of the report's own plan.
func (v View) PlanBesides() string {
	bytes, planned := int64(0), 0
	for i := range v.Report.Changes {
		if c := &v.Report.Changes[i]; Planned(c) {
			bytes += c.Bytes
			planned++
		}
	}
	if planned == 0 || planned != v.Report.Plan.Changes {
		return "" // the changes of a report by another version may be told otherwise
	}
	return v.Besides(v.Report.Image.Size-v.Report.Plan.SizeAfter, bytes)
}

// Planned reports whether the report's plan makes a change.
func Planned(c *model.Change) bool {
	return c.Writable() && c.Confidence != model.Possible && !c.BelowFloor
}

// PullGoal says the same of what is pulled, without the changes.
func (v View) PullGoal() string {
	plan, now := &v.Report.Plan, v.Report.Image.CompressedSize
	if plan.Changes == 0 || plan.CompressedSizeAfter == nil || now == nil {
		return ""
	}
	before, after := display.BytesApart(*now, *plan.CompressedSizeAfter)
	return fmt.Sprintf("%s %s %s to pull", before, v.Arrow, after)
}

// ChangePlace says which lines of the Dockerfile a change touches, or, where these
// are not known, which steps: "line 12", "steps 3, 4 and 9"; "" where neither is.
func (v View) ChangePlace(c *model.Change) string {
	word, numbers := v.changeNumbers(c)
	switch len(numbers) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s %d", word, numbers[0])
	case 2, 3:
		texts := make([]string, len(numbers))
		for i, n := range numbers {
			texts[i] = fmt.Sprint(n)
		}
		return word + "s " + strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
	}
	return fmt.Sprintf("%ss %d to %d", word, numbers[0], numbers[len(numbers)-1])
}

// ChangeNumbers is ChangePlace for a column of a table: what is counted, "line" or
// "step", for the heading, and the numbers, "12", "4, 5", "3-9"; both are "" where
// neither is known.
func (v View) ChangeNumbers(c *model.Change) (word, numbers string) {
	word, all := v.changeNumbers(c)
	switch len(all) {
	case 0:
		return "", ""
	case 1:
		return word, fmt.Sprint(all[0])
	case 2:
		return word, fmt.Sprintf("%d, %d", all[0], all[1])
	}
	return word, fmt.Sprintf("%d-%d", all[0], all[len(all)-1])
}

// changeNumbers are the lines that a change touches, or the steps where the lines are
// not known.
func (v View) changeNumbers(c *model.Change) (word string, numbers []int) {
	word = "line"
	for _, at := range c.Instructions {
		if at < 0 || at >= len(v.Report.Instructions) {
			continue
		}
		where := v.Report.Instructions[at].Location
		if where == nil || where.Line < 1 {
			word = "step"
			break
		}
		numbers = append(numbers, where.Line)
	}
	if word == "step" {
		numbers = numbers[:0]
		for _, at := range c.Instructions {
			if n := v.Report.StepNumber(at); n > 0 {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return word, slices.Compact(numbers)
}

// ChangeTitle names a change: where and what.
func (v View) ChangeTitle(c *model.Change) string {
	title := v.OneLine(c.Title)
	if place := v.ChangePlace(c); place != "" {
		title = place + ": " + title
	}
	return title
}

// RiskTitle names a risk with the file that it is about, if it is one.
func (v View) RiskTitle(f *model.Finding) string {
	title := v.OneLine(f.Title)
	if len(f.Paths) == 0 {
		return title
	}
	title += ": /" + v.TruncatePath(v.Escape(Ends(f.Paths[0])), QuoteWidth)
	if more := len(f.Paths) - 1; more > 0 {
		title += fmt.Sprintf(" and %d more", more)
	}
	return title
}

// maxRiskPaths is how many paths of a risk are named where there is room.
const maxRiskPaths = 10

// RiskPaths names the files that a risk is about with write, the first ten and how many more; "" if
// there is none.
func RiskPaths(paths []string, write func(path string) string) string {
	var named []string
	for _, p := range paths[:min(len(paths), maxRiskPaths)] {
		named = append(named, write("/"+p))
	}
	text := strings.Join(named, ", ")
	if more := len(paths) - len(named); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// WholeRiskTitle is RiskTitle with all files that are told of, for where there is room.
func (v View) WholeRiskTitle(f *model.Finding) string {
	title := v.OneLine(f.Title)
	if len(f.Paths) > 0 {
		title += ": " + RiskPaths(f.Paths, func(p string) string { return v.TruncatePath(v.Escape(Ends(p)), QuoteWidth) })
	}
	return title
}

// RiskPages says where the pages of the rules are that some risks are of.
func (v View) RiskPages(risks []*model.Finding) string {
	var rules []string
	for _, f := range risks {
		if name := v.OneLine(f.Rule); !slices.Contains(rules, name) {
			rules = append(rules, name)
		}
	}
	for i, name := range rules {
		rules[i] = "tare explain " + name
	}
	says := " says"
	if len(rules) > 1 {
		says = " say"
	}
	return strings.Join(rules, ", ") + says + " more"
}

// ChangeEdit returns a change's edit as [View.Edit] has it, and the files beside the
// Dockerfile that it writes.
func (v View) ChangeEdit(c *model.Change, width int) []string {
	lines := v.Edit(&model.Fix{Before: c.Before, After: c.After}, width)
	for _, file := range c.Files {
		lines = append(lines, v.Truncate("  "+v.OneLine(file.Path)+":", width))
		before := ""
		if file.Before != nil {
			before = *file.Before
		}
		lines = append(lines, v.Edit(&model.Fix{Before: &before, After: &file.After}, width)...)
	}
	return lines
}

// ChangeWords says in one sentence each what to do and why, what stays, and what it
// costs to be wrong.
func (v View) ChangeWords(c *model.Change) []string {
	words := []string{v.OneLine(Clip(c.Summary))}
	if len(c.Keeps) > 0 && !strings.Contains(c.Summary, "and keep ") {
		words = append(words, "It keeps "+v.OneLine(strings.Join(c.Keeps, ", "))+".")
	}
	if c.Risk != "" {
		words = append(words, "If it is wrong: "+lowerFirst(v.OneLine(c.Risk)))
	}
	return words
}

// lowerFirst begins a sentence with a small letter, unless its first word is a name.
func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && (s[1] == ' ' || s[1] >= 'a' && s[1] <= 'z') {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
