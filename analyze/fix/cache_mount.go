package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// mountCache changes an edit that would remove a cache into one that keeps the cache outside
// of the image, or returns why that is not safe. RUNs that the edit joins stay joined: what
// one of them leaves for the next must not depend on what the mount holds at the next build.
// Of RUNs that stay apart, each that the edit would clean gets the mount.
func (p *plan) mountCache(e *edit, f *model.Finding, rule *rules.Rule) (why string) {
	var runs []mountedRun
	switch {
	case e.strategy == model.Flag && isBypassed(e, f):
		return ""
	case e.strategy == model.Flag:
		e.after = slices.Clone(e.before)
		if at := *f.Instruction - e.from; at >= 0 && at < len(e.after) {
			runs = []mountedRun{{at, at, at}}
		}
	case e.strategy != model.SameRunCleanup:
		return f.Fix.Summary
	case len(e.before) == 1:
		e.after = slices.Clone(e.before) // without the rm, which a mount does not need
		runs = []mountedRun{{0, 0, 0}}
	default:
		runs = editedRuns(e)
	}
	if countRuns(e.after) < countRuns(e.before) && p.mountApart(e, f, rule) {
		return ""
	}
	runs = slices.DeleteFunc(runs, func(r mountedRun) bool { return rewrite.Keyword(e.after[r.after]) != "RUN" })
	if len(runs) == 0 {
		return "no RUN fills the cache"
	}
	targets, outside := mountTargets(rule, f)
	if outside != "" {
		return fmt.Sprintf("tare knows no cache mount for /%s; add --mount=type=cache,target=DIR by hand", outside)
	}
	for _, r := range runs {
		if why := p.mountIn(e, r, f, rule, targets); why != "" {
			return why
		}
	}
	e.mounts(targets)
	return ""
}

// takesMountAway says which command of a RUN removes or moves a directory that a mount
// would stand on, or may do so: a mount is busy. "" where none does.
func takesMountAway(text string, targets []string) string {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return ""
	}
	for _, c := range run.Commands {
		switch name := c.Name(); name {
		case "rm", "rmdir", "mv":
			source := c.Source()
			takes := strings.Contains(source, "~") || strings.Contains(source, "HOME")
			for _, w := range c.Args() {
				for _, target := range targets {
					around := instructions.Under(target, w.Text) && w.Text != "/"
					takes = takes || around || name == "mv" && (w.Text == target || instructions.Under(w.Text, target))
				}
			}
			if takes {
				return "the RUN removes or moves a directory that may hold the mount (" + oneLine(source) + ")"
			}
		}
	}
	return ""
}

// movesCache returns the variable by which a RUN keeps a rule's cache elsewhere than below the
// targets of mounts, "" where it sets none.
func movesCache(run string, rule *rules.Rule, targets []string) string {
	for _, pattern := range rule.Paths {
		variable, _, ok := strings.Cut(strings.TrimPrefix(pattern, "$"), "/")
		_, value, set := strings.Cut(run, variable+"=")
		if !ok || !set || !strings.HasPrefix(pattern, "$") {
			continue
		}
		if end := strings.IndexAny(value, " \t\n;&|"); end >= 0 {
			value = value[:end]
		}
		if dir := path.Clean(strings.Trim(value, `"'`)); !slices.ContainsFunc(targets, func(t string) bool { return isInside(t, dir) }) {
			return variable
		}
	}
	return ""
}

// mountedRun is a RUN that an edit leaves: its index among the edit's instructions after,
// and the first and last of those before that it was made of.
type mountedRun struct{ after, first, last int }

// editedRuns returns the instructions that an edit changes.
func editedRuns(e *edit) (runs []mountedRun) {
	for _, s := range align(e.before, e.after) {
		switch {
		case s.after >= 0 && (s.before < 0 || e.before[s.before] != e.after[s.after]):
			at := max(s.before, s.near)
			runs = append(runs, mountedRun{s.after, at, at})
		case s.after < 0 && len(runs) > 0 && s.into == runs[len(runs)-1].after:
			runs[len(runs)-1].last = s.before
		}
	}
	return runs
}

