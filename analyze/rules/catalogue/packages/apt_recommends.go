package packages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/model"
)

// AptRecommends follows apt_preferences and apt-get(8), --no-install-recommends.
var AptRecommends = rules.Rule{
	ID:    "apt-recommends",
	Group: rules.Packages,
	Title: "packages that others only recommend",
	Do:    "install without recommended packages",
	Why: "apt installs what a package recommends along with what it needs. On a desktop that is helpful; in an image it adds compilers, documentation viewers and fonts that nothing will ever use: " +
		"python3-pip recommends build-essential, which brings a C compiler. tare follows dependencies as apt does: these packages were only recommended, and nothing you asked for needs them.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Owns: func(*rules.Build) func(*model.Package) bool {
		return func(p *model.Package) bool { return p.Manager == "dpkg" && p.Reason == "recommended" }
	},
	Fix: fixAptRecommends,
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false autoremove",
		Before:  "RUN apt-get update && apt-get install -y curl python3-pip",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends curl python3-pip ca-certificates",
		WhenNot: "Where the program does use a recommended package. tare fix names in the install those that later commands, scripts and the container use, and those without which a package you asked for is useless (gcc needs libc6-dev, curl needs ca-certificates). Add any others you need by name, and they stay. tare fix also keeps the libraries that programs from outside any package are linked with. It cannot see a library that interpreted code loads by name.",
		Sources: []string{"apt-get(8), --no-install-recommends", "analyze/rules/installs/pairs.go, the table of known pairs, each with its source", "https://www.debian.org/doc/debian-policy/ch-relationships.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ opt/gcc
			+ dpkg pip manual Recommends: gcc
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN apt-get update && apt-get install -y --no-install-recommends pip",
		Miss: `
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ opt/gcc
			+ dpkg pip manual Depends: gcc
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`,
	},
}

// fixAptRecommends adds the flag to the very install that brought them, and names there
// what the build or the program needs of them.
func fixAptRecommends(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("packages that others only recommend")
	}
	made, ok := advice.Maker(f, b)
	if !ok || b.Parsed().Keyword(made) != "RUN" || !b.Parsed().PosixShell(made) || f.Layer == nil {
		return advice.Hint(model.Manual, recommendation(f, b)+"Pass --no-install-recommends to the apt-get install that brings them in, and name the ones the program needs.")
	}
	commands, ok := b.Parsed().Commands(made)
	if !ok || !slices.ContainsFunc(commands, installs.Installs) {
		return advice.Hint(model.Manual, recommendation(f, b)+"Pass --no-install-recommends to the apt-get install that brings them in, and name the ones the program needs.")
	}
	if slices.ContainsFunc(commands, installs.Asks) {
		return advice.Hint(model.Manual, recommendation(f, b)+"The install asks for recommended packages; name the ones the program needs instead.")
	}
	if at := installs.Configured(b, made); at >= 0 {
		return advice.Hint(model.Manual, recommendation(f, b)+"The Dockerfile configures apt to install recommended packages; remove that, and name the ones the program needs.")
	}
	needs := installs.Needed(b, made, *f.Layer, commands)
	if needs.Unsure != "" {
		return advice.Hint(model.Manual, recommendation(f, b)+"Leave it as it is, or try --no-install-recommends: "+needs.Unsure+".")
	}
	return omitRecommended(f, b, made, needs)
}

// omitRecommended writes the edit of an install, once it is known what it has to name.
func omitRecommended(f *model.Finding, b *rules.Build, made int, needs installs.Needs) *model.Fix {
	before, after, why := omitFrom(b, made, &needs)
	switch {
	case why != "":
		return advice.Hint(model.Manual, recommendation(f, b)+"Leave it as it is, or try --no-install-recommends: "+why+".")
	case after == "" && f.Fix != nil && f.Fix.After != nil && installs.Omitted(before):
		after = before // an edit for another finding has done it
	case after == "":
		return advice.Hint(model.Manual, recommendation(f, b)+"Pass --no-install-recommends to the apt-get install that brings them in, and name "+nameOr(needs.Kept, "the ones the program needs")+".")
	}
	fix := advice.Edit{Before: before, After: after}.Fix(model.Flag, summary(f, b, needs))
	for _, k := range needs.Kept {
		fix.Keeps = append(fix.Keeps, k.Name)
	}
	fix.Guess, fix.Guessed = needs.Guess(), needs.Guessed()
	fix.Stays, fix.StayBytes = needs.Stays, min(needs.Bytes, f.Bytes)
	if fix.StayBytes == f.Bytes && len(needs.Stays) > 0 {
		fix.Leave = true
	} else {
		fix.Risk = "A program that needs one of them will fail; if so, add that package to the install."
	}
	return fix
}

