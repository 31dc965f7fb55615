package packages

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// OrphanedPackages follows apt-get(8), autoremove.
var OrphanedPackages = rules.Rule{
	ID:    "orphaned-packages",
	Group: rules.Packages,
	Title: "packages that nothing needs any more",
	Do:    "remove packages that nothing needs any more",
	Why: "A package that was installed as a dependency of another stays when that other package is removed. apt lists such packages as \"automatically installed and no longer required\", and autoremove would remove them. " +
		"They usually came with a build dependency and were left behind by an apt-get remove without --auto-remove.",
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
		return advice.Hint(model.Manual, "Remove the package they were installed for with apt-get purge --auto-remove in the RUN that installed it, or install by name the ones you need.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s autoremove",
		Before:  "RUN apt-get update && apt-get install -y gcc && make && apt-get remove -y gcc",
		After:   "RUN apt-get update && apt-get install -y gcc && make && apt-get purge -y --auto-remove gcc",
		WhenNot: "Where a program uses the package although no other package depends on it: install it by name, and it is no longer an orphan.",
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
