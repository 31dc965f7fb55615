package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// sourceEnds are how files end that only compilers, build systems and people read.
var sourceEnds = []string{
	".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".inl", ".go", ".rs", ".java", ".kt", ".scala", ".swift", ".m", ".mm", ".zig", ".f", ".f90", ".s", ".S", ".asm", ".d", ".pas", ".hs", ".ml", ".mli", ".vala", ".proto",
	".o", ".lo", ".a", ".la", ".obj", ".gch", ".cmake", ".mk", ".am", ".ac", ".m4", ".in", ".pc", ".gradle", ".sln", ".csproj", ".vcxproj", ".cabal", ".md", ".rst", ".adoc", ".patch", ".diff",
}

// sourceNames are names of such files and directories.
var sourceNames = []string{
	"Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "CMakeCache.txt", "CMakePresets.json", "configure", "autogen.sh", "bootstrap", "build.sh", "meson.build", "meson_options.txt", "build.ninja", "BUILD", "BUILD.bazel", "WORKSPACE", "conanfile.txt", "vcpkg.json",
	"go.mod", "go.sum", "go.work", "Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml", "pom.xml", "mvnw", "gradlew", "SConstruct",
	".git", ".github", ".gitlab-ci.yml", ".gitignore", ".gitattributes", ".gitmodules", ".dockerignore", ".editorconfig", ".clang-format", ".clang-tidy", ".travis.yml", ".vscode", ".idea", "CMakeFiles", "node_modules", "testdata", "test", "tests", "examples",
}

// sourceWords begin the names of what is about a project.
var sourceWords = []string{"Dockerfile", "docker-compose", "compose.y", "README", "LICENSE", "LICENCE", "COPYING", "CHANGELOG", "CHANGES", "AUTHORS", "CONTRIBUTING", "NOTICE", "NEWS", "INSTALL"}

// isProjectSource reports whether a file in a project, a path below the project's directory, is read
// by nothing that runs: source, what a build system reads, and what is about the project.
func isProjectSource(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if slices.Contains(sourceNames, part) {
			return true
		}
	}
	base := path.Base(name)
	return isSource(base) || slices.Contains(sourceEnds, path.Ext(base)) || slices.ContainsFunc(sourceWords, func(word string) bool { return strings.HasPrefix(base, word) })
}

// holdsData reports whether a directory that a COPY brought holds more than source: files
// that a program may open by a name which it makes up, from a relative path, a variable or
// a configuration. Programs are not data: what needs one names it.
func (d *draft) holdsData(root string) bool {
	if known, ok := d.data[root]; ok {
		return known
	}
	if d.data == nil {
		d.data = make(map[string]bool)
	}
	n, ok := d.tree.Lookup(root)
	d.data[root] = ok && d.hasData(n, len(root)+1)
	return d.data[root]
}

// hasData looks at and below a node; cut is how many bytes of a path are the directory.
func (d *draft) hasData(n model.NodeID, cut int) bool {
	for c := range d.tree.Children(n) {
		if d.hasData(c, cut) {
			return true
		}
		id, ok := d.tree.At(c, d.lastLayer)
		if !ok {
			continue
		}
		id = d.tree.Content(id)
		if r := &d.tree.Records[id]; r.Kind != model.File || r.Size == model.SizeOf(0) || d.isLeftover(id) {
			continue
		}
		if f := d.in.Build.Executables[id]; f != nil && !f.IsScript() {
			continue
		}
		name := d.tree.Path(c)
		if !isProjectSource(name[cut:]) && !d.isTarget(name) && !d.isCache(name) {
			return true
		}
	}
	return false
}

// referLinks notes where links of the image's own layers lead: what is behind one is used.
func (d *draft) referLinks() {
	for layer := d.ownLayer; layer < d.tree.Layers(); layer++ {
		for id, r := range d.tree.Layer(layer) {
			if r.Kind != model.Symlink || d.owner(id) >= 0 {
				continue
			}
			if seen, ok := d.tree.Visible(r.Node); !ok || seen != id {
				continue
			}
			name, target := d.tree.Path(r.Node), d.tree.LinkText(r)
			if !path.IsAbs(target) {
				target = path.Join("/", path.Dir(name), target)
			}
			if target = strings.TrimPrefix(path.Clean(target), "/"); d.sourceRoot(name) == "" && d.sourceRoot(target+"/x") != "" {
				d.refer(target)
			}
		}
	}
}

// referHome notes the home of the user that runs the container, where /etc/passwd tells it.
func (d *draft) referHome() {
	user, _, _ := strings.Cut(d.in.Build.User, ":")
	if user == "" || user == "root" || user == "0" {
		return
	}
	for line := range strings.Lines(string(d.in.Build.Captured["etc/passwd"])) {
		if f := strings.Split(strings.TrimSpace(line), ":"); len(f) > 5 && (f[0] == user || f[2] == user) && path.IsAbs(f[5]) && f[5] != "/" {
			d.reference(f[5])
		}
	}
}
