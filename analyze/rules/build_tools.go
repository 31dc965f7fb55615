package rules

import (
	"path"
	"slices"

	"github.com/tare-oci/tare/model"
)

// buildTools finds toolchains that were unpacked beside the package manager.
// Paths as the official images of Go, Rust, .NET and Java lay them out.
var buildTools = Rule{
	ID:    "build-tools",
	Group: Packages,
	Title: "compilers and software development kits",
	Why: "A toolchain is needed to build a program and not to run it: Go's is 200 MB, Rust's more than a gigabyte, a .NET SDK or JDK several hundred megabytes beyond what a runtime needs. They stay in an image that is " +
		"built in one stage, widen what an intruder can do, and bring security reports of their own. Build in one stage, and copy the result into another that starts from a runtime image.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Paths: []string{"usr/local/go/**", "usr/lib/go/**", "usr/local/rustup/**", "~/.rustup/**", "$RUSTUP_HOME/**", "usr/share/dotnet/sdk/**", "usr/lib/dotnet/sdk/**",
		"usr/lib/jvm/*/jmods/**", "usr/lib/jvm/*/lib/src.zip", "opt/java/openjdk/jmods/**", "opt/java/openjdk/lib/src.zip", "usr/local/openjdk-*/jmods/**",
		"usr/local/openjdk-*/lib/src.zip", "usr/java/*/jmods/**", "usr/java/*/lib/src.zip", "usr/local/cuda*/lib64/*_static.a", "usr/local/cuda*/targets/*/lib/*_static.a"},
	Tools: []string{"go", "gofmt", "gopls", "air", "dlv", "cargo", "rustc", "rustup", "dotnet run", "dotnet build", "dotnet test", "dotnet watch", "javac", "jlink", "jshell",
		"nvcc", "make", "mvn", "gradle"},
	Unless: isToolchain,
	Fix:    fixBuildTools,
	Lesson: Lesson{
		See:     "docker run --rm --entrypoint du IMAGE -sh /usr/local/go /usr/local/rustup /usr/share/dotnet/sdk",
		Before:  "FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\nCMD [\"/app\"]",
		After:   "FROM golang:1.25 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM gcr.io/distroless/static\nCOPY --from=build /app /app\nCMD [\"/app\"]",
		WhenNot: "In an image whose purpose is building, and where the program calls the compiler while it runs. A Go program that knows time zones may read them from /usr/local/go/lib/time: import time/tzdata, or install tzdata.",
		Sources: []string{"https://docs.docker.com/build/building/multi-stage/"},
	},
}

// isToolchain says whether the purpose of an image is to build: it runs nothing
// by itself, or runs a tool.
func isToolchain(b *Build) bool {
	if !b.service() {
		return true
	}
	words := b.program().words
	name := path.Base(words[0])
	return slices.Contains([]string{"gcc", "g++", "cc", "c++", "clang", "cmake", "ninja", "ghc", "swift", "zig", "dart", "kotlinc", "scalac", "tsc", "bazel", "jenkins-agent", "gitlab-runner", "code-server"}, name)
}

// fixBuildTools proposes a stage of its own: no edit of one instruction takes a
// toolchain out of what is built with it.
func fixBuildTools(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return hint(model.MultiStage, "Give the stage that builds a name (FROM … AS build), and COPY --from=build only the program into a second stage that starts from a runtime image: the toolchain then stays behind.")
	}
	if made, ok := b.maker(f); ok && (b.keyword(made) == "COPY" || b.keyword(made) == "ADD") {
		return hint(model.MultiStage, "Bring the toolchain into a build stage only, and COPY --from it the program that it makes.")
	}
	return hint(model.MultiStage, "Install the toolchain in a build stage, and COPY --from it only the program that it makes.")
}