// mountIn mounts targets in a RUN of an edit, or returns why that is not safe.
func (p *plan) mountIn(e *edit, r mountedRun, f *model.Finding, rule *rules.Rule, targets []string) (why string) {
	at, run := e.from+r.first, e.after[r.after]
	if user, root := p.build.Needs().Root(at); !root {
		return fmt.Sprintf("the RUN runs as %s, and a cache mount belongs to root unless it has a uid; add --mount=type=cache,target=%s,uid=NUMBER by hand", user, targets[0])
	}
	if rule.ID == aptLists && !fetchesFirst(run, p.anyOf(at, e.from+r.last, p.build.Needs().FetchesLists), p.anyOf(at, e.from+r.last, p.build.Needs().MayHaveFetched)) {
		return "the RUN installs from package lists that an earlier instruction fetched, and a mount would hide them"
	}
	if rule.ID == aptLists && e.from+r.last < len(p.build.Instructions) && p.build.Needs().AptLists(e.from+r.last).Used > e.to {
		return "a later RUN installs from the package lists that this one fetches"
	}
	if why := takesMountAway(run, targets); why != "" {
		return why
	}
	if variable := movesCache(run, rule, targets); variable != "" {
		return "the RUN sets " + variable + ", so a mount may miss the cache"
	}
	for _, target := range targets {
		if hidden := p.build.Needs().Below(target, at, p.leftBy(rule)); hidden != "" {
			return fmt.Sprintf("a mount at %s would hide %s, which an earlier instruction added", target, hidden)
		}
		for i := at; i <= e.from+r.last; i++ {
			layer := p.layerOf(i)
			if i == *f.Instruction && f.Layer != nil {
				layer = *f.Layer
			}
			if name := p.foreignFile(rule, layer, target); name != "" {
				return fmt.Sprintf("a mount at %s would also keep /%s out of the image", target, name)
			}
			if dir := p.madeAround(layer, target); dir != "" {
				return fmt.Sprintf("the RUN creates %s, which would already exist with a mount at %s", dir, target)
			}
		}
		if run, why = p.withoutEmptying(run, rule.Empties, target, targets); why != "" {
			return why
		}
		if command := worksIn(run, target); command != "" {
			return fmt.Sprintf("the RUN does something in %s, which a mount may hold already (%s)", target, command)
		}
	}
	options := ""
	if rule.Locked {
		options = ",sharing=locked"
	}
	for _, target := range slices.Backward(targets) {
		var ok bool
		if run, ok = rewrite.AddMount(run, target, options); !ok {
			return "the RUN already has a mount at or around " + target
		}
	}
	e.after[r.after] = run
	return ""
}

// aptLists is the rule of the package lists that apt-get update fetches.
const aptLists = "apt-lists"

// fetchesFirst reports whether a RUN fetches apt's package lists before it installs from
// them: a mount may be empty at any build, and it hides what lies below. sources is true where a
// command that adds a source of packages fetches them, too, scripts where the script of an archive does.
func fetchesFirst(text string, sources, scripts bool) bool {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return false
	}
	for i, c := range run.Commands {
		if sub, _, _ := c.Apt(); !c.Conditional && (sub == "update" || scripts && run.RunsArchiveScript(i) || sources && need.AddsSource(c)) {
			return true
		}
		if c.NeedsLists() {
			return false
		}
	}
	return false
}

// anyOf reports whether something holds for one of the instructions from one to another.
func (p *plan) anyOf(from, to int, holds func(int) bool) bool {
	for i := from; i <= to && i < len(p.build.Instructions); i++ {
		if holds(i) {
			return true
		}
	}
	return false
}

