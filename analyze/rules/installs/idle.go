package installs

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
)

// Idle is what an install names of tools that the container does not call.
type Idle struct {
	Made  int
	Never []string // nothing calls them
	Spent []string // the RUN that installs them calls them, and nothing behind it
	Goes  []int    // packages that are there for their sake alone, themselves among them
	Kept  []Kept   // of what they bring, what stays and has to be named
}

// FindIdle looks for tools in the installs of an image that are of no use behind the RUN
// which installs them, as far as the Dockerfile, its scripts and the image show.
func FindIdle(b *rules.Build) []Idle {
	if b == nil || b.Tree == nil || b.Tree.Needs == nil {
		return nil
	}
	return b.Parsed().Remember("idle tools", func() any { return findIdle(b, toolOf) }).([]Idle)
}

// FindIdleManagers is FindIdle for what fetches the packages of a language. Only what
// nothing calls at all is idle: what was called to build belongs into a stage.
func FindIdleManagers(b *rules.Build) (found []Idle) {
	if b == nil || b.Tree == nil || b.Tree.Needs == nil {
		return nil
	}
	return slices.DeleteFunc(findIdle(b, managerOf), func(idle Idle) bool { return len(idle.Spent) > 0 })
}

// findIdle looks for packages for which kind returns a tool.
func findIdle(b *rules.Build, kind func(name string) *tool) (found []Idle) {
	if !b.KnowsProgram() || letsPeopleIn(b) {
		return nil
	}
	in := b.Parsed()
	for layer := range b.Layers {
		at := b.Layers[layer].Instruction
		if b.Layers[layer].Inherited || at == nil || in.All[*at].Inherited || in.Keyword(*at) != "RUN" {
			continue
		}
		commands, ok := in.Commands(*at)
		if !ok || !slices.ContainsFunc(commands, Installs) {
			continue
		}
		if idle, ok := idleOf(b, *at, layer, commands, kind); ok {
			found = append(found, idle)
		}
	}
	return found
}

// isWorkplace reports whether a container of the image starts a program through which people work in it, or
// one that opens terminals for them.
func isWorkplace(b *rules.Build) bool {
	return toolchain.OpensTerminals(b.Libraries) != "" || slices.ContainsFunc(b.Program().Commands, func(c rewrite.Command) bool {
		return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return rules.IsWorkplace(w.Text) })
	})
}

// letsPeopleIn reports whether people may work in a container of the image, or it runs a
// program that is not in the image and may be anything.
func letsPeopleIn(b *rules.Build) bool {
	if isWorkplace(b) {
		return true
	}
	program := b.Program()
	for _, c := range program.Commands[:len(program.Commands)-len(program.Scripts)] {
		if !strings.Contains(c.Words[0].Text, "/") {
			continue
		}
		if file, known := b.FindProgram(c.Words[0].Text); known && file == "" {
			return true
		}
	}
	return false
}

// idleOf looks at one install.
func idleOf(b *rules.Build, made, layer int, install []rewrite.Command, kind func(name string) *tool) (idle Idle, ok bool) {
	im := newImage(b, made, layer, install)
	if !slices.ContainsFunc(im.typed, func(name string) bool { return kind(name) != nil }) {
		return idle, false
	}
	f := &facts{image: im, calls: readCalls(im), evidence: look(im)}
	idle.Made = made
	for _, name := range im.typed {
		i, there := im.byName[name]
		t := kind(name)
		if t == nil || !there || f.removes(name) || im.Packages[i].Layer != layer || im.Packages[i].Reason != "manual" || slices.Contains(idle.Never, name) || slices.Contains(idle.Spent, name) {
			continue
		}
		switch f.use(t) {
		case usedNever:
			idle.Never = append(idle.Never, name)
		case usedHere:
			idle.Spent = append(idle.Spent, name)
		}
	}
	if len(idle.Never)+len(idle.Spent) == 0 {
		return idle, false
	}
	ok = idle.weigh(f, kind)
	return idle, ok
}

// weigh works out which packages are there for the sake of the idle ones alone. It reports
// false where the image needs more of them than can be named.
func (idle *Idle) weigh(f *facts, kind func(name string) *tool) bool {
	left := *f.image
	left.stays = left.without(slices.Concat(idle.Never, idle.Spent))
	isNeeded := func(name string) bool { return left.stays[left.byName[name]] }
	idle.Never, idle.Spent = slices.DeleteFunc(idle.Never, isNeeded), slices.DeleteFunc(idle.Spent, isNeeded)
	names := slices.Concat(idle.Never, idle.Spent)
	left.typed = slices.DeleteFunc(slices.Clone(left.typed), func(name string) bool { return slices.Contains(names, name) })
	left.gone = make([]bool, len(left.Packages))
	for i := range left.Packages {
		p := &left.Packages[i]
		left.gone[i] = p.Manager == "dpkg" && p.Layer == left.layer && !left.stays[i] && p.Reason != "unknown"
	}
	k := &keeper{facts: &facts{image: &left, calls: f.behind(idle, kind), evidence: f.evidence}, chosen: make([]bool, len(left.Packages))}
	k.called()
	k.mentioned()
	k.linked()
	if i, ok := k.byName["ca-certificates"]; ok {
		k.keep(i, "programs may open TLS connections at run time")
	}
	idle.Kept = k.least()
	for i := range left.Packages {
		if left.gone[i] && !k.stays[i] {
			idle.Goes = append(idle.Goes, i)
		}
	}
	return len(idle.Kept) <= maxNamed && len(idle.Goes) > 0 && !k.imports() &&
		!slices.ContainsFunc(idle.Kept, func(kept Kept) bool { return slices.Contains(names, kept.Name) })
}

