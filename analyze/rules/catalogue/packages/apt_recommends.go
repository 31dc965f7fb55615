package packages

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// AptRecommends follows apt_preferences and apt-get(8), --no-install-recommends.
var AptRecommends = rules.Rule{
	ID:    "apt-recommends",
	Group: rules.Packages,
	Title: "packages installed because others recommend them",
	Do:    "install without recommended packages",
	Why: "apt installs what a package recommends along with what it needs. On a desktop that is kind; in an image it brings compilers, documentation viewers and fonts that nothing there will call: " +
		"python3-pip recommends build-essential, and with it comes a C compiler. tare follows the dependencies as apt does: these packages are here for a recommendation, and nothing that was asked for needs them.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Owns: func(*rules.Build) func(*model.Package) bool {
		return func(p *model.Package) bool { return p.Manager == "dpkg" && p.Reason == "recommended" }
	},
	Fix: fixAptRecommends,
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false autoremove",
		Before:  "RUN apt-get update && apt-get install -y python3-pip",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip",
		WhenNot: "Where the program does use a recommended package (certificates are the usual one: name ca-certificates in the install). Name what you need; then it stays, and the rest goes.",
		Sources: []string{"apt-get(8), --no-install-recommends", "https://www.debian.org/doc/debian-policy/ch-relationships.html"},
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

// fixAptRecommends adds the flag to the very install that brought them.
func fixAptRecommends(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("packages that others only recommend")
	}
	because := recommendation(f, b)
	made, ok := advice.Maker(f, b)
	if ok && b.Parsed().Keyword(made) == "RUN" && b.Parsed().PosixShell(made) {
		after, ok := rewrite.AddFlag(b.Parsed().Text(made), "--no-install-recommends", func(c rewrite.Command) int {
			sub, _, ok := c.Apt()
			if !ok || sub != "install" || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "--no-install-recommends" }) {
				return -1
			}
			at := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" })
			for at+1 < len(c.Words) && (c.Words[at+1].Text == "-y" || c.Words[at+1].Text == "--yes") {
				at++
			}
			return at
		})
		if ok {
			return advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, because+"Install without recommended packages, and name those that the program needs.")
		}
	}
	return advice.Hint(model.Manual, because+"Give apt-get install --no-install-recommends where they come in, and name those that the program needs.")
}

// recommendation says who recommends the largest package of a finding.
func recommendation(f *model.Finding, b *rules.Build) string {
	if len(f.Packages) == 0 {
		return ""
	}
	for i := range b.Packages {
		p := &b.Packages[i]
		if p.Name != f.Packages[0] || len(p.RecommendedBy) == 0 {
			continue
		}
		if p.Via != "" && p.Via != p.Name {
			return fmt.Sprintf("%s recommends %s, which brings %s. ", p.RecommendedBy[0], p.Via, p.Name)
		}
		return fmt.Sprintf("%s recommends %s. ", p.RecommendedBy[0], p.Name)
	}
	return ""
}