// leftBy reports which file versions a rule claims that a RUN of the image left: a mount may hide a
// cache from the tool that filled it. Empty files, such as apt's lock, do not count.
func (p *plan) leftBy(rule *rules.Rule) func(*model.Record) bool {
	return func(r *model.Record) bool {
		if r.Size.Bytes() == 0 && r.Kind == model.File {
			return true
		}
		at := r.Finding()
		if at == model.NoFinding || int(at) >= len(p.report.Findings) {
			return false
		}
		f := &p.report.Findings[at]
		if f.Fix != nil && f.Fix.After == nil {
			return false // the cache stays in that layer, for this RUN
		}
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

// isMounted reports whether an edit has mounted a cache over all of a finding's paths already.
func isMounted(text string, rule *rules.Rule, f *model.Finding) bool {
	run, err := rewrite.ParseRun(text)
	targets, outside := mountTargets(rule, f)
	return err == nil && outside == "" && !slices.ContainsFunc(targets, func(t string) bool { return !run.Mounted(t) })
}

// worksIn returns a command of a RUN that names a directory and is none of the tool that fills it:
// mkdir fails where a mount holds what it makes. "" where there is none.
func worksIn(text, target string) string {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return ""
	}
	for _, c := range run.Commands {
		switch c.Name() {
		case "mkdir", "mv", "ln", "mkfifo", "mknod", "rmdir":
			if slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return isInside(path.Clean(w.Text), target) }) {
				return oneLine(c.Source())
			}
		}
	}
	return ""
}

// withoutEmptying returns a RUN without what would empty a mount at target, one of several, which
// the given commands do, or why that cannot be taken out.
func (p *plan) withoutEmptying(run string, commands []string, target string, targets []string) (edited, why string) {
	r, err := rewrite.ParseRun(run)
	if err != nil {
		return "", "tare cannot parse the RUN as shell"
	}
	mistake, known := misspelt[target]
	if known && p.holdsAnything(mistake) {
		mistake = "" // it is none here
	}
	found := false
	for _, c := range r.Commands {
		if empties(c, commands, targets, mistake) {
			found = true
			continue
		}
		if gone, ok := c.Removal(""); ok && slices.ContainsFunc(gone.Targets, func(t string) bool {
			return isInside(t, target) || isInside(target, path.Dir(t)) && gone.Covers(target)
		}) {
			return "", fmt.Sprintf("%s would empty the mount, but does something else too", oneLine(c.Source()))
		}
	}
	if !found {
		return run, ""
	}
	edited, ok := rewrite.RemoveCommand(run, func(c rewrite.Command) bool { return empties(c, commands, targets, mistake) })
	if !ok || edited == "" {
		return "", "the RUN cleans " + target + " in a way that tare cannot remove"
	}
	return edited, ""
}

// empties reports whether a command does nothing but to empty mounts at targets; commands are
// those of the tool that do, mistake a directory that authors take for a target, "" for none.
func empties(c rewrite.Command, commands, targets []string, mistake string) bool {
	if slices.ContainsFunc(commands, func(command string) bool { return calls(c, command) }) {
		return true
	}
	gone, ok := c.Removal("")
	return ok && gone.Whole && len(gone.Targets) > 0 && !slices.ContainsFunc(gone.Targets, func(t string) bool {
		t = path.Clean(t)
		return !slices.ContainsFunc(targets, func(target string) bool { return isInside(t, target) }) && (mistake == "" || !isInside(t, mistake))
	})
}

// holdsAnything reports whether a layer has something at an absolute path, or the layers were not
// read.
func (p *plan) holdsAnything(name string) bool {
	t := p.report.Tree
	if t == nil {
		return true
	}
	_, ok := t.Lookup(strings.TrimPrefix(name, "/"))
	return ok
}

// misspelt are directories that nothing makes, by those that authors meant who remove them.
var misspelt = map[string]string{"/var/lib/apt/lists": "/var/cache/apt/lists"}

// calls reports whether a command is a program with a subcommand, such as "dnf clean", whatever
// options stand among the words.
func calls(c rewrite.Command, command string) bool {
	words := strings.Fields(command)
	for _, w := range c.Words {
		switch {
		case len(words) == 0:
			return true
		case w.Text == words[0]:
			words = words[1:]
		case !strings.HasPrefix(w.Text, "-"):
			return false
		}
	}
	return len(words) == 0
}

// mountsCaches reports whether a rule's caches can be kept in mounts.
func mountsCaches(id string) bool {
	rule, known := catalogue.ByID(id)
	return known && len(rule.Mounts) > 0
}