// maxSpan is how many instructions one edit may span.
const maxSpan = 30

// omitFrom writes the edit of an install, and of the later ones that would bring again
// what it leaves out. The edited text is "" where the RUN cannot be edited; why is the
// reason where a later one cannot. What the later ones name of it is added to the needs.
func omitFrom(b *rules.Build, made int, needs *installs.Needs) (before, after, why string) {
	in := b.Parsed()
	before = in.Text(made)
	edited, ok := installs.Omit(before, *needs)
	if !ok || len(needs.Again) == 0 {
		return before, edited, ""
	}
	last := needs.Again[len(needs.Again)-1]
	if last-made >= maxSpan {
		return before, "", "a much later RUN also installs something that recommends them"
	}
	texts := []string{edited}
	for i := made + 1; i <= last; i++ {
		text := in.Text(i)
		if slices.Contains(needs.Again, i) {
			if text, ok = omitAgain(b, i, needs); !ok {
				return before, "", "a later RUN also installs something that recommends them"
			}
		}
		texts = append(texts, text)
	}
	return strings.Join(in.Texts(made, last), "\n"), strings.Join(texts, "\n"), ""
}

// omitAgain edits a later install. What it brings itself may have to be named there, and
// so may what it would have brought had the first one not.
func omitAgain(b *rules.Build, at int, first *installs.Needs) (string, bool) {
	commands, ok := b.Parsed().Commands(at)
	layer := slices.IndexFunc(b.Layers, func(l model.Layer) bool { return l.Instruction != nil && *l.Instruction == at })
	if !ok || layer < 0 || !b.Parsed().PosixShell(at) {
		return "", false
	}
	needs := installs.Needed(b, at, layer, commands, first.Leaves...)
	if needs.Unsure != "" {
		return "", false
	}
	edited, ok := installs.Omit(b.Parsed().Text(at), needs)
	if !ok {
		return "", false
	}
	first.StaysWith(b, &needs)
	for _, k := range needs.Kept { // the change says all that it names
		if !slices.ContainsFunc(first.Kept, func(other installs.Kept) bool { return other.Name == k.Name }) {
			first.Kept = append(first.Kept, k)
		}
	}
	return edited, true
}

// summary says what an edit does, what it keeps and why, and which way the largest of
// the packages came that go.
func summary(f *model.Finding, b *rules.Build, needs installs.Needs) string {
	if len(needs.Kept) == 0 {
		return recommendation(f, b) + "Install without recommended packages."
	}
	keeps := fmt.Sprintf("%s (%s): %s", nameOr(needs.Kept, ""), installs.Megabytes(needs.Bytes), reasons(needs.Kept))
	if needs.Bytes >= f.Bytes {
		return "Nothing to save, since the recommended packages are needed: " + keeps + "."
	}
	return recommendation(f, b) + "Install without recommended packages, and keep " + keeps + "."
}

// maxReasons is how many reasons a sentence gives.
const maxReasons = 2

// reasons says why packages are kept: the commonest reason first, then another with the
// packages that it is of.
func reasons(kept []installs.Kept) string {
	var all []string
	of := make(map[string][]installs.Kept)
	for _, k := range kept {
		if of[k.Why] == nil {
			all = append(all, k.Why)
		}
		of[k.Why] = append(of[k.Why], k)
	}
	slices.SortStableFunc(all, func(a, b string) int { return len(of[b]) - len(of[a]) })
	var parts []string
	for i, why := range all[:min(len(all), maxReasons)] {
		if i > 0 {
			why = nameOr(of[why], "") + ": " + why
		}
		parts = append(parts, why)
	}
	return strings.Join(parts, "; ")
}

// nameOr lists packages for a sentence.
func nameOr(kept []installs.Kept, otherwise string) string {
	if len(kept) == 0 {
		return otherwise
	}
	var names []string
	for _, k := range kept {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// recommendation says on which way the largest package of a finding came, from what was
// asked for: "npm → build-essential → g++.".
func recommendation(f *model.Finding, b *rules.Build) string {
	if len(f.Packages) == 0 {
		return ""
	}
	chain := installs.Chain(b, f.Packages[0])
	if len(chain) < 2 {
		return ""
	}
	if len(chain) == 2 {
		return fmt.Sprintf("%s recommends %s. ", chain[0], chain[1])
	}
	return fmt.Sprintf("%s came in through %s. ", f.Packages[0], strings.Join(chain, " → "))
}
