package packages

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// DnfWeakDeps follows dnf5(8), install_weak_deps.
var DnfWeakDeps = rules.Rule{
	ID:    "dnf-weak-deps",
	Group: rules.Packages,
	Title: "packages installed as weak dependencies",
	Do:    "install without weak dependencies",
	Why: "dnf installs the weak dependencies of a package (Recommends and Supplements) along with what it needs, and records that this is why they were installed. " +
		"Nothing you asked for needs them, and most of them only make sense on a system that people log in to.",
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
				return advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, "Install without weak dependencies, and name the ones the program needs.")
			}
		}
		return advice.Hint(model.Manual, "Pass "+flag+" to the dnf install that brings them in, and name the ones the program needs.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE dnf repoquery --installed --qf '%{name} %{reason}' | grep -i weak",
		Before:  "RUN dnf -y install git",
		After:   "RUN dnf -y install --setopt=install_weak_deps=False git",
		WhenNot: "Where the program uses one of them: add it to the install by name, and it stays.",
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
