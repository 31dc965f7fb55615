package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
)

// What counts as source is written here once, in two widths. A single file goes by isSource only:
// a compiler or a build tool reads it, or an object of theirs. Where all of a directory has to be
// source, it is the wider isProjectSource that says so of each file.

// buildFiles are files that only build tools read.
var buildFiles = []string{"Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "CMakeCache.txt", "CMakePresets.json", "meson.build", "meson_options.txt", "build.ninja", "configure", "configure.ac", "config.log", "config.status", "aclocal.m4", "Makefile.am", "Makefile.in",
	"go.mod", "go.sum", "Cargo.toml", "Cargo.lock", ".cargo-lock", ".rustc_info.json", "CACHEDIR.TAG", "pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradlew", "gradlew.bat", "mvnw", "mvnw.cmd", "compile_commands.json", "Dockerfile", ".dockerignore", ".gitignore", ".gitattributes"}

// buildEnds are how names of such files end, beside those that executable.IsSource knows.
var buildEnds = []string{".csproj", ".fsproj", ".vbproj", ".sln"}

// projectNames are files and directories of a project that what runs does not read. Elsewhere
// such a name may mean anything: a file BUILD with a number in it, a program bootstrap.
var projectNames = []string{"autogen.sh", "bootstrap", "build.sh", "BUILD", "BUILD.bazel", "WORKSPACE", "conanfile.txt", "vcpkg.json", "go.work", "rust-toolchain", "rust-toolchain.toml", "SConstruct", "CMakeFiles", "node_modules", "testdata", "test", "tests", "examples",
	".git", ".github", ".gitlab-ci.yml", ".gitmodules", ".editorconfig", ".clang-format", ".clang-tidy", ".travis.yml", ".vscode", ".idea"}

// projectEnds are how further files end that only compilers, build systems and people read.
var projectEnds = []string{".swift", ".m", ".mm", ".zig", ".pas", ".hs", ".ml", ".mli", ".vala", ".proto", ".a", ".gch", ".cmake", ".mk", ".am", ".ac", ".m4", ".in", ".pc", ".gradle", ".vcxproj", ".cabal", ".md", ".rst", ".adoc", ".patch", ".diff"}

// projectWords begin the names of what is about a project.
var projectWords = []string{"Dockerfile", "docker-compose", "compose.y", "README", "LICENSE", "LICENCE", "COPYING", "CHANGELOG", "CHANGES", "AUTHORS", "CONTRIBUTING", "NOTICE", "NEWS", "INSTALL"}

// isSource reports whether a name is that of a source, an object or a description of a build.
func isSource(base string) bool {
	return executable.IsSource(base) || slices.Contains(buildFiles, base) || slices.Contains(buildEnds, path.Ext(base))
}

// isProjectSource reports whether a file in a project, a path below the project's directory, is read
// by nothing that runs: source, what a build system reads, and what is about the project.
func isProjectSource(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if slices.Contains(projectNames, part) {
			return true
		}
	}
	base := path.Base(name)
	return isSource(base) || slices.Contains(projectEnds, path.Ext(base)) || slices.ContainsFunc(projectWords, func(word string) bool { return strings.HasPrefix(base, word) })
}
