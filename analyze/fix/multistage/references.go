package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// entry is the program that a container starts.
type entry struct {
	kind entryKind
	id   model.RecordID // its content
	path string         // without leading slash, behind all links
}

type entryKind uint8

const (
	unknownEntry entryKind = iota // nothing is known of the program or of what it reads
	compiled                      // an ELF file that the build stage made
	staticServer                  // a server of files, the configuration of which is known
	other                         // an interpreter, a script, a program of a package
)

// findReferences looks at what the container runs, and lists the paths that this names.
func (d *draft) findReferences() error {
	b := d.in.Build
	d.view = loader.New(d.tree, d.lastLayer, b.Executables)
	d.final = d.view
	if last := d.tree.Layers() - 1; last > d.lastLayer {
		d.final = loader.New(d.tree, last, b.Executables)
	}
	d.findEntry()
	add := func(text string) {
		for _, word := range strings.FieldsFunc(text, isSeparator) {
			d.reference(word)
		}
	}
	commands := b.Program().Commands
	for i, word := range b.Program().Words {
		if i > 0 || strings.Contains(word, "/") { // a bare name is looked for in PATH
			add(word)
		}
	}
	for _, c := range commands {
		for i, w := range c.Words {
			if i > 0 || strings.Contains(w.Text, "/") {
				add(w.Text)
			}
		}
		if id, name, ok := d.find(c.Words[0].Text); ok && d.view.Program(id) != nil {
			d.refer(name)
		}
	}
	for name, content := range b.Captured {
		if base := path.Base(name); base == "Dockerfile" || strings.HasPrefix(base, "Dockerfile.") {
			continue // it tells of the build
		}
		if id, _, ok := d.final.Resolve(name); ok && (d.owner(d.tree.Content(id)) < 0 || rules.IsServerConfig(name)) && name != "etc/passwd" && !strings.HasPrefix(name, "var/lib/dpkg/") && !isInLibrary(name) {
			for _, word := range strings.FieldsFunc(string(content), isSeparator) {
				// That it names the directory which it lies in says nothing of that.
				if path.IsAbs(word) && !isBelow(name, []string{strings.TrimPrefix(path.Clean(word), "/")}) {
					d.reference(word)
				}
			}
		}
	}
	for _, variable := range b.Env {
		name, value, _ := strings.Cut(variable, "=")
		switch {
		case strings.HasSuffix(name, "PATH") && name != "GOPATH":
			d.searched = append(d.searched, strings.Split(value, ":")...)
		case !slices.Contains(buildVariables, name):
			add(value)
		}
	}
	for _, volume := range b.Volumes {
		d.reference(volume)
	}
	d.referHome()
	return nil
}

// maxRefs bounds how many paths are remembered, and maxGlobs how many patterns.
const maxRefs, maxGlobs = 20_000, 50

// refer notes a path without leading slash.
func (d *draft) refer(name string) {
	if d.refs == nil {
		d.refs = make(map[string]bool)
	}
	switch {
	case strings.ContainsAny(name, "*?"):
		if len(d.globs) < maxGlobs && !slices.Contains(d.globs, name) {
			d.globs = append(d.globs, name)
		}
	case len(d.refs) < maxRefs:
		d.refs[name] = true
	}
}

// buildVariables name directories that only builds use.
var buildVariables = []string{"GOPATH", "GOROOT", "GOCACHE", "GOMODCACHE", "GOBIN", "CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR", "GRADLE_HOME", "GRADLE_USER_HOME", "MAVEN_HOME", "M2_HOME", "MAVEN_CONFIG",
	"CC", "CXX", "CPP", "LD", "AR", "LLVM_CONFIG", "CMAKE_TOOLCHAIN_FILE",
	"NPM_CONFIG_CACHE", "npm_config_cache", "YARN_CACHE_FOLDER", "PIP_CACHE_DIR", "CCACHE_DIR", "COMPOSER_HOME", "COMPOSER_CACHE_DIR"}

func isSeparator(r rune) bool { return strings.ContainsRune(" \t\r\n;&|()<>'\"=:,{}[]`", r) }

