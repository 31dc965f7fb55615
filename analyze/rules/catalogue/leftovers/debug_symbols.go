package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// DebugSymbols follows GDB's manual, "Debugging Information in Separate Files".
var DebugSymbols = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "debug-symbols",
		Title: "debug symbols",
		Why: "Debug symbols map machine code to source lines and variable names. They are often larger than the program, in separate files under /usr/lib/debug or beside it. Only a debugger " +
			"or a profiler loads them, and it can get them from a symbol server or a separate debug image instead.",
		Confidence: model.Possible,
		Paths:      []string{"usr/lib/debug/**", "usr/src/debug/**", "**/*.debug", "**/*.dbg", "**/*.dSYM/**", "**/*.pdb", "**/*.dwp"},
		Tools:      []string{"gdb", "lldb"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /usr/lib/debug; find / -xdev -name \"*.debug\"'",
			Before:  "RUN make install",
			After:   "RUN make install-strip",
			WhenNot: "Where crashes are debugged inside the container, or a profiler runs there. .NET reads .pdb files for the line numbers in stack traces.",
			Sources: []string{"https://sourceware.org/gdb/current/onlinedocs/gdb.html/Separate-Debug-Files.html", "strip(1)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make
				+ usr/lib/debug/.build-id/00/a.debug
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN make
				+ usr/bin/debug
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "debug symbols",
}, "Strip the program during the build, and keep its symbols on a symbol server or in a debug image.")