// maxNamed is how many packages are named in the place of a tool.
const maxNamed = 4

// without are the packages that stay without some that are named: what others need or
// recommend stays.
func (im *image) without(names []string) []bool {
	roots := make([]bool, len(im.Packages))
	for i := range im.Packages {
		p := &im.Packages[i]
		roots[i] = p.Manager != "dpkg" || p.Layer != im.layer || p.Reason == "essential" || p.Reason == "unknown" || p.Reason == "manual" && !slices.Contains(names, p.Name)
	}
	for {
		stays, more := im.closure(roots), false
		for i := range im.Packages {
			if !stays[i] && slices.ContainsFunc(im.Packages[i].RecommendedBy, func(by string) bool { at, ok := im.byName[by]; return ok && stays[at] }) {
				roots[i], more = true, true
			}
		}
		if !more {
			return stays
		}
	}
}

// behind are the calls that count for what idle tools bring: those of the RUN that removes
// them again at its end do not.
func (f *facts) behind(idle *Idle, kind func(name string) *tool) *calls {
	if len(idle.Spent) == 0 {
		return f.calls
	}
	rest := *f.calls
	rest.list = slices.DeleteFunc(slices.Clone(rest.list), func(c call) bool {
		return c.at == f.made && (len(idle.Never) == 0 || slices.ContainsFunc(idle.Spent, func(name string) bool { return matchesAny(kind(name).programs, c.Name()) }))
	})
	rest.texts = slices.DeleteFunc(slices.Clone(rest.texts), func(t text) bool { return t.at == f.made })
	return &rest
}

// imports reports whether a module of a language would go whose interpreter is called.
func (k *keeper) imports() bool {
	for _, family := range []struct{ modules, interpreters string }{{"python3-*", "python* gunicorn uvicorn celery flask django-admin supervisord"}, {"php*-*", "php* apache*"}, {"ruby-*", "ruby* rails rake bundle"}, {"lib*-perl", "perl"}} {
		if k.facts.calls.called(strings.Fields(family.interpreters)...) == "" {
			continue
		}
		for i := range k.Packages {
			if k.gone[i] && !k.stays[i] && matchesAny(family.modules, k.Packages[i].Name) && k.Packages[i].Reason != "manual" {
				return true
			}
		}
	}
	return false
}

// Drop writes a RUN that does not install what is idle: it leaves out what nothing calls,
// and removes what only the RUN itself calls at its end. It reports false where the RUN
// cannot be edited so, or would install nothing.
func (idle *Idle) Drop(run string) (edited, cleanup string, ok bool) {
	edited = run
	if len(idle.Kept) > 0 {
		if edited, ok = idle.name(run); !ok {
			return "", "", false
		}
	}
	if len(idle.Never) > 0 {
		if edited, ok = idle.leaveOut(edited); !ok {
			return "", "", false
		}
	}
	if len(idle.Spent) > 0 {
		cleanup = "apt-get purge -y --auto-remove " + strings.Join(idle.Spent, " ")
	}
	return edited, cleanup, true
}

// name adds what stays to the install that names the first of the tools.
func (idle *Idle) name(run string) (string, bool) {
	parsed, err := rewrite.ParseRun(run)
	if err != nil {
		return "", false
	}
	names := slices.Concat(idle.Never, idle.Spent)
	host := slices.IndexFunc(parsed.Commands, func(c rewrite.Command) bool {
		return Installs(c) && slices.ContainsFunc(operands(c), func(w rewrite.Word) bool { return slices.Contains(names, bare(w.Text)) })
	})
	kept := make([]string, len(idle.Kept))
	for i, one := range idle.Kept {
		kept[i] = one.Name
	}
	return rewrite.InsertWords(run, func(c rewrite.Command) []rewrite.Insertion {
		if host < 0 || len(kept) == 0 || c.Source() != parsed.Commands[host].Source() {
			return nil
		}
		return insertions(c, slices.Clone(kept))
	})
}

// leaveOut takes names out of the installs of a RUN.
func (idle *Idle) leaveOut(run string) (string, bool) {
	drops := func(c rewrite.Command, word int) bool {
		return Installs(c) && c.Words[word].Literal && slices.Contains(idle.Never, bare(c.Words[word].Text))
	}
	edited, ok := rewrite.RemoveWords(run, drops)
	if !ok {
		return "", false
	}
	parsed, err := rewrite.ParseRun(edited)
	return edited, err == nil && !slices.ContainsFunc(parsed.Commands, func(c rewrite.Command) bool { return Installs(c) && len(operandIndexes(c)) == 0 })
}