// reference notes a word if it may be a path. A relative one counts from the working
// directory, if there is something.
func (d *draft) reference(word string) {
	if word == "" || word == "." || word[0] == '-' || len(word) > 4096 {
		return
	}
	if before, _, ok := strings.Cut(word, "$"); ok && path.IsAbs(before) {
		word = before[:strings.LastIndexByte(before, '/')+1] // what a variable stands for is below
	}
	if !path.IsAbs(word) {
		word = path.Join("/", d.in.Build.WorkingDir, word)
		if _, _, ok := d.view.Resolve(word); !ok && !strings.ContainsAny(word, "*?") {
			return
		}
	}
	name := strings.TrimPrefix(path.Clean(word), "/")
	if name == "" {
		return
	}
	d.refer(name)
	if _, real, ok := d.view.Resolve(name); ok && real != "" && real != name {
		d.refer(real)
	}
}

// find returns what a word of a command starts when the build stage ends.
func (d *draft) find(word string) (id model.RecordID, name string, ok bool) {
	return d.findIn(d.view, word)
}

// findStarted returns what a word starts in the container: what the build stage has, or what an
// instruction behind it brings.
func (d *draft) findStarted(word string) (id model.RecordID, name string, ok bool) {
	if id, name, ok = d.find(word); ok {
		return id, name, ok
	}
	return d.findIn(d.final, word)
}

func (d *draft) findIn(view *loader.View, word string) (id model.RecordID, name string, ok bool) {
	if strings.Contains(word, "/") {
		if !path.IsAbs(word) {
			word = path.Join("/", d.in.Build.WorkingDir, word)
		}
		return view.Resolve(word)
	}
	for _, dir := range d.in.Build.SearchPath() {
		if id, name, ok := view.Resolve(path.Join(dir, word)); ok {
			return id, name, true
		}
	}
	return id, "", false
}

// findEntry looks at the program that starts first: the words of the config, or the last
// command of the text that a shell gets.
func (d *draft) findEntry() {
	b := d.in.Build
	program := b.Program()
	if len(program.Words) == 0 {
		return
	}
	word := program.Words[0]
	if startable.IsShellText(program.Words) {
		commands := rewrite.Script(program.Words[2])
		if len(commands) != 1 || !commands[0].Words[0].Literal {
			return
		}
		word = commands[0].Words[0].Text
	}
	id, name, ok := d.findStarted(word)
	f := d.view.Program(id)
	if !ok || f == nil {
		return
	}
	d.entry = entry{kind: other, id: d.tree.Content(id), path: name}
	layer := int(d.tree.Records[id].Layer)
	made := layer >= d.ownLayer && layer <= d.lastLayer && d.owner(id) < 0
	switch {
	case slices.Contains(servers, path.Base(name)) && d.ownerOf(id) >= 0:
		// apachectl, too: a script of the package, which starts the server.
		if d.knowsConfig() && !d.serverRunsCode() {
			d.entry.kind = staticServer
		}
	case f.IsScript():
		// A script may run anything; it is read where the scan kept it.
		if _, known := b.Captured[name]; !known && strings.Contains(f.Script, "sh") {
			d.entry.kind = unknownEntry
		}
	case slices.Contains(servers, path.Base(name)):
		if d.knowsConfig() && !d.serverRunsCode() {
			d.entry.kind = staticServer
		}
	case made && len(program.Scripts) == 0:
		d.entry.kind = compiled
	}
}

// isReferenced reports whether something names a path or a directory above it.
func (d *draft) isReferenced(name string) bool {
	return d.refs[name] || d.matchesGlob(name) || d.isReferencedAbove(name, "")
}

// isNamed reports whether something names exactly this path.
func (d *draft) isNamed(name string) bool { return d.refs[name] || d.matchesGlob(name) }

func (d *draft) matchesGlob(name string) bool {
	return slices.ContainsFunc(d.globs, func(glob string) bool {
		ok, err := path.Match(glob, name)
		return ok && err == nil
	})
}

// isReferencedAbove reports whether something names a directory above a path that lies
// below the directory within, or any where within is "".
func (d *draft) isReferencedAbove(name, within string) bool {
	for dir := path.Dir(name); dir != "." && dir != "/" && (within == "" || strings.HasPrefix(dir, within+"/")); dir = path.Dir(dir) {
		if d.refs[dir] {
			return true
		}
	}
	return false
}
