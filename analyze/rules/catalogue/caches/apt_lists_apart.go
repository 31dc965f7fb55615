package caches

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// maxApart is how many instructions one edit may span.
const maxApart = 30

var (
	aptCall     = regexp.MustCompile(`(?:^|[^\w./-])(?:apt-get|apt|aptitude|apt-fast|apt-cache|gdebi|mk-build-deps)(?:$|[^\w./-])`)
	aptSettings = regexp.MustCompile(`/etc/apt|sources\.list|apt-key|add-apt-repository|add-architecture|--no-download|extrepo`)
)

// aptListsApart lets each RUN that installs fetch package lists of its own and remove
// them, where RUNs that share lists cannot be joined because a COPY or the like stands
// between them. used is the last RUN that installs from the lists of the RUN made.
func aptListsApart(f *model.Finding, b *rules.Build, made, used int) (advice.Edit, bool) {
	in := b.Parsed()
	if used <= made || used-made >= maxApart || !sameAptSources(f, b, made, used) {
		return advice.Edit{}, false
	}
	update, ok := lastUpdate(b, made)
	if !ok {
		return advice.Edit{}, false
	}
	texts := in.Texts(made, used)
	for i := made; i <= used; i++ {
		switch in.Keyword(i) {
		case "USER", "SHELL", "":
			return advice.Edit{}, false
		}
		if in.All[i].Inherited || in.Text(i) == "" {
			return advice.Edit{}, false
		}
		if in.Keyword(i) != "RUN" {
			continue
		}
		if texts[i-made], ok = withOwnLists(b, i, i == made, update); !ok {
			return advice.Edit{}, false
		}
	}
	if fetchesOnly(b, made) {
		texts = texts[1:] // each of the others fetches its own
	}
	for i := used + 1; i < len(in.All) && i <= used+maxApart; i++ {
		commands, ok := in.Commands(i)
		if in.Keyword(i) == "RUN" && (!ok || slices.ContainsFunc(commands, runsScript)) {
			return advice.Edit{}, false // it may install, too
		}
	}
	return advice.Edit{Before: strings.Join(in.Texts(made, used), "\n"), After: strings.Join(texts, "\n")}, true
}

// lastUpdate returns the words of the command that fetches the lists of a RUN.
func lastUpdate(b *rules.Build, made int) (words string, ok bool) {
	commands, _ := b.Parsed().Commands(made)
	for _, c := range commands {
		if sub, operands, is := c.Apt(); is && sub == "update" {
			words, ok = c.Source(), !c.Conditional && !c.Redirected && len(operands) == 0
		}
	}
	return words, ok && !strings.ContainsAny(words, "$`")
}

// withOwnLists returns a RUN that fetches lists, unless it does already, and removes
// them; the RUN as it is where it needs none.
func withOwnLists(b *rules.Build, at int, fetches bool, update string) (string, bool) {
	in := b.Parsed()
	text := in.Text(at)
	commands, ok := in.Commands(at)
	if !ok || !in.PosixShell(at) || slices.ContainsFunc(commands, runsScript) {
		return "", false
	}
	calls, needs, removed := 0, false, false
	for _, c := range commands {
		if gone, is := c.Removal(""); is && gone.Covers("/var/lib/apt/lists/x") && !c.Conditional {
			removed = true
		} else if strings.Contains(c.Source(), "/var/lib/apt") {
			return "", false
		} else if c.NeedsLists() {
			removed = false
		}
		_, _, is := c.Apt()
		if is || c.NeedsLists() {
			calls++
		}
		if sub, _, _ := c.Apt(); sub == "update" && !needs && !c.Conditional {
			fetches = true
		}
		needs = needs || c.NeedsLists()
	}
	if len(aptCall.FindAllString(text, -1)) != calls {
		return "", false // a call that cannot be read
	}
	if !fetches {
		if !needs {
			return text, true
		}
		run, err := rewrite.ParseRun(text)
		if err != nil || run.Mounted("/var/lib/apt/lists") {
			return "", false
		}
		if prefix, ok := run.Prefix(rewrite.Command.NeedsLists); !ok || strings.TrimSpace(prefix) != "" {
			return "", false
		}
		if text, ok = rewrite.InsertBefore(text, update, rewrite.Command.NeedsLists); !ok {
			return "", false
		}
	}
	if removed {
		return text, true
	}
	return rewrite.AppendCleanup(text, advice.RemoveAptLists)
}

// fetchesOnly reports whether a RUN does nothing but to fetch package lists, and to take
// them away again or what apt keeps besides.
func fetchesOnly(b *rules.Build, made int) bool {
	in := b.Parsed()
	commands, ok := in.Commands(made)
	if !ok || !in.PosixShell(made) || in.All[made].Inherited {
		return false
	}
	run, err := rewrite.ParseRun(in.Text(made))
	if err != nil || run.Exec != nil || len(rewrite.Comments(in.Text(made))) > 0 {
		return false
	}
	fetches := false
	for _, c := range commands {
		sub, operands, is := c.Apt()
		gone, removes := c.Removal("")
		switch {
		case c.Redirected || c.Conditional:
			return false
		case is && sub == "update" && len(operands) == 0:
			fetches = true
		case is && (sub == "clean" || sub == "autoclean"), c.Name() == "true":
		case removes && gone.Whole && !slices.ContainsFunc(gone.Targets, func(t string) bool {
			return !strings.HasPrefix(t, "/var/lib/apt/lists") && !strings.HasPrefix(t, "/var/cache/apt")
		}):
		default:
			return false
		}
	}
	return fetches
}

// runsScript reports whether a command runs a script that is not in the Dockerfile.
func runsScript(c rewrite.Command) bool {
	switch name := c.Name(); name {
	case "sh", "bash", "dash", "ash", "zsh", "ksh":
		return !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c") })
	case "source", ".", "eval", "xargs", "":
		return true
	default:
		return strings.HasSuffix(name, ".sh") || strings.HasPrefix(c.Words[0].Text, "./")
	}
}

// sameAptSources reports whether what apt-get update fetches is the same in all RUNs
// from one to another: neither their texts nor the layers change apt's settings.
func sameAptSources(f *model.Finding, b *rules.Build, made, used int) bool {
	in := b.Parsed()
	if b.Tree == nil || f.Layer == nil {
		return false
	}
	for i := made; i <= used; i++ {
		text := in.Text(i)
		if i == made {
			text = text[strings.LastIndex(text, "update")+1:]
		}
		if in.Keyword(i) != "LABEL" && aptSettings.MatchString(text) {
			return false
		}
	}
	for layer := *f.Layer + 1; layer < b.Tree.Layers(); layer++ {
		step := b.Step(&layer)
		if step == nil {
			return false
		}
		if step.Index > used {
			break
		}
		for _, r := range b.Tree.Layer(layer) {
			if name := b.Tree.Path(r.Node); strings.HasPrefix(name, "etc/apt/") && r.Kind != model.Directory && r.Kind != model.Implied {
				return false
			}
		}
	}
	hid, hidden := advice.Hider(f, b)
	return !hidden || in.Keyword(hid) != "RUN" || slices.Contains(in.Texts(made, used), in.Text(hid)) || advice.ToleratesAbsence(f, b, hid)
}
