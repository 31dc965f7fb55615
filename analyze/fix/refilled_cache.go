package fix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// refill is a RUN that fills a cache again which an edit empties in an earlier RUN. As long as
// the earlier RUN left the cache there, this one had little to fetch.
type refill struct {
	at   int // in the history
	find model.Finding
}

// refillsOf returns the commands that fill a finding's cache again, and reports whether the
// finding's rule knows any.
func refillsOf(f *model.Finding) (rules.Refill, bool) {
	rule, ok := catalogue.ByID(f.Rule)
	if !ok {
		return rules.Refill{}, false
	}
	return rule.Refills, len(rule.Refills.Tools) > 0
}

// refills returns the RUNs behind an index of the history that fill a finding's cache again and
// leave it there.
func (p *plan) refills(f *model.Finding, behind int) (list []refill) {
	if _, known := refillsOf(f); !known || f.Layer == nil || len(f.Paths) == 0 {
		return nil
	}
	for i := behind + 1; i < len(p.build.Instructions); i++ {
		layer := p.layerOf(i)
		run, err := rewrite.ParseRun(p.build.Instructions[i].Text)
		if layer < 0 || err != nil || !leavesFilled(f, run) && !p.fetchesUnseen(f, run, i) {
			continue
		}
		now := *f
		now.Layer, now.Instruction, now.HiddenBy, now.Cause = model.Ptr(layer), model.Ptr(i), nil, nil
		now.Fix = &model.Fix{Summary: "it fetches them in a way that tare cannot clean up behind"} // the rule is asked for this RUN
		list = append(list, refill{i, now})
	}
	return list
}

// leavesFilled reports whether a RUN fills a finding's cache and does not empty it.
func leavesFilled(f *model.Finding, run *rewrite.Run) bool {
	fills, _ := refillsOf(f)
	var emptying []string
	if rule, ok := catalogue.ByID(f.Rule); ok {
		emptying = rule.Empties
	}
	filled := false
	for _, c := range run.Commands {
		gone, removes := c.Removal("")
		switch {
		case slices.Contains(fills.Tools, c.Name()) && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return slices.Contains(fills.Subcommands, w.Text) }):
			filled = filled || !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "--no-cache" })
		case c.Conditional:
		case removes && gone.Covers("/"+f.Paths[0]):
			filled = false
		case slices.ContainsFunc(emptying, func(command string) bool { return calls(c, command) }):
			filled = false
		}
	}
	return filled && !run.Mounted("/"+f.Paths[0])
}

// fetchesUnseen reports whether a program of a RUN fetches package lists by itself, as Playwright
// does, and nothing there removes them.
func (p *plan) fetchesUnseen(f *model.Finding, run *rewrite.Run, at int) bool {
	return f.Rule == aptLists && p.build.Needs().KeepsFetchedLists(at) && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		sub, _, apt := c.Apt()
		gone, removes := c.Removal("")
		return apt && sub == "update" || removes && gone.Covers("/"+f.Paths[0])
	}) && !run.Mounted("/"+f.Paths[0])
}

// refillsBlocked returns why an edit of a finding's cache would save nothing: a RUN behind the
// edit fills the cache again, and cannot be edited. It returns "" where all can.
func (p *plan) refillsBlocked(f *model.Finding, e *edit) string {
	for _, r := range p.refills(f, e.to) {
		again, why := p.propose(&r.find)
		if why == "" && !again.isDone() {
			if why = p.otherStages(again, &r.find); why == "" {
				why = p.check(again)
			}
		}
		if why != "" {
			return fmt.Sprintf("%s fills it again and cannot be edited: %s", p.place(r.at), why)
		}
	}
	return ""
}

// emptyRefills makes the edits of the RUNs that fill a finding's cache again, as a part of the
// edit that was made for the finding, and returns the findings that this saves. before is the
// instruction in front of that edit, which may have taken the RUN out.
func (p *plan) emptyRefills(i, before int, made *Applied) (saved []int) {
	f := &p.report.Findings[i]
	at := cmp.Or(p.instructionOf(f), &before)
	var places []string
	for range maxEdits { // each edit may move those behind it
		list := p.refills(f, *at)
		if len(list) == 0 {
			break
		}
		r := list[0]
		e, why := p.propose(&r.find)
		if why != "" || e.isDone() {
			break
		}
		place := p.place(r.at)
		more, why := p.apply(e, f.Rule)
		if why != "" {
			break
		}
		p.noteWay(f.Rule, e)
		places = append(places, place)
		made.Instructions = append(made.Instructions, more.Instructions...)
		for k := range p.report.Findings {
			if g := &p.report.Findings[k]; g.Rule == f.Rule && g.Layer != nil && *g.Layer == *r.find.Layer && k != i && !p.result.Saved[k] && p.opt.wanted(g) {
				p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == k })
				p.save(k, e.removes)
				saved = append(saved, k)
			}
		}
		at = cmp.Or(p.instructionOf(f), &before)
	}
	made.Instructions = append(made.Instructions, p.emptied(f, *at)...)
	saved = append(saved, p.savedWith(i, made)...)
	slices.Sort(made.Instructions)
	made.Instructions = slices.Compact(made.Instructions)
	if len(places) > 0 {
		made.Summary += fmt.Sprintf(" The same edit is needed in %s, which would otherwise store as much again.", strings.Join(places, " and "))
	}
	return saved
}

// savedWith saves the other findings of a finding's rule whose RUNs an edit has changed so that
// they do not leave the cache filled any more.
func (p *plan) savedWith(i int, made *Applied) (saved []int) {
	f := &p.report.Findings[i]
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		at := p.instructionOf(g)
		if k == i || g.Rule != f.Rule || p.result.Saved[k] || !p.opt.wanted(g) || at == nil || p.at[*at] == nil || !overlap(p.at[*at].origins, made.Instructions) || len(g.Paths) == 0 {
			continue
		}
		run, err := rewrite.ParseRun(p.build.Instructions[*at].Text)
		was, ok := rewrite.ParseRun(p.originals[p.at[*at].origins[0]])
		if _, known := refillsOf(g); known && err == nil && ok == nil && leavesFilled(g, was) && !leavesFilled(g, run) {
			p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == k })
			p.save(k, nil)
			saved = append(saved, k)
		}
	}
	return saved
}

// emptied returns the report's instructions behind an index of the history that filled a
// finding's cache, and that other edits keep from leaving it there. The edit for the finding
// depends on those.
func (p *plan) emptied(f *model.Finding, behind int) (origins []int) {
	if _, known := refillsOf(f); !known || len(f.Paths) == 0 {
		return nil
	}
	for _, at := range p.at[behind+1:] {
		if at == nil || at.edited == "" {
			continue
		}
		if slices.ContainsFunc(at.origins, func(i int) bool {
			run, err := rewrite.ParseRun(p.originals[i])
			return err == nil && leavesFilled(f, run)
		}) {
			origins = append(origins, at.origins...)
		}
	}
	return origins
}

// place names an instruction of the history for a sentence.
func (p *plan) place(i int) string {
	if at := p.at[i]; at != nil && at.line > 0 {
		return fmt.Sprintf("the RUN in line %d", at.line)
	}
	return "a later RUN"
}
