package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// maxApart is how many instructions one edit may span.
const maxApart = 30

var (
	aptCall     = lazyregexp.New(`(?:^|[^\w./-])(?:apt-get|apt|aptitude|apt-fast|apt-cache|gdebi|mk-build-deps)(?:$|[^\w./-])`)
	assignments = lazyregexp.New("^(?:[A-Za-z_]+=[^\\s$`\"']*\\s+)*$") // in front of a command
	aptSettings = lazyregexp.New(`/etc/apt|sources\.list|apt-key\s+(?:add|adv|del)|add-apt-repository|add-architecture|--no-download|extrepo`)
)

// aptListsApart lets the RUNs that install fetch package lists of their own and remove
// them, where those that share lists cannot or should not be joined, because a COPY or
// something else stands between them. Those that follow each other become one. used is the
// last RUN that installs from the lists of the RUN made.
func aptListsApart(f *model.Finding, b *rules.Build, made, used int) (advice.Edit, bool) {
	in := b.Parsed()
	if used <= made || used-made >= maxApart || !sameAptSources(f, b, made, used) {
		return advice.Edit{}, false
	}
	update, ok := lastUpdate(b, made)
	if !ok {
		return advice.Edit{}, false
	}
	for i := made; i <= used; i++ {
		if keyword := in.Keyword(i); keyword == "USER" || keyword == "SHELL" || keyword == "" || in.All[i].Inherited || in.Text(i) == "" {
			return advice.Edit{}, false
		}
	}
	var texts []string
	for i := made; i <= used; i++ {
		if in.Keyword(i) != "RUN" || !b.Needs().UsesLists(i) {
			texts = append(texts, in.Text(i))
			continue
		}
		last := lastOfGroup(b, i, used)
		edited, ok := ownListsFrom(b, i, last, i == made, update)
		if !ok {
			return advice.Edit{}, false
		}
		texts = append(texts, edited...)
		i = last
	}
	if fetchesOnly(b, made) && len(texts) > 1 && texts[0] == firstOf(ownListsFrom(b, made, made, true, update)) {
		texts = texts[1:] // each of the others fetches its own
	}
	for i := used + 1; i < len(in.All) && i <= used+maxApart && !(in.Keyword(i) == "RUN" && fetchesFirst(b, i)); i++ {
		if in.Keyword(i) == "RUN" && b.Needs().UsesLists(i) && !b.Needs().FetchesLists(i) {
			return advice.Edit{}, false // it may install, too
		}
	}
	return advice.Edit{Before: strings.Join(in.Texts(made, used), "\n"), After: strings.Join(texts, "\n")}, true
}

