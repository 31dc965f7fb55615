package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// sourceSettings are what a RUN may do to change what an update fetches.
var sourceSettings = lazyregexp.New(`/etc/apt/|sources\.list|add-apt-repository|add-architecture|--no-download|extrepo`)

// aptListsMounted returns the instructions from one to another so that each RUN which
// installs fetches its own lists, for a mount in each; "" is one that is not needed any more. It
// reports false where the RUNs install one after the other, so that they may as well share
// one fetch, and where an update may fetch something else than the author's.
func aptListsMounted(b *rules.Build, from, to int) (texts []string, ok bool) {
	in := b.Parsed()
	update, ok := lastUpdate(b, from)
	if !ok || to-from >= maxApart {
		return nil, false
	}
	between, changed := false, false
	for i := from; i <= to; i++ {
		text := in.Text(i)
		if in.Keyword(i) != "RUN" || !in.PosixShell(i) || in.All[i].Inherited || text == "" {
			return nil, false
		}
		between = between || !b.Needs().UsesLists(i) && !removesListsOnly(b, i)
		switch commands, _ := in.Commands(i); {
		case i < to && fetchesOnly(b, i):
			text = ""
		case b.Needs().FetchesLists(i) || !b.Needs().UsesLists(i) || rewrite.SetsUpArchive(text):
			changed = false
		case changed:
			return nil, false
		case b.Needs().InstallsUnseen(i):
			text, ok = rewrite.Join([]string{"RUN " + update, text})
		default:
			if last := len(texts) - 1; last >= 0 && texts[last] != "" && b.Needs().UsesLists(i-1) && !in.All[i].Apart && !in.All[i].Disabled && advice.OneStep(b, i-1, i) {
				if joined, one := rewrite.Join([]string{texts[last], text}); one && len(joined) <= maxJoinedText {
					texts[last], text = "", joined // they share one fetch
					break
				}
			}
			text, ok = fetching(text, commands, update)
		}
		if !ok {
			return nil, false
		}
		changed = changed || i > from && sourceSettings.MatchString(in.Text(i)) && !strings.Contains(in.Text(i), "update")
		texts = append(texts, text)
	}
	return texts, between
}

// removesListsOnly reports whether a RUN does nothing but to take package lists away.
func removesListsOnly(b *rules.Build, at int) bool {
	commands, ok := b.Parsed().Commands(at)
	return ok && !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		gone, removes := c.Removal("")
		return !removes || !gone.Whole || slices.ContainsFunc(gone.Targets, func(t string) bool { return !strings.HasPrefix(t, "/var/lib/apt/lists") })
	})
}

// fetching returns a RUN that fetches lists in front of its first install.
func fetching(text string, commands []rewrite.Command, update string) (string, bool) {
	calls := 0
	for _, c := range commands {
		if _, _, is := c.Apt(); is || c.NeedsLists() {
			calls++
		}
	}
	run, err := rewrite.ParseRun(text)
	if err != nil || run.Mounted("/var/lib/apt/lists") || len(aptCall.FindAllString(text, -1)) != calls {
		return "", false
	}
	if prefix, ok := run.Prefix(rewrite.Command.NeedsLists); !ok || !assignments.MatchString(strings.ReplaceAll(prefix, "\\\n", " ")) {
		return "", false
	}
	return rewrite.InsertBefore(text, update, rewrite.Command.NeedsLists)
}
