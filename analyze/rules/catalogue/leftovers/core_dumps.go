package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// CoreDumps follows core(5), "Naming of core dump files"; coredump.conf(5); java(1),
// -XX:ErrorFile.
var CoreDumps = advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "core-dumps",
		Title: "core dumps and crash reports",
		Why: "When a program crashes during a build, the system or the runtime writes its memory to a file: core, core.1234, hs_err_pid1234.log, or something in /var/crash. Such a file can take gigabytes, and it holds whatever " +
			"the program had in memory, secrets included. It shows that something failed and was retried; the image has no use for it.",
		Confidence: model.Likely,
		Paths: []string{"core", "~/core", "core.#", "**/core.#", "**/vgcore.#", "var/crash/**", "var/lib/systemd/coredump/**", "var/lib/apport/coredump/**",
			"**/hs_err_pid*.log", "**/*.hprof"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -type f '(' -name 'core.[0-9]*' -o -name 'hs_err_pid*' ')'",
			Before:  "RUN make test || make test",
			After:   "RUN ulimit -c 0 && (make test || make test)",
			WhenNot: "In an image made to investigate that very crash.",
			Sources: []string{"core(5)", "coredump.conf(5)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make test
				+ src/core.1234
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN make test \\\n    && rm -rf /src/core.1234",
			Miss: `
				COPY app /
				+ app
				RUN make test
				+ src/core.js
				+ src/core.2.js
				+ src/core
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "core dumps", Exact: true,
})