func firstOf(texts []string, ok bool) string {
	if !ok || len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// lastOfGroup returns the last of the RUNs from one on that install and follow each other,
// with what is little enough between them to be joined with them.
func lastOfGroup(b *rules.Build, from, used int) (last int) {
	in := b.Parsed()
	last = from
	end, reached := from, false // of those that follow each other, and whether all of them are joined
	for i := from + 1; i <= used && in.Keyword(i) == "RUN" && !in.All[i].Apart && !in.All[i].Disabled && !fetchesFirst(b, i) && !fetchesByScript(b, i, i) && !strange(b, i); i++ {
		if b.Needs().UsesLists(i) {
			end, reached = i, advice.OneStepWithRest(b, from, i)
			if advice.OneStep(b, from, i) {
				last = i
			}
		}
	}
	if reached {
		return end
	}
	return last
}

// fetchesFirst reports whether a RUN fetches lists before it installs anything.
func fetchesFirst(b *rules.Build, at int) bool {
	if !b.Needs().FetchesLists(at) {
		return false
	}
	commands, ok := b.Parsed().Commands(at)
	first := slices.IndexFunc(commands, func(c rewrite.Command) bool {
		sub, _, _ := c.Apt()
		return sub == "update" || c.NeedsLists()
	})
	return !ok || first < 0 || !commands[first].NeedsLists()
}

// ownListsFrom returns RUNs from one to another that fetch lists and remove them: joined,
// or each by itself where they cannot be.
func ownListsFrom(b *rules.Build, from, to int, fetches bool, update string) (texts []string, ok bool) {
	in := b.Parsed()
	group := in.Texts(from, to)
	byScript := fetchesByScript(b, from, to)
	fetches = fetches || byScript || b.Needs().FetchesFirst(from)
	unseen := slices.ContainsFunc(group, callsScript)
	for i := from; i <= to; i++ {
		unseen = unseen || b.Needs().InstallsUnseen(i)
	}
	if !fetches && unseen {
		if _, root := b.Needs().Root(from); !root {
			return nil, false
		}
		group, fetches = append([]string{"RUN " + update}, group...), true // a script may install, too
	}
	apart := false
	for i := from; i < to; i++ {
		apart = apart || advice.LeavesNoDirectory(in, i)
	}
	if len(group) > 1 && !apart && (from == to || !slices.ContainsFunc(group, rewrite.GoesOn)) && (unseen || !advice.Shuts(group)) && len(strings.Join(group, "")) <= maxJoinedText {
		if joined, ok := rewrite.Join(group); ok {
			run, err := rewrite.ParseRun(joined)
			if err != nil {
				return nil, false
			}
			if joined, ok = withOwnLists(b, to, joined, run.Commands, fetches, update); ok {
				return []string{joined}, true
			}
		}
	}
	for i := from; i <= to; i++ {
		commands, ok := in.Commands(i)
		if !ok || (slices.ContainsFunc(commands, runsScript) || b.Needs().InstallsUnseen(i)) && !(byScript && i == from) {
			return nil, false
		}
		text, ok := withOwnLists(b, i, in.Text(i), commands, fetches && i == from, update)
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// maxJoinedText is how many bytes the RUNs may have that become one.
const maxJoinedText = 32 << 10

func callsScript(text string) bool {
	run, err := rewrite.ParseRun(text)
	return err != nil || slices.ContainsFunc(run.Commands, runsScript)
}

// fetchesByScript reports whether the first thing in RUNs that needs package lists is the
// script of a package archive, which fetches them itself, and which runs in any case.
func fetchesByScript(b *rules.Build, from, to int) bool {
	for at := from; at <= to; at++ {
		run, err := rewrite.ParseRun(b.Parsed().Text(at))
		if err != nil || b.Needs().RemovesAbsent(at) {
			return false
		}
		for i, c := range run.Commands {
			switch {
			case c.NeedsLists():
				return false
			case runsScript(c):
				return i > 0 && !c.Conditional && !run.Commands[i-1].Conditional && rewrite.SetsUpArchive(run.Commands[i-1].Source()) && b.Needs().MayHaveFetched(at)
			}
		}
	}
	return false
}

// strangers reports whether something stands between two RUNs that has nothing to do with
// apt, and that is more than a line of setting up.
// An instruction that is commented out between them counts, too: inside a RUN nobody could
// bring it back. So does a RUN that begins with the script of a package archive: it fetches lists
// itself, and needs no others.
func strangers(b *rules.Build, from, to int) bool {
	for i := from + 1; i <= to; i++ {
		if b.Parsed().Keyword(i) == "RUN" && (i < to && strange(b, i) || b.Parsed().All[i].Disabled || fetchesByScript(b, i, i)) {
			return true
		}
	}
	return false
}

func strange(b *rules.Build, at int) bool {
	return !b.Needs().UsesLists(at) && (!advice.IsSmall(b, at) || setsUpShell(b, at))
}

// startup matches a file that a person's shell reads when it starts.
var startup = lazyregexp.New(`>\s*["']?\S*(?:\.bashrc|\.bash_profile|\.bash_login|\.profile|\.zshrc|bash\.bashrc)["']?\s*$`)

// setsUpShell reports whether a RUN does nothing but to write lines for people's shells: it has
// nothing to do with packages, and nobody looks for it among them.
func setsUpShell(b *rules.Build, at int) bool {
	commands, ok := b.Parsed().Commands(at)
	return ok && len(commands) > 0 && startup.MatchString(b.Parsed().Text(at)) && !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		return !c.Redirected || c.Name() != "echo" && c.Name() != "printf"
	})
}

// mayFail and withVariables match an update whose failure something follows, and one with variables in
// front of it but for debconf's.
var (
	mayFail       = lazyregexp.New(`\bupdate\b[^&;|\n]*\|\|`)
	withVariables = lazyregexp.New(`(?:^|[\s;&|(])(?:[A-CE-Za-z_]\w*|D[A-DF-Za-z_]\w*)=[^\s;&|]*\s+(?:\w+=\S*\s+)*(?:sudo\s+)?(?:apt-get|apt|aptitude)\b[^&;|\n]*\bupdate\b`)
)

// lastUpdate returns the words of the command that fetches the lists of a RUN.
func lastUpdate(b *rules.Build, made int) (words string, ok bool) {
	commands, _ := b.Parsed().Commands(made)
	// What is written elsewhere may not fail, nor do without the variables in front of this one.
	if text := b.Parsed().Text(made); mayFail.MatchString(text) || withVariables.MatchString(text) {
		return "", false
	}
	for _, c := range commands {
		if sub, _, is := c.Apt(); is && sub == "update" {
			words, ok = c.Source(), !c.Conditional && !c.Redirected && c.FetchesLists()
		}
	}
	return words, ok && !strings.ContainsAny(words, "$`")
}

// withOwnLists returns a RUN that fetches lists, unless it does already, and removes
// them; the RUN as it is where it needs none. Its text may be that of several RUNs up to
// the one at an index.
func withOwnLists(b *rules.Build, at int, text string, commands []rewrite.Command, fetches bool, update string) (string, bool) {
	if !b.Parsed().PosixShell(at) {
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
		if c.FetchesLists() && !needs && !c.Conditional {
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
		var ok bool
		if text, ok = fetching(text, commands, update); !ok {
			return "", false
		}
	}
	if removed {
		return text, true
	}
	if instead, ok := fetchingLast(text, commands); ok {
		return instead, true
	}
	if instead, ok := fetchingNothing(b, at, text, commands); ok {
		return instead, true
	}
	return rewrite.AppendCleanup(text, advice.RemoveAptLists)
}

// fetchingLast returns a RUN that installs from lists it has and fetches new ones at its end with
// their removal in the place of that: nothing would read what it fetches. The removal also
// decides the RUN's status in the place of the update.
func fetchingLast(text string, commands []rewrite.Command) (string, bool) {
	if len(commands) == 0 || !slices.ContainsFunc(commands, rewrite.Command.NeedsLists) {
		return "", false
	}
	last := commands[len(commands)-1]
	sub, operands, is := last.Apt()
	if !is || sub != "update" || len(operands) > 0 || last.Conditional || last.Redirected {
		return "", false
	}
	return rewrite.ReplaceCommand(text, func(c rewrite.Command) bool { return c.Source() == last.Source() }, advice.RemoveAptLists)
}

// readsNoLists are programs that neither install from package lists nor look into them.
var readsNoLists = strings.Fields("sed echo printf mkdir rmdir ln chmod chown touch export set true : cd useradd groupadd locale-gen update-locale apt-key gpg curl wget tee install cat")

// fetchingNothing returns a RUN without the lists that it fetches for others only: those fetch their own.
func fetchingNothing(b *rules.Build, at int, text string, commands []rewrite.Command) (string, bool) {
	isUpdate := func(c rewrite.Command) bool {
		sub, operands, is := c.Apt()
		return is && sub == "update" && len(operands) == 0 && !c.Conditional && !c.Redirected
	}
	if len(commands) < 2 || b.Needs().InstallsUnseen(at) || !slices.ContainsFunc(commands, isUpdate) ||
		slices.ContainsFunc(commands, func(c rewrite.Command) bool { return !isUpdate(c) && !slices.Contains(readsNoLists, c.Name()) }) {
		return "", false
	}
	instead, ok := rewrite.RemoveCommand(text, isUpdate)
	return instead, ok && instead != ""
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

// settings are files that a shell reads for its variables, and that install nothing.
var settings = lazyregexp.New(`(?:^|/)(?:os-release|lsb-release|\.bashrc|\.profile|\.bash_profile|environment|\.cargo/env|bin/activate|nvm\.sh|ros/[^/]+/setup\.(?:ba)?sh)$`)

// runsScript reports whether a command runs a script that is not in the Dockerfile.
func runsScript(c rewrite.Command) bool {
	switch name := c.Name(); name {
	case "sh", "bash", "dash", "ash", "zsh", "ksh":
		return !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c") })
	case "source", ".":
		return len(c.Args()) != 1 || !settings.MatchString(c.Args()[0].Text)
	case "eval", "xargs", "":
		return true
	default:
		return strings.HasSuffix(name, ".sh") || strings.HasPrefix(c.Words[0].Text, "./")
	}
}

// sameAptSources reports whether what apt-get update fetches is the same in all RUNs
// from one to another: neither their texts nor the layers change apt's settings, but for
// RUNs that have fetched lists since.
func sameAptSources(f *model.Finding, b *rules.Build, made, used int) bool {
	in := b.Parsed()
	if b.Tree == nil || f.Layer == nil {
		return false
	}
	for i := made; i <= used; i++ {
		text := in.Text(i)
		if i == made || b.Needs().LeavesLists(i) {
			text = text[strings.LastIndex(text, "update")+1:]
		}
		script := i > made && b.Needs().LeavesLists(i) && !strings.Contains(in.Text(i), "update")
		if in.Keyword(i) != "LABEL" && aptSettings.MatchString(text) && !script {
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
		if b.Needs().LeavesLists(step.Index) {
			continue
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
