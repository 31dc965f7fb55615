package packages

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// BuildTools finds the packages of compilers, see package toolchain, and
// toolchains that were unpacked beside the package manager. Paths as the official
// images of Go, Rust, .NET and Java lay them out.
var BuildTools = rules.Rule{
	ID:    "build-tools",
	Group: rules.Packages,
	Title: "compilers and other build tools",
	Do:    "build in a separate stage",
	Why: "A toolchain is needed to build a program, not to run it: build-essential and its dependencies take 250 MB, Go's toolchain 200 MB, Rust's more than a gigabyte, a .NET SDK or JDK several hundred megabytes more than a runtime. " +
		"In an image built in a single stage they all stay, give an intruder more to work with, and cause security alerts of their own. Build in one stage, and copy the result into another that starts from a runtime image. " +
		"This rule counts compilers and their tools, headers (-dev, -devel) and the packages that only those need, unless a package that stays depends on them, the base image brought them, or the image is meant for building. " +
		"A library that came with its -dev package does not count: a program compiled here may use it.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Owns:        ownsBuildTools,
	Paths: []string{"usr/local/go/**", "usr/lib/go/**", "usr/local/rustup/**", "~/.rustup/**", "$RUSTUP_HOME/**", "usr/share/dotnet/sdk/**", "usr/lib/dotnet/sdk/**",
		"usr/lib/jvm/*/jmods/**", "usr/lib/jvm/*/lib/src.zip", "opt/java/openjdk/jmods/**", "opt/java/openjdk/lib/src.zip", "usr/local/openjdk-*/jmods/**",
		"usr/local/openjdk-*/lib/src.zip", "usr/java/*/jmods/**", "usr/java/*/lib/src.zip", "usr/local/cuda*/lib64/*_static.a", "usr/local/cuda*/targets/*/lib/*_static.a"},
	Tools: slices.Concat(advice.GoRunners, []string{"gofmt", "gopls", "cargo", "rustc", "rustup", "dotnet run", "dotnet build", "dotnet test", "dotnet watch", "javac", "jlink", "jshell",
		"nvcc", "make", "mvn", "gradle", "gcc", "g++", "cc", "c++", "clang", "cmake", "ninja", "meson"}),
	Unless: advice.BuildsThings,
	Fix:    fixBuildTools,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint du IMAGE -sh /usr/local/go /usr/local/rustup /usr/share/dotnet/sdk\ndocker run --rm --entrypoint dpkg-query IMAGE -Wf '${Installed-Size}\\t${Package}\\n' '*-dev' 'gcc*' 'g++*' 'cpp*' 'binutils*' make",
		Before:  "FROM debian:stable-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*\nCOPY src /src\nRUN make -C /src install PREFIX=/usr/local\nCMD [\"app\"]",
		After:   "FROM debian:stable-slim AS build\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*\nCOPY src /src\nRUN make -C /src install PREFIX=/usr/local\nFROM debian:stable-slim\nCOPY --from=build /usr/local/bin/app /usr/local/bin/\nCMD [\"app\"]",
		WhenNot: "In an image meant for building, and where the program calls the compiler at run time: Numba with a C library, torch.compile, R packages installed later, Perl's Inline. A program that looks for libfoo.so rather than libfoo.so.1 at run time needs the link in the -dev package. A Go program that uses time zones may read them from /usr/local/go/lib/time: import time/tzdata, or install tzdata. tare fix writes the second stage if no part of it is a guess, and --strategy multi-stage wherever it can work one out; build and test it before you keep it.",
		Sources: []string{"https://docs.docker.com/build/building/multi-stage/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ usr/local/go/bin/go
			+ app
			config {"Cmd": ["/app"]}`,
		Miss: `
			RUN make
			+ usr/local/go/bin/go
			config {"Cmd": ["go", "test"]}`,
	},
}

// fixBuildTools proposes a stage of its own: no edit of one instruction takes a
// toolchain out of what is built with it. Where nothing is built with it, one does.
func fixBuildTools(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Hint(model.MultiStage, "Name the stage that builds (FROM … AS build), and COPY --from=build only the program into a second stage that starts from a runtime image: the toolchain then stays behind.")
	}
	made, ok := advice.Maker(f, b)
	if ok && (b.Parsed().Keyword(made) == "COPY" || b.Parsed().Keyword(made) == "ADD") {
		return advice.Hint(model.MultiStage, "Copy the toolchain into a build stage only, and COPY --from that stage only the program it builds.")
	}
	if ok && len(f.Packages) > 0 {
		if fix := withoutBuilding(f, b, made); fix != nil {
			return fix
		}
	}
	summary := "Install the toolchain in a build stage, and COPY --from that stage only the program it builds."
	if plain := b.NpmStart(); plain != nil && slices.Contains(f.Packages, "npm") {
		summary += " The container needs no npm if it starts " + strings.Join(plain, " ") + " directly."
	}
	return advice.Hint(model.MultiStage, summary)
}

// withoutBuilding is the edit for tools that build nothing here: a runtime in place of a
// development kit, or a package manager that nothing calls and that leaves the install. It
// is nil where that does not hold for all of a finding's packages.
func withoutBuilding(f *model.Finding, b *rules.Build, made int) *model.Fix {
	covers := func(goes []int) bool {
		names := make(map[string]bool)
		for _, i := range goes {
			names[b.Packages[i].Name] = true
		}
		return !slices.ContainsFunc(f.Packages, func(name string) bool { return !names[name] })
	}
	for _, s := range smallerIn(b, made) {
		if covers(s.Goes) {
			return fixSmallerVariant(f, b)
		}
	}
	all := installs.FindIdleManagers(b)
	at := slices.IndexFunc(all, func(idle installs.Idle) bool { return idle.Made == made })
	if at < 0 || !covers(all[at].Goes) {
		return nil
	}
	after, ok := withoutIdle(b, &all[at])
	if !ok {
		return nil
	}
	fix := advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, idleSummary(&all[at]))
	fix.Risk = "A program that calls one of them fails."
	return fix
}

// ownsBuildTools returns a function that reports whether a package is a build tool
// that the image's own instructions installed.
func ownsBuildTools(b *rules.Build) func(p *model.Package) bool {
	var needs [][]int32
	if b.Tree != nil {
		needs = b.Tree.Needs
	}
	tools := make(map[*model.Package]bool)
	program := b.Program()
	npmOnlyStarts := b.NpmStart() != nil && slices.ContainsFunc(b.Packages, func(p model.Package) bool { return p.Manager == "dpkg" && p.Name == "npm" })
	set := toolchain.FindFor(b.Packages, needs, func(name string) bool {
		if name == "npm" && npmOnlyStarts {
			return false
		}
		return program.StartsOthers() || program.Runs(name) || name == "npm" && program.Runs("npx") || name == "yarnpkg" && (program.Runs("yarn") || program.Runs("yarnpkg"))
	})
	for i := range b.Packages {
		if set.Tool(i) {
			tools[&b.Packages[i]] = true
		}
	}
	for _, idle := range installs.FindIdleManagers(b) {
		for _, i := range idle.Goes {
			tools[&b.Packages[i]] = true
		}
	}
	return func(p *model.Package) bool {
		if p.Layer < 0 || p.Layer >= len(b.Layers) || b.Layers[p.Layer].Inherited {
			return false
		}
		if p.Manager == "dpkg" && (p.Reason == "orphan" || p.Reason == "suggested") {
			return false // orphaned-packages says what to do about those
		}
		return tools[p]
	}
}
