package leftovers

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Logs follows FHS 3.0, section 5.10, /var/log.
var Logs = withoutLoginLogs(advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "logs",
		Title: "log files from the build",
		Why: "Package managers, installers and services that start during a build write logs, mostly to /var/log. They are about the build, not the container, and anyone who wants them has the build's own " +
			"output. A special case is useradd with a huge user ID: it extends the empty logs lastlog and faillog up to that ID. They are sparse on disk, but a tar stores every zero in them.",
		Confidence: model.Likely,
		Paths:      []string{"var/log/**", "**/npm-debug.log", "**/yarn-error.log", "**/yarn-debug.log", "~/.pnpm-debug.log"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE /var/log -type f -size +0",
			Before:  "RUN apt-get update && apt-get install -y nginx",
			After:   "RUN apt-get update && apt-get install -y nginx \\\n    && rm -rf /var/log/dpkg.log /var/log/apt/*",
			WhenNot: "Where a program refuses to start without its log file. Remove the files and keep the directories: many services do not create their own.",
			Sources: []string{"https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s10.html", "useradd(8), --no-log-init"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN useradd -u 2000000000 a
				+ var/log/lastlog
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN useradd --no-log-init -u 2000000000 a",
			Miss: `
				COPY app /
				+ app
				RUN useradd a
				+ srv/var/log/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "log files", Exact: true,
}))

// withoutLoginLogs gives useradd the flag that keeps it from writing lastlog, where
// nothing but the login logs was found.
func withoutLoginLogs(r rules.Rule) rules.Rule {
	general := r.Fix
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		sparse := len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(p string) bool { return p != "var/log/lastlog" && p != "var/log/faillog" })
		if made, ok := advice.Maker(f, b); ok && sparse && b.Parsed().Keyword(made) == "RUN" && b.Parsed().PosixShell(made) {
			if after, ok := rewrite.AddFlag(b.Parsed().Text(made), "--no-log-init", afterUseradd); ok {
				return advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, "Pass --no-log-init to useradd, so that it does not extend the login logs up to the new user ID.")
			}
		}
		return general(f, b)
	}
	return r
}

// afterUseradd finds the place for the flag, unless the command has it.
func afterUseradd(c rewrite.Command) int {
	if c.Name() != "useradd" || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "-l" || w.Text == "--no-log-init" }) {
		return -1
	}
	return 0
}
