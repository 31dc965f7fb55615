package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// caches are directories of a home that only builds use. What programs fetch there to run
// it (browsers, models, tools of npx) is none of them.
var caches = []string{".rustup", ".npm/_cacache", ".npm/_logs", ".npm/_prebuilds", ".npm/_update-notifier-last-checked", ".m2", ".gradle", ".ivy2", ".sbt", ".nuget", ".config/go", ".ccache", ".node-gyp", ".local/share/pnpm/store", ".pnpm-store",
	".gitconfig", "go/pkg/mod", "go/pkg/sumdb", ".cache/go-build", ".cache/pip", ".cache/pypoetry", ".cache/uv", ".cache/yarn", ".cache/pnpm", ".cache/node-gyp", ".cache/node", ".cache/ccache", ".cache/composer", ".cache/bazel", ".cache/bazelisk", ".cache/meson", ".cache/fontconfig", ".cache/virtualenv"}

// toolchainProgram matches what rustup puts beside the programs that Cargo installs.
var toolchainProgram = lazyregexp.New(`^(rustup|cargo|cargo-(clippy|fmt|miri)|clippy-driver|rls|rust-(analyzer|gdb|gdbgui|lldb)|rustc|rustdoc|rustfmt)$`)

// repositories are the directories that version control keeps beside what it controls.
var repositories = []string{".git", ".svn", ".hg", ".bzr"}

// libraryDirs hold what programs of a language are made of, headers and all: they stay
// whole.
var libraryDirs = []string{"site-packages", "dist-packages", "node_modules", "gems", "site-library", "bundle", "vendor"}

// isCache reports whether a path is of a cache that a build filled or of a repository of
// sources. Nothing that runs needs those.
func (d *draft) isCache(name string) bool {
	home, rest := homeOf(name)
	if home != "" && (isBelow(rest, caches) || isBelow(rest, []string{".cargo"}) && (!strings.HasPrefix(rest, ".cargo/bin/") || toolchainProgram.MatchString(path.Base(rest)))) {
		return true
	}
	if isBelow(rest, []string{".composer", ".config/composer"}) && !isBelow(rest, []string{".composer/vendor", ".config/composer/vendor"}) {
		return true
	}
	if isBelow(rest, []string{".dotnet"}) && strings.HasSuffix(strings.ToLower(name), "sentinel") {
		return true
	}
	if isBelow(name, []string{"usr/local/cargo/registry", "usr/local/cargo/git", "usr/local/rustup", "go/pkg/mod", "go/pkg/sumdb"}) {
		return true
	}
	return isRepository(name) || strings.Contains(name, "node_modules/.cache/")
}

// isRepository reports whether a path is of a repository of version control.
func isRepository(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if slices.Contains(repositories, part) {
			return true
		}
	}
	return false
}

// isWritten reports whether an instruction of the build stage names a path.
func (d *draft) isWritten(name string) bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool { return strings.Contains(in.text, "/"+name) })
}

// homeOf cuts a path below a home directory.
func homeOf(name string) (home, rest string) {
	if rest, ok := strings.CutPrefix(name, "root/"); ok {
		return "root", rest
	}
	if rest, ok := strings.CutPrefix(name, "home/"); ok {
		if user, rest, ok := strings.Cut(rest, "/"); ok {
			return "home/" + user, rest
		}
	}
	return "", ""
}

// isBuildOnly reports whether a file that the build stage made is of no use to what runs:
// a cache, or, where it is known what runs, a source, a description of a build or an
// object of it. What the config or a script names is of use in any case.
func (d *draft) isBuildOnly(id model.RecordID, name string) bool {
	if d.isLinked(id) {
		return false
	}
	if d.isTemporaryCache(name) {
		return !d.isNamed(name) // that something names /tmp does not count
	}
	if d.isCache(name) || d.isSpent(id, name) || isBelow(name, d.installedFrom()) {
		return !d.isReferenced(name)
	}
	if d.isRemovedLater(id) || d.isBroughtAgain(id) {
		return true
	}
	if isBelow(name, []string{"tmp", "var/tmp"}) {
		if d.isDirectory(id) {
			return !d.isWritten(name) && !d.isReferenced(name)
		}
		if d.entry.kind == compiled && d.isInstalled() && !isBelow(d.entry.path, []string{"tmp", "var/tmp"}) {
			return !d.isNamed(name) // it was built there, and runs elsewhere
		}
	}
	if d.isNamed(name) {
		return false
	}
	if d.entry.kind == unknownEntry {
		return d.isPureSource(name)
	}
	if d.isTarget(name) || d.isUnused(name) || d.isShellFile(name) && !d.mayHaveChanged(id) || d.isOfToolchain(name) {
		return true
	}
	if strings.HasPrefix(name, "usr/local/include/") || strings.HasPrefix(name, "usr/local/lib/pkgconfig/") || strings.HasPrefix(name, "usr/local/lib/cmake/") || strings.HasPrefix(name, "usr/local/share/pkgconfig/") {
		return true
	}
	if isInLibrary(name) || d.isReferencedBeyond(name) || d.entry.kind == other && d.isCloned(name) {
		return false
	}
	base := path.Base(name)
	return isSource(base) || d.isStray(id, base) || requirements.MatchString(base) || strings.HasSuffix(base, ".cmake") || strings.Contains(name, "/CMakeFiles/") || strings.HasSuffix(name, ".a") && strings.HasPrefix(name, "usr/local/lib/")
}

