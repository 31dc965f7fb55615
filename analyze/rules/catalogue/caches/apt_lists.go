package caches

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// AptLists finds the package lists that apt-get update downloads.
// See apt-get(8), "update" and "FILES".
var AptLists = rules.Rule{
	ID:    "apt-lists",
	Group: rules.Caches,
	Title: "apt package lists",
	Why: "apt-get update downloads the index of every package the distribution offers, tens of megabytes of it, " +
		"so that apt-get install can pick from it. Nothing reads the lists while the container runs, they are out of date within days, " +
		"and the next apt-get install needs a fresh apt-get update anyway. A layer is sealed when its RUN ends, so removing the lists saves space only " +
		"in the same RUN that ran apt-get update: an rm in a later RUN hides them, but they are still stored and pulled.",
	Confidence: model.Certain,
	Paths:      []string{"var/lib/apt/lists/**"},
	Unless:     installsLater,
	Fix:        fixAptListsWithRisk,
	// Docker's documentation mounts the whole of /var/lib/apt, but that also holds
	// extended_states, which says what was installed automatically and belongs into
	// the image.
	Mounts:  []string{"/var/lib/apt/lists"},
	Refills: rules.Refill{Tools: []string{"apt-get", "apt", "aptitude"}, Subcommands: []string{"update"}},
	Locked:  true,
	Apart:   aptListsMounted,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint du IMAGE -sh /var/lib/apt/lists",
		Before:  "RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*",
		After:   "RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*",
		WhenNot: "In a build stage that is thrown away, or with cache mounts on /var/lib/apt and /var/cache/apt (sharing=locked): there the lists are useful, and never reach the image.",
		Sources: []string{"apt-get(8), update and FILES", "https://docs.docker.com/build/building/best-practices/#apt-get"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			RUN apt-get update && apt-get install -y curl
			+ var/lib/apt/lists/x_Packages
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN apt-get update && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*",
		Miss: `
			COPY app /
			+ app
			RUN apt-get update
			+ srv/var/lib/apt/lists/x
			config {"Cmd": ["/app"]}`,
	},
}

// fixAptListsWithRisk is fixAptLists, and says what depends on the lists of an image that starts nothing
// by itself: others build on it, or work in it.
func fixAptListsWithRisk(f *model.Finding, b *rules.Build) *model.Fix {
	fix := fixAptLists(f, b)
	if fix != nil && fix.Before != nil && fix.Risk == "" && !b.RunsService() {
		fix.Risk = "An apt-get install in a container, or in an image built on this one, needs an apt-get update first."
	}
	return fix
}

// fixAptLists removes the lists in the RUN that fetched them; where later RUNs
// still install from them, those join it first.
func fixAptLists(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("apt's package lists")
	}
	made, ok := advice.Maker(f, b)
	if !ok || b.Parsed().Keyword(made) != "RUN" {
		return advice.Hint(model.Manual, "Leave /var/lib/apt/lists out of what you copy into the image.")
	}
	lists := b.Needs().AptLists(made)
	if lists.Unsure != "" {
		return advice.Hint(model.Manual, "Leave the package lists alone: "+lists.Unsure+".")
	}
	hid, hidden := advice.Hider(f, b)
	hidden = hidden && b.Parsed().Keyword(hid) == "RUN"
	// Where the hiding RUN fetches lists of its own, it goes on doing so.
	if hidden && !b.Needs().FetchesLists(hid) && !rewrite.SetsUpArchive(b.Parsed().Text(hid)) {
		e, ok := advice.Join(b, made, hid, "")
		if ok && (strangers(b, made, hid) || !advice.OneStep(b, made, hid)) && advice.ToleratesAbsence(f, b, hid) {
			ok = false // the rm can stay where it is
		}
		if ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that the package lists are removed in the same layer that fetched them.", b.Parsed().CountRuns(made, hid)))
		}
		if !advice.ToleratesAbsence(f, b, hid) {
			return advice.Hint(model.Manual, "Move the removal of /var/lib/apt/lists into the RUN that runs apt-get update, after the last apt-get install.")
		}
	}
	if why := guessesInstall(b, made, lists.Used); why != "" {
		return advice.Leave("Leave the package lists alone: " + why + " may install from them, and tare does not know that script.")
	}
	if text := b.Parsed().Text(made); lists.Used == made && fetchesOnly(b, made) {
		own := 0
		for i := range b.Parsed().All {
			if !b.Parsed().All[i].Inherited {
				own++
			}
		}
		if !hidden && (own == 1 || forPeople(b, made)) {
			return advice.Leave(forOthers)
		}
		return advice.Edit{Before: text}.Fix(model.SameRunCleanup, "Delete this RUN: no later instruction uses the package lists it fetches.")
	}
	if commands, ok := b.Parsed().Commands(made); ok && lists.Used == made && b.Parsed().PosixShell(made) {
		if fetchesAgain(commands) && forPeople(b, made) {
			return advice.Leave("Leave the package lists alone: the RUN fetches them once more behind its last install, so they are there for whoever installs something in the container.")
		}
		before := b.Parsed().Text(made)
		if after, ok := fetchingNothing(b, made, before, commands); ok && forPeople(b, made) {
			return advice.Leave(forOthers)
		} else if ok {
			return advice.Edit{Before: before, After: after}.Fix(model.SameRunCleanup, "Leave the update out of this RUN: nothing uses the package lists it fetches.")
		}
	}
	if strangers(b, made, lists.Used) || !advice.OneStep(b, made, lists.Used) {
		if e, ok := aptListsApart(f, b, made, lists.Used); ok {
			if !othersBetween(b, made, lists.Used) {
				return e.Fix(model.SameRunCleanup, "Fetch and remove the package lists in each RUN that installs packages.")
			}
			return e.Fix(model.SameRunCleanup, "Fetch and remove the package lists in each RUN that installs packages: the instructions between those RUNs do not need them.")
		}
	}
	e, why := advice.Clean(b, made, lists.Used, advice.RemoveAptLists)
	switch runs := b.Parsed().CountRuns(made, lists.Used); {
	case why == "" && lists.Used == made:
		return e.Fix(model.SameRunCleanup, "Remove the package lists at the end of the RUN that fetches them.")
	case why == "":
		return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fetch and use the package lists, and remove the lists at the end.", runs))
	default:
		if e, ok := aptListsApart(f, b, made, lists.Used); ok {
			if !othersBetween(b, made, lists.Used) {
				return e.Fix(model.SameRunCleanup, "Fetch and remove the package lists in each RUN that installs packages.")
			}
			return e.Fix(model.SameRunCleanup, "Fetch and remove the package lists in each RUN that installs packages: the instructions between those RUNs keep them from being joined.")
		}
	}
	if lists.Why != "" {
		return advice.Hint(model.Manual, "Run apt-get update, apt-get install and rm -rf /var/lib/apt/lists/* in one RUN instruction; as it is, "+strings.Replace(lists.Why, "may need it", "installs from the lists", 1)+".")
	}
	return advice.Hint(model.Manual, "Run apt-get update, apt-get install and rm -rf /var/lib/apt/lists/* in one RUN instruction ("+why+").")
}

