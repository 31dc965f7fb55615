package packages

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Rules that judge the package database of the finished image: they hold the
// visible files of packages by the reason why each is installed.

// AptRecommends: apt_preferences and apt-get(8), --no-install-recommends.
var AptRecommends = rules.Rule{
	ID:    "apt-recommends",
	Group: rules.Packages,
	Title: "packages installed because others recommend them",
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

// DnfWeakDeps: dnf5(8), install_weak_deps.
var DnfWeakDeps = rules.Rule{
	ID:    "dnf-weak-deps",
	Group: rules.Packages,
	Title: "packages installed as weak dependencies",
	Why: "dnf installs the weak dependencies of a package (Recommends and Supplements) along with what it needs, and writes down that this is why they are there. " +
		"Nothing that was asked for needs them, and most of them only make sense on a system that people log in to.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Owns: func(*rules.Build) func(*model.Package) bool {
		return func(p *model.Package) bool { return p.Manager == "rpm" && p.Reason == "recommended" }
	},
	Fix: func(f *model.Finding, b *rules.Build) *model.Fix {
		if f.Inherited {
			return advice.Inherited("packages that are only weak dependencies")
		}
		const flag = "--setopt=install_weak_deps=False"
		if made, ok := advice.Maker(f, b); ok && b.Parsed().Keyword(made) == "RUN" && b.Parsed().PosixShell(made) {
			after, ok := rewrite.AddFlag(b.Parsed().Text(made), flag, func(c rewrite.Command) int {
				if !slices.Contains([]string{"dnf", "dnf5", "microdnf", "yum"}, c.Name()) || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return w.Text == flag }) {
					return -1
				}
				return slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" })
			})
			if ok {
				return advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, "Install without weak dependencies, and name those that the program needs.")
			}
		}
		return advice.Hint(model.Manual, "Give dnf install "+flag+" where they come in, and name those that the program needs.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE dnf repoquery --installed --qf '%{name} %{reason}' | grep -i weak",
		Before:  "RUN dnf -y install git",
		After:   "RUN dnf -y install --setopt=install_weak_deps=False git",
		WhenNot: "Where the program uses one of them: name it in the install, and it stays.",
		Sources: []string{"dnf5.conf(5), install_weak_deps"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN dnf -y install hello
			+ opt/big/a/file-1
			+ opt/big/a/file-10
			+ rpm Weak Dependency
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN dnf -y install --setopt=install_weak_deps=False hello",
		Miss: `
			RUN dnf -y install hello
			+ opt/big/a/file-1
			+ opt/big/a/file-10
			+ rpm Dependency
			config {"Cmd": ["/app"]}`,
	},
}

// OrphanedPackages: apt-get(8), autoremove.
var OrphanedPackages = rules.Rule{
	ID:    "orphaned-packages",
	Group: rules.Packages,
	Title: "packages that nothing needs any more",
	Why: "A package that was installed for another's sake stays when the other is removed. apt calls such packages automatically installed and no longer required, and would remove them on autoremove. " +
		"They are usually what a build dependency brought, left behind by an apt-get remove without --auto-remove.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Owns: func(*rules.Build) func(*model.Package) bool {
		return func(p *model.Package) bool {
			return p.Manager == "dpkg" && (p.Reason == "orphan" || p.Reason == "suggested")
		}
	},
	Fix: func(f *model.Finding, b *rules.Build) *model.Fix {
		if f.Inherited {
			return advice.Inherited("packages that nothing needs")
		}
		return advice.Hint(model.Manual, "Remove what they were installed for with apt-get purge --auto-remove in the RUN that installed it, or name in an install what is needed.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s autoremove",
		Before:  "RUN apt-get update && apt-get install -y gcc && make && apt-get remove -y gcc",
		After:   "RUN apt-get update && apt-get install -y gcc && make && apt-get purge -y --auto-remove gcc",
		WhenNot: "Where a program uses the package although no other package says so: install it by name, and it is no orphan.",
		Sources: []string{"apt-get(8), autoremove"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update && apt-get remove -y other
			+ opt/pip
			+ opt/gcc
			+ dpkg pip manual
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`,
		Miss: `
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ opt/gcc
			+ dpkg pip manual Depends: gcc
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`,
	},
}
