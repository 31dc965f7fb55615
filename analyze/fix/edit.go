package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// edit replaces consecutive instructions of the history by others.
type edit struct {
	from, to int // the first and the last instruction that it replaces
	before   []string
	after    []string
	strategy model.Strategy
	summary  string
	keeps    []string
	risk     string
	removes  *rewrite.Removal // what a clean-up that the edit appends removes, nil where it appends none

	// detour are the instructions of earlier edits that stand where the report's own edit would
	// go, so that this is another one.
	detour []int
}

// isDone reports whether the instructions already are what the edit would make of them.
func (e *edit) isDone() bool { return slices.Equal(e.before, e.after) }

// propose returns the edit for a finding on the history as the edits before have left it: the
// report's own, or, where they have changed those instructions, the one that the rule works out
// now. why is the reason where there is no edit.
func (p *plan) propose(f *model.Finding) (e *edit, why string) {
	now := *f
	if now.Instruction = p.instructionOf(f); now.Instruction == nil {
		if _, gone := p.takenOut(f); gone {
			return &edit{}, ""
		}
		return nil, "another edit has already removed the instruction"
	}
	rule, known := catalogue.ByID(f.Rule)
	if known && rule.Group == rules.Caches && !strings.HasPrefix(rule.ID, "apt-") && f.HiddenBy == nil && p.build.Instructions[*now.Instruction].Fills {
		return nil, "a comment says that the cache is filled on purpose"
	}
	if known && rule.ID == "apt-lists" && f.HiddenBy == nil && p.build.Instructions[*now.Instruction].KeepsLists {
		return nil, "a comment says that the package lists stay"
	}
	mount := p.mountsFor(f.Rule) && !isIndexOnly(f)
	if at := p.at[*now.Instruction]; mount && at != nil && at.edited != "" && isMounted(at.text, rule, &now) {
		return &edit{strategy: model.CacheMount}, ""
	}
	if gone, ok := p.cleansAlready(*now.Instruction, f); ok {
		return &edit{removes: gone}, ""
	}
	fix := f.Fix
	from, to, ok := p.find(fix, *now.Instruction)
	ok = ok && p.isWhereItWas(f, from)
	apart := ""
	if ok {
		if apart = p.joinsApart(fix, from, to); apart != "" {
			ok = false // the rule may know an edit that joins less
		}
	}
	if !ok && known && rule.Fix != nil {
		if fix = rule.Fix(&now, p.build); fix != nil && fix.Before != nil && fix.After != nil {
			from, to, ok = p.find(fix, *now.Instruction)
		}
	}
	if !ok && apart != "" {
		return nil, apart
	}
	if !ok {
		if at := p.at[*now.Instruction]; at != nil && at.edited == "" && at.form.backtick {
			return nil, "the file's escape character is `: " + f.Fix.Summary
		}
		if by := p.editedBy(*now.Instruction); by != "" {
			return nil, fmt.Sprintf("its edit conflicts with the one for %s, which saves more", by)
		}
		return nil, f.Fix.Summary
	}
	if at := p.at[from]; fix.Strategy == model.Dockerignore || at == nil {
		return nil, f.Fix.Summary
	}
	e = &edit{from: from, to: to, strategy: fix.Strategy, summary: fix.Summary, keeps: fix.Keeps, risk: fix.Risk}
	if fix != f.Fix {
		e.detour = p.inTheWay(f)
	}
	for _, in := range p.build.Instructions[from : to+1] {
		e.before = append(e.before, in.Text)
	}
	if e.after, ok = rewrite.Several(*fix.After); !ok {
		return nil, "tare cannot split its edit into instructions"
	}
	if slices.Contains(p.opt.flagged, f.Rule) && e.strategy == model.Flag {
		e.summary += " It is too little for a mount, or other calls have the option already."
	}
	if mount && len(e.after) > 0 { // a RUN that is taken out needs no mount
		mounted := *e
		mounted.after = slices.Clone(e.after)
		why := p.mountCache(&mounted, &now, rule)
		switch {
		case why == "":
			return &mounted, ""
		case p.at[*now.Instruction] == nil || p.at[*now.Instruction].edited == f.Rule || e.strategy != model.SameRunCleanup && e.strategy != model.Flag:
			return nil, why
		}
		e.summary += " (" + why + ")" // it is removed instead
	}
	if e.strategy == model.SameRunCleanup {
		p.skipRepeated(e)
		if len(e.after) == 1 && len(e.before) == 1 {
			if tidied, ok := rewrite.TidyCleanup(e.after[0], removalsIn(e.before)...); ok && tidied == e.before[0] {
				return nil, "the RUN already ends with that clean-up"
			}
		}
	}
	return e, ""
}

// skipRepeated sets what the edit removes, and makes the edit do nothing where an earlier edit
// has appended the same clean-up.
func (p *plan) skipRepeated(e *edit) {
	extra := added(e.before, e.after)
	if len(extra) == 0 {
		return
	}
	e.removes = removalOf(extra)
	if at := p.at[e.from]; len(e.after) == len(e.before) && at != nil && strings.Contains("\n"+p.cleanups[at], "\n"+sources(extra)) {
		e.after = e.before
	}
}