// forOthers is said of package lists that no RUN installs from.
const forOthers = "Leave the package lists alone: nothing here installs from them, so they are there for whoever installs something in the container."

// fetchesAgain reports whether a RUN fetches package lists behind all that installs from them.
func fetchesAgain(commands []rewrite.Command) bool {
	installs, again := false, false
	for _, c := range commands {
		switch sub, _, is := c.Apt(); {
		case is && sub == "update":
			again = installs && !c.Conditional
		case c.NeedsLists():
			installs, again = true, false
		case c.Name() == "rm" || c.Name() == "find":
			again = false
		}
	}
	return again
}

// othersBetween reports whether anything but RUNs that use the package lists stands between two.
func othersBetween(b *rules.Build, from, to int) bool {
	for i := from + 1; i < to; i++ {
		if b.Parsed().Keyword(i) != "RUN" || !b.Needs().UsesLists(i) {
			return true
		}
	}
	return false
}

// forPeople reports whether the lists that a RUN fetches may be for people at work in a container:
// the image starts nothing by itself, and no RUN behind that one installs anything.
func forPeople(b *rules.Build, made int) bool {
	if b.RunsService() {
		return false
	}
	for i := made + 1; i < len(b.Parsed().All); i++ {
		if b.Parsed().Keyword(i) == "RUN" && b.Needs().UsesLists(i) {
			return false
		}
	}
	return true
}

// guessesInstall is the first command behind a RUN, up to another one, that may need its lists and
// that is not known. To put an update in front of it, or to join it and what stands between, would
// be for nothing where it installs nothing, or fetches lists itself.
func guessesInstall(b *rules.Build, made, used int) string {
	for i := made + 1; i <= used; i++ {
		if b.Parsed().Keyword(i) != "RUN" {
			continue
		}
		if why := b.Needs().GuessesInstall(i); why != "" {
			return why
		}
	}
	return ""
}

// installsLater reports whether a container, or a build on top of the image,
// installs from the lists that the image brings.
func installsLater(b *rules.Build) bool {
	if b == nil {
		return false
	}
	updates, may := false, false // an update happens, or may happen
	for _, c := range b.Program().Commands {
		sub, _, _ := c.Apt()
		updates, may = updates || sub == "update" && !c.Conditional, may || sub == "update"
		if (c.NeedsLists() || need.InstallsByItself(c)) && !updates && !(may && c.Conditional) {
			return true
		}
	}
	in := b.Parsed()
	for i := range in.All {
		if in.Keyword(i) == "ONBUILD" && in.CallsApt(i) && !strings.Contains(in.Text(i), "update") {
			return true
		}
	}
	return bringsPackages(b) || slices.ContainsFunc(b.Neighbours, func(n rules.Neighbour) bool { return n.Installs })
}

// installsFiles matches a dpkg that installs packages from files.
var installsFiles = lazyregexp.New(`\bdpkg\b[^&;|\n]*(?:\s-i|\s--install|\s--unpack|\s-R|\s--recursive)\b`)

// bringsPackages reports whether a COPY of the image's own brings packages that no RUN installs:
// whoever does so in a container needs lists for what they depend on.
func bringsPackages(b *rules.Build) bool {
	in := b.Parsed()
	for i := range in.All {
		copies, ok := in.Copy(i)
		if !ok || in.All[i].Inherited || !slices.ContainsFunc(copies.Sources, func(source string) bool { return strings.HasSuffix(source, ".deb") }) {
			continue
		}
		target, _ := copies.Target(in.WorkDir(i))
		used := false
		for k := i + 1; k < len(in.All); k++ {
			text := in.Text(k)
			used = used || in.Keyword(k) == "RUN" && (strings.Contains(text, ".deb") || installsFiles.MatchString(text) || target != "" && target != "/" && strings.Contains(text, target))
		}
		if !used {
			return true
		}
	}
	return false
}