// strays are the endings of files that somebody's work leaves in a project beside its own.
var strays = []string{".log", ".tmp", ".swp", ".orig", ".rej"}

// isStray reports whether a file that a COPY brought is only a trace of somebody's work: who builds from
// a fresh clone does not have it, and a COPY that names it would fail there.
func (d *draft) isStray(id model.RecordID, base string) bool {
	at := d.maker[d.tree.Records[id].Layer]
	return at >= 0 && d.instructions[at].role == brings && slices.Contains(strays, path.Ext(base))
}

// isCloned reports whether a path lies in a repository that a RUN of the build stage cloned. Where
// what runs is no compiled program, a checkout is copied whole or not at all: whoever reads the
// new stage could not tell why parts of it are missing.
func (d *draft) isCloned(name string) bool {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if known, ok := d.clones[dir]; ok {
			return known
		}
		if n, ok := d.tree.Lookup(dir + "/.git"); ok {
			id, visible := d.tree.At(n, d.lastLayer)
			found := visible && d.isOwn(id) && d.isFromRun(dir)
			if d.clones == nil {
				d.clones = make(map[string]bool)
			}
			d.clones[dir] = found
			return found
		}
	}
	return false
}

// requirements matches files that tell pip what to install.
var requirements = lazyregexp.New(`^(requirements|constraints)([-_.][a-z0-9._-]*)?\.(txt|in)$`)

// isInLibrary reports whether a path lies in the library of a language.
func isInLibrary(name string) bool {
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(libraryDirs, part) {
			return true
		}
	}
	return false
}

// isReferencedBeyond reports whether something names a directory that a file lies in, other
// than the working directory and what lies above it.
func (d *draft) isReferencedBeyond(name string) bool {
	work := strings.Trim(path.Clean("/"+d.in.Build.WorkingDir), "/")
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if d.refs[dir] && !isBelow(work, []string{dir}) {
			return true
		}
	}
	return false
}

// isPureSource reports whether a path lies in a directory that COPY brought, that holds
// nothing but sources of compilers and descriptions of builds, and that nothing names:
// whatever runs, it has no use for those.
func (d *draft) isPureSource(name string) bool {
	root := d.sourceRoot(name)
	if root == "" || d.refs[root] || d.isReferencedAbove(name, "") || isBelow(strings.Trim(d.in.Build.WorkingDir, "/"), []string{root}) {
		return false
	}
	pure, known := d.pure[root]
	if !known {
		pure = true
		if n, ok := d.tree.Lookup(root); ok {
			d.eachFile(n, root, func(_ model.RecordID, name string) {
				base := path.Base(name)
				pure = pure && isSource(base) && !d.isNamed(name)
			})
		}
		if d.pure == nil {
			d.pure = make(map[string]bool)
		}
		d.pure[root] = pure
	}
	return pure
}

// outputs are the directories that tools build in, by a file of the project beside them
// or, where the directory is "", in them. What lies in the directories junk below is of no
// use even where the program is run from there.
var outputs = []struct {
	dir, beside string
	junk        []string
}{
	{"target", "Cargo.toml", []string{"deps", "build", "incremental", ".fingerprint", "examples"}},
	{"target", "pom.xml", []string{"generated-sources", "generated-test-sources", "maven-status", "maven-archiver", "surefire-reports", "failsafe-reports", "test-classes"}},
	{"target", "build.sbt", []string{"streams", "task-temp-directory"}},
	{"build", "build.gradle", []string{"tmp", "reports", "test-results", "generated", "kotlin"}},
	{"build", "build.gradle.kts", []string{"tmp", "reports", "test-results", "generated", "kotlin"}},
	{"obj", "*proj", nil}, {"bin", "*proj", nil},
	{"", "CMakeCache.txt", []string{"CMakeFiles", "Testing"}}, {"", "build.ninja", []string{"meson-info", "meson-logs", "meson-private"}},
}

