package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// mountCache changes an edit that would remove a cache into one that keeps the cache outside
// of the image, or returns why that is not safe. RUNs that the edit joins stay joined: what
// one of them leaves for the next must not depend on what the mount holds at the next build.
func (p *plan) mountCache(e *edit, f *model.Finding, rule *rules.Rule) (why string) {
	at := 0
	switch e.strategy {
	case model.Flag:
		e.after = slices.Clone(e.before)
		at = *f.Instruction - e.from
	case model.SameRunCleanup:
		if len(e.before) == 1 {
			e.after = slices.Clone(e.before) // without the rm, which a mount does not need
		}
	default:
		return f.Fix.Summary
	}
	if at < 0 || at >= len(e.after) || rewrite.Keyword(e.after[at]) != "RUN" {
		return "no RUN fills the cache"
	}
	targets, outside := mountTargets(rule, f)
	switch {
	case outside != "":
		return fmt.Sprintf("no cache mount is known for /%s; add --mount=type=cache,target=FOLDER by hand", outside)
	}
	if user, root := p.build.Needs().Root(e.from); !root {
		return fmt.Sprintf("the RUN runs as %s, and a cache mount belongs to root unless it names the user's number; add --mount=type=cache,target=%s,uid=NUMBER by hand", user, targets[0])
	}
	run := e.after[at]
	for _, target := range targets {
		if hidden := p.build.Needs().Below(target, e.from, p.leftBy(rule)); hidden != "" {
			return fmt.Sprintf("a mount over %s would hide %s, which an earlier instruction brought", target, hidden)
		}
		if name := p.foreignFile(rule, f, target); name != "" {
			return fmt.Sprintf("a mount over %s would also keep /%s out of the image", target, name)
		}
		if run, why = withoutEmptying(run, rule.Empties, target); why != "" {
			return why
		}
	}
	options := ""
	if rule.Locked {
		options = ",sharing=locked"
	}
	for _, target := range slices.Backward(targets) {
		var ok bool
		if run, ok = rewrite.AddMount(run, target, options); !ok {
			return "the RUN has a mount at or around " + target + " already"
		}
	}
	e.after[at] = run
	e.strategy, e.summary = model.CacheMount, "Keep "+strings.Join(targets, " and ")+" in a cache mount, so that it never reaches the layer and the next build finds it."
	return ""
}

// leftBy reports which file versions a rule claims that a RUN of the image left: a mount may hide a
// cache from the tool that filled it.
func (p *plan) leftBy(rule *rules.Rule) func(*model.Record) bool {
	return func(r *model.Record) bool {
		at := r.Finding()
		if at == model.NoFinding || int(at) >= len(p.report.Findings) {
			return false
		}
		f := &p.report.Findings[at]
		return f.Rule == rule.ID && !f.Inherited && f.Instruction != nil && *f.Instruction < len(p.report.Instructions) && strings.EqualFold(p.report.Instructions[*f.Instruction].Keyword, "RUN")
	}
}

// mountTargets returns the directories to mount so that each of a finding's paths lies in one
// of them; outside is a path for which no mount is known, "" where there is none.
func mountTargets(rule *rules.Rule, f *model.Finding) (targets []string, outside string) {
	mounts := rule.Mounts
	for _, name := range f.Paths {
		i := slices.IndexFunc(mounts, func(m string) bool { return isInside("/"+name, m) })
		if i < 0 {
			return nil, name
		}
		if !slices.Contains(targets, mounts[i]) {
			targets = append(targets, mounts[i])
		}
	}
	if len(targets) == 0 {
		return nil, rule.ID
	}
	slices.Sort(targets)
	return targets, ""
}

// isInside reports whether a path is a directory or lies in it.
func isInside(name, dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }

// foreignFile returns a visible file of the layer that lies below a mount and that no finding
// of the rule holds, "" where there is none: the mount would keep that file out of the image,
// too.
func (p *plan) foreignFile(rule *rules.Rule, f *model.Finding, target string) string {
	if !readable(p.report, f) {
		return ""
	}
	t := p.report.Tree
	for id, record := range t.Layer(*f.Layer) {
		if record.Kind >= model.Whiteout || record.Kind == model.Directory || record.Kind == model.Implied || record.Gone != model.StillThere {
			continue
		}
		name := t.Path(record.Node)
		if !isInside("/"+name, target) {
			continue
		}
		held := t.Records[t.Content(id)].Finding()
		if t.Records[t.Content(id)].Size.Bytes() > 0 && (held == model.NoFinding || int(held) >= len(p.report.Findings) || p.report.Findings[held].Rule != rule.ID) {
			return name
		}
	}
	return ""
}

// isMounted reports whether an edit has mounted a cache over all of a finding's paths already.
func isMounted(text string, rule *rules.Rule, f *model.Finding) bool {
	run, err := rewrite.ParseRun(text)
	targets, outside := mountTargets(rule, f)
	return err == nil && outside == "" && !slices.ContainsFunc(targets, func(t string) bool { return !run.Mounted(t) })
}

// withoutEmptying returns a RUN without what would empty a mount at target, which the given
// commands do, or why that cannot be taken out.
func withoutEmptying(run string, commands []string, target string) (edited, why string) {
	r, err := rewrite.ParseRun(run)
	if err != nil {
		return "", "the RUN cannot be read as shell"
	}
	empties := func(c rewrite.Command) bool {
		for _, prefix := range commands {
			if source := c.Source(); source == prefix || strings.HasPrefix(source, prefix+" ") {
				return true
			}
		}
		gone, ok := c.Removal("")
		return ok && gone.Whole && len(gone.Targets) > 0 && !slices.ContainsFunc(gone.Targets, func(t string) bool { return !isInside(path.Clean(t), target) })
	}
	found := false
	for _, c := range r.Commands {
		if empties(c) {
			found = true
			continue
		}
		if gone, ok := c.Removal(""); ok && slices.ContainsFunc(gone.Targets, func(t string) bool {
			return isInside(t, target) || isInside(target, path.Dir(t)) && gone.Covers(target)
		}) {
			return "", fmt.Sprintf("%s would empty the mount, and does something else, too", oneLine(c.Source()))
		}
	}
	if !found {
		return run, ""
	}
	edited, ok := rewrite.RemoveCommand(run, empties)
	if !ok || edited == "" {
		return "", "the RUN cleans " + target + " in a way that cannot be taken out"
	}
	return edited, ""
}

// mountsCaches reports whether a rule's caches can be kept in mounts.
func mountsCaches(id string) bool {
	rule, known := catalogue.ByID(id)
	return known && len(rule.Mounts) > 0
}
