package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// StaticLibraries follows ar(1); the Debian Policy Manual, section 8.3.
var StaticLibraries = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "static-libraries",
		Title: "static libraries",
		Why: "A .a file holds compiled code for the linker, which copies the parts a program needs into the program. A running program has its own copy or uses the shared library (.so); it never opens the .a. Static libraries " +
			"come with -dev packages and toolchains, and CUDA's take gigabytes. An image that compiles nothing has no use for them.",
		Confidence: model.Possible,
		Paths:      []string{"**/*.a", "**/*.la"},
		Unless:     advice.BuildsThings,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -name '*.a' -size +100k",
			Before:  "RUN apt-get update && apt-get install -y libssl-dev",
			After:   "FROM debian:stable AS build\nRUN apt-get update && apt-get install -y libssl-dev\n…\nFROM debian:stable-slim\nCOPY --from=build /app /app",
			WhenNot: "In an image that links programs, such as the base of a build stage.",
			Sources: []string{"ar(1)", "https://www.debian.org/doc/debian-policy/ch-sharedlibs.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/lib/liba.a
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/lib/liba.so
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "static libraries",
}, "Link in a build stage and copy the program into the final one; at run time only shared libraries are needed.")