// output is a directory that a tool builds in.
type output struct {
	junk []string
	runs []string // directories in it that hold what something names
}

// isTarget reports whether a path lies in a directory that a tool builds in, and beside
// nothing that something names.
func (d *draft) isTarget(name string) bool {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if o := d.outputAt(dir); o != nil {
			for part := range strings.SplitSeq(name[len(dir)+1:], "/") {
				if slices.Contains(o.junk, part) && !d.isReferencedAbove(name, dir) {
					return true
				}
			}
			return !isBelow(name, o.runs)
		}
	}
	return false
}

// outputAt returns what a directory is to a tool that builds in it, nil for others.
func (d *draft) outputAt(dir string) *output {
	if o, known := d.targets[dir]; known {
		return o
	}
	var found *output
	for _, o := range outputs {
		file := path.Join(path.Dir(dir), o.beside)
		if o.dir == "" {
			file = path.Join(dir, o.beside)
		} else if path.Base(dir) != o.dir {
			continue
		}
		if found == nil && d.hasFile(file) && d.isFromRun(dir) {
			found = &output{junk: o.junk}
		}
	}
	if found != nil {
		for ref := range d.refs {
			if strings.HasPrefix(ref, dir+"/") {
				found.runs = append(found.runs, ref, path.Dir(ref))
			}
		}
		for _, glob := range d.globs {
			if at := strings.IndexAny(glob, "*?"); strings.HasPrefix(glob, dir+"/") && at > 0 {
				found.runs = append(found.runs, path.Dir(glob[:at]+"x"))
			}
		}
	}
	if d.targets == nil {
		d.targets = make(map[string]*output)
	}
	d.targets[dir] = found
	return found
}

// hasFile reports whether the build stage made a file, the name of which may begin with *.
func (d *draft) hasFile(name string) bool {
	suffix, any := strings.CutPrefix(path.Base(name), "*")
	if !any {
		id, _, ok := d.view.Resolve(name)
		return ok && d.isOwn(id)
	}
	n, ok := d.tree.Lookup(path.Dir(name))
	if !ok {
		return false
	}
	for c := range d.tree.Children(n) {
		if id, ok := d.tree.At(c, d.lastLayer); ok && d.isOwn(id) && strings.HasSuffix(d.tree.Name(c), suffix) {
			return true
		}
	}
	return false
}

// isFromRun reports whether a RUN of the build stage made a directory, so that COPY put none
// of its files there before.
func (d *draft) isFromRun(dir string) bool {
	n, ok := d.tree.Lookup(dir)
	if !ok {
		return false
	}
	first := model.NoRecord
	for id := d.tree.Nodes[n].Last; id != model.NoRecord; id = d.tree.Below(id) {
		first = id
	}
	layer := int(d.tree.Records[first].Layer)
	return layer >= d.ownLayer && layer <= d.lastLayer && (d.instructions[d.maker[layer]].role == runs || d.instructions[d.maker[layer]].role == mixed)
}

// sourceRoot returns the directory for an application, in which a COPY of the build stage
// put something, that a path lies in: /src, /app, /usr/src/app. "" for none.
func (d *draft) sourceRoot(name string) string {
	for _, root := range d.roots {
		if strings.HasPrefix(name, root+"/") {
			return root
		}
	}
	return ""
}

// unpacksArchives reports whether an instruction is an ADD of archives of the build context, which unpacks them: what
// comes so is as foreign as what a RUN downloads and unpacks.
func (in *instruction) unpacksArchives() bool {
	added, ok := rewrite.ParseCopy(in.text)
	return in.Keyword == "ADD" && ok && !slices.ContainsFunc(added.Sources, func(source string) bool {
		return strings.Contains(source, "://") || !slices.ContainsFunc(archives, func(end string) bool { return end != ".zip" && strings.HasSuffix(source, end) })
	})
}

// findRoots finds the directories that sourceRoot knows: the topmost ones above what COPY
// and ADD brought that the base image does not have, where no package writes.
func (d *draft) findRoots() {
	seen := make(map[string]bool)
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		if in := &d.instructions[d.maker[layer]]; in.role != brings || in.unpacksArchives() {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			if r.Kind != model.File {
				continue
			}
			name := d.tree.Path(r.Node)
			for end := 0; end < len(name); end++ {
				next := strings.IndexByte(name[end:], '/')
				if next < 0 {
					break
				}
				end += next
				dir := name[:end]
				if seen[dir] {
					break
				}
				if n, ok := d.tree.Lookup(dir); ok && !d.isInBase(n) && !isSystemPath(dir) && dir != "usr/local" && !strings.HasPrefix(dir, "usr/local/") {
					seen[dir] = true
					d.roots = append(d.roots, dir)
					break
				}
			}
		}
	}
}
