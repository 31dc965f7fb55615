package changes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// edits makes a change of each set of applied edits that touch the same
// instructions, with the findings that those settle besides.
func (l *list) edits(result *fix.Result) {
	for _, together := range components(result.Applied) {
		d := l.add(&draft{Change: model.Change{Kind: model.EditChange}, planned: true})
		for _, i := range together {
			a := &result.Applied[i]
			d.tell(a)
			for _, finding := range slices.Concat(a.Findings, a.Also) {
				l.put(d, finding, result.BytesOf(l.report, finding))
			}
		}
	}
}

// components groups edits that touch the same instructions, directly or by way of
// others. Edits of .dockerignore alone are one group.
func components(applied []fix.Applied) (groups [][]int) {
	const ignoreFile = -1
	groupOf := make(map[int]int) // by instruction
	for i := range applied {
		touched := applied[i].Instructions
		if len(touched) == 0 {
			touched = []int{ignoreFile}
		}
		group := len(groups)
		groups = append(groups, []int{i})
		for _, at := range touched {
			if other, ok := groupOf[at]; ok && other != group {
				groups[group] = append(groups[other], groups[group]...)
				groups[other] = nil
				for at, of := range groupOf {
					if of == other {
						groupOf[at] = group
					}
				}
			}
			groupOf[at] = group
		}
	}
	return slices.DeleteFunc(groups, func(g []int) bool { return g == nil })
}

// tell adds what an applied edit says to its change.
func (d *draft) tell(a *fix.Applied) {
	if d.Before == nil && len(a.Before)+len(a.After) > 0 {
		d.Before, d.After = joined(a.Before), joined(a.After)
	}
	d.Instructions = append(d.Instructions, a.Instructions...)
	slices.Sort(d.Instructions)
	d.Instructions = slices.Compact(d.Instructions)
	d.steps = append(d.steps, step{a.Rule, a.Strategy, a.Summary})
	if !strings.Contains(d.Summary, a.Summary) {
		d.Summary = strings.TrimSpace(d.Summary + " " + a.Summary)
	}
	for _, file := range a.Files {
		if last := len(d.Files) - 1; last >= 0 {
			d.Files[last].After = file.After // each goes on where the one before ended
			continue
		}
		d.Files = append(d.Files, file)
	}
	for _, name := range a.Keeps {
		if !slices.Contains(d.Keeps, name) {
			d.Keeps = append(d.Keeps, name)
		}
	}
	if d.Risk == "" {
		d.Risk = a.Risk
	}
}

func joined(instructions []string) *string {
	return model.Ptr(strings.Join(instructions, "\n"))
}

// others makes changes of what the plan leaves: edits that save less than the floor,
// decisions, and edits that the program may not bear.
func (l *list) others(result *fix.Result) {
	small, why := make(map[int]bool), make(map[int]string)
	for i := range result.Left {
		left := &result.Left[i]
		small[left.Finding] = small[left.Finding] || left.Small
		if l.ofFile && !left.Small { // what is said of a history's lines nobody could follow
			why[left.Finding] = left.Why
		}
	}
	byKey := make(map[string]*draft)
	for i := range l.report.Findings {
		f := &l.report.Findings[i]
		if l.change[i] != 0 || f.Inherited || f.Bytes == 0 || f.Fix == nil || f.Fix.Leave {
			continue
		}
		edit := f.Fix.Before != nil && f.Fix.After != nil
		kind := model.DecisionChange
		if edit && (small[i] || !f.Wasted()) {
			kind = model.EditChange
		}
		if !f.Wasted() && !edit {
			continue // only worth a look
		}
		key := decisionKey(f)
		d := byKey[key]
		if d == nil {
			d = l.add(&draft{Change: model.Change{Kind: kind, Summary: summaryOf(f.Fix, kind, why[i]), Keeps: f.Fix.Keeps, Risk: f.Fix.Risk}})
			if kind == model.EditChange {
				d.Before, d.After = f.Fix.Before, f.Fix.After
			}
			d.steps = []step{{f.Rule, f.Fix.Strategy, f.Fix.Summary}}
			byKey[key] = d
		}
		saves := f.Bytes
		if edit {
			saves -= min(f.Fix.StayBytes, f.Bytes)
		}
		l.put(d, i, saves)
	}
}

// summaryOf says what to do and, where tare does not do it, why not.
func summaryOf(fix *model.Fix, kind model.ChangeKind, why string) string {
	switch said := strings.TrimSuffix(strings.Join(strings.Fields(fix.Summary), " "), "."); {
	case kind != model.DecisionChange || why == "":
		return fix.Summary
	case strings.Contains(why, said):
		return strings.ToUpper(why[:1]) + why[1:] // it says what to do, too
	default:
		return fix.Summary + " tare leaves it to you: " + strings.TrimSuffix(why, ".") + "."
	}
}

// decisionKey returns a text that findings share if one decision settles them: those
// of the same edit, and those that one rule says the same of. What the package rules
// say of one instruction is about one cause.
func decisionKey(f *model.Finding) string {
	fix := f.Fix
	if fix.Before != nil && fix.After != nil {
		return "edit\x00" + *fix.Before + "\x00" + *fix.After
	}
	if m := ignored.FindStringSubmatch(fix.Summary); m != nil {
		return m[0]
	}
	if rule, ok := catalogue.ByID(f.Rule); ok && fix.Strategy == model.MultiStage {
		return string(rule.Group) + "\x00" + string(fix.Strategy)
	}
	return f.Rule + "\x00" + fix.Summary
}

// Edits returns the changes that a plan makes of a report, in the order of the file.
func Edits(r *model.Report, result *fix.Result) []model.Change {
	l := list{report: r, change: make([]int, len(r.Findings))}
	l.edits(result)
	made := []model.Change{}
	for _, d := range l.changes {
		if len(d.findings) > 0 {
			l.complete(d)
			made = append(made, d.Change)
		}
	}
	slices.SortStableFunc(made, func(a, b model.Change) int {
		return cmp.Compare(first(a.Instructions), first(b.Instructions))
	})
	return made
}

// first returns the first of some numbers, or one that comes before all of them.
func first(numbers []int) int {
	if len(numbers) == 0 {
		return -1
	}
	return numbers[0]
}
