package caches

import (
	"slices"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// CargoCache follows The Cargo Book, "Cargo Home" and "Build Cache".
var CargoCache = unlessStandIn(advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "cargo-cache",
		Title: "Cargo registry and build directory",
		Why: "Cargo keeps the index of its registry, the archive of each crate and its unpacked source under its home directory, and every intermediate file of a build under target: even a small program easily leaves a gigabyte. " +
			"What runs is a single executable. Build it in a stage of its own and copy only the executable, and none of this reaches the image.",
		Confidence: model.Likely,
		Paths: []string{"usr/local/cargo/registry/**", "usr/local/cargo/git/**", "~/.cargo/registry/**", "~/.cargo/git/**", "$CARGO_HOME/registry/**", "$CARGO_HOME/git/**",
			"**/target/release/deps/**", "**/target/release/build/**", "**/target/release/.fingerprint/**", "**/target/release/incremental/**",
			"**/target/debug/deps/**", "**/target/debug/build/**", "**/target/debug/.fingerprint/**", "**/target/debug/incremental/**",
			"**/target/*/release/deps/**", "**/target/*/release/build/**", "**/target/*/release/.fingerprint/**"},
		ProgramDirs: []string{"**/target/**"},
		Tools:       []string{"cargo"},
		Mounts:      []string{"/usr/local/cargo/registry", "/usr/local/cargo/git/db"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /usr/local/cargo/registry; find / -xdev -type d -path \"*/target/release/deps\"'",
			Before:  "FROM rust:1\nCOPY . .\nRUN cargo install --path .\nCMD [\"app\"]",
			After:   "FROM rust:1 AS build\nCOPY . .\nRUN cargo install --path .\nFROM debian:stable-slim\nCOPY --from=build /usr/local/cargo/bin/app /usr/local/bin/\nCMD [\"app\"]",
			WhenNot: "Where the entry point or a script runs a program from target, or the image is meant for building Rust programs.",
			Sources: []string{"https://doc.rust-lang.org/cargo/guide/cargo-home.html", "https://doc.rust-lang.org/cargo/reference/build-cache.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN cargo build --release
				+ usr/local/cargo/registry/src/a.rs
				+ src/target/release/deps/a.rlib
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN cargo build --release \\\n    && rm -rf /src/target/release/deps /usr/local/cargo/registry",
			Miss: `
				COPY app /
				+ app
				RUN cargo install a
				+ usr/local/cargo/bin/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Cargo's registry and build files", Users: []string{"cargo", "rustup", "make"}, Provides: providesCrates, Builds: buildsWithCargo,
}))

// unlessStandIn leaves what Cargo built alone where the RUN builds from stand-in sources, so that
// nothing but dependencies comes of it, for a build that follows.
func unlessStandIn(r rules.Rule) rules.Rule {
	general := r.Fix
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		fix := general(f, b)
		made, ok := advice.Maker(f, b)
		if fix == nil || fix.After == nil || f.Inherited || !ok {
			return fix
		}
		commands, _ := b.Parsed().Commands(made)
		if slices.ContainsFunc(commands, buildsWithCargo) && standsIn.MatchString(b.Parsed().Text(made)) {
			return advice.Leave("Leave Cargo's registry and build files alone: the RUN builds dependencies only, from stand-in sources, for a build that comes later.")
		}
		return fix
	}
	return r
}

// standsIn matches the making of a source file of Rust that stands in for the real one.
var standsIn = lazyregexp.New(`(?:echo|printf)\b[^|;&]*>>?\s*\S*(?:main|lib)\.rs\b|\btouch\b[^|;&]*(?:main|lib)\.rs\b`)

// buildsWithCargo reports whether a command builds the project at hand, and installs no program.
func buildsWithCargo(c rewrite.Command) bool {
	args := advice.Operands(c)
	return c.Name() == "cargo" && len(args) > 0 && slices.Contains([]string{"build", "b", "check", "c", "test", "t", "clippy", "bench"}, args[0])
}

// providesCrates reports whether a command of Cargo downloads crates and builds no
// program.
func providesCrates(c rewrite.Command) bool {
	args := advice.Operands(c)
	if c.Name() != "cargo" || len(args) == 0 {
		return false
	}
	return args[0] == "fetch" || args[0] == "vendor" || args[0] == "update" || args[0] == "generate-lockfile" || args[0] == "chef" && len(args) > 1 && args[1] == "cook"
}
