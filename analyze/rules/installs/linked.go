package installs

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// linked keeps the packages whose files the image's own programs name: a shared library
// that one is linked with or may open, a file among its constants, the interpreter of a
// script. Programs of packages are not asked: their packages depend on what they need.
func (k *keeper) linked() {
	k.loaded()
	if k.Tree == nil || len(k.Executables) == 0 {
		return
	}
	libraries := k.libraries()
	for layer := range min(k.Tree.Layers(), len(k.Layers)) {
		for id, record := range k.Tree.Layer(layer) {
			f := k.Executables[id]
			if f == nil || record.Kind != model.File || record.HiddenBy != model.StillThere || k.Tree.Packages != nil && k.Tree.Packages[id] >= 0 {
				continue
			}
			name := "/" + k.Tree.Path(record.Node)
			own := !k.Layers[layer].Inherited
			if f.IsScript() {
				if own && k.isProgram(id, name) {
					k.interpreter(f, name)
				}
				continue
			}
			k.libraryOf(f, name, libraries, own)
			if own && layer >= k.layer && k.isCompiledHere(layer, name) {
				k.compiled = true
				k.headersOf(f, name)
			}
		}
	}
}

// loaded keeps the libraries that packages of Python load by their names.
func (k *keeper) loaded() {
	loaded := toolchain.Loaded(k.Libraries)
	for i := range k.Packages {
		if p := &k.Packages[i]; k.gone[i] && !k.stays[i] && p.Manager == "dpkg" {
			if by := loaded(p.Name); by != "" {
				k.keep(i, by+" loads it when it is imported")
			}
		}
	}
}

// libraries are the packages that may go by the names of the shared libraries that they
// bring, links among them.
func (k *keeper) libraries() map[string][]int {
	found := make(map[string][]int)
	if k.Tree.Packages == nil {
		return found
	}
	for id, record := range k.Tree.Layer(k.layer) {
		p := k.Tree.Packages[id]
		if !bytes.Contains(k.Tree.NameBytes(record.Node), []byte(".so")) {
			continue
		}
		if record.Kind == model.Symlink { // is nobody's: dpkg's lists of files are not asked for links
			owner, ok := k.owner(k.Tree.Path(record.Node))
			if !ok {
				continue
			}
			p = int32(owner)
		}
		if name := k.Tree.Name(record.Node); p >= 0 && k.gone[p] && !slices.Contains(found[name], int(p)) {
			found[name] = append(found[name], int(p))
		}
	}
	return found
}

// libraryOf keeps what a program at a path is linked with and, of the image's own
// programs, what it names.
func (k *keeper) libraryOf(f *executable.File, program string, libraries map[string][]int, own bool) {
	for _, name := range f.Needed {
		for _, p := range libraries[name] {
			k.keep(p, program+" is linked with "+name)
		}
	}
	if !own {
		return
	}
	for _, name := range f.Names {
		if !strings.Contains(name, "/") {
			for _, p := range libraries[name] {
				k.keep(p, program+" may open "+name)
			}
			continue
		}
		if r, ok := k.Visible(strings.TrimPrefix(path.Clean(name), "/")); !ok || r.Kind == model.Directory || r.Kind == model.Implied {
			continue
		}
		k.file(name, program+" names "+name)
	}
}

// foreign are parts of the paths of what others made and a package manager of a language
// brought: scripts and examples of all kinds, and libraries that came ready-made.
var foreign = []string{"/node_modules/", "/site-packages/", "/dist-packages/", "/site-library/", "/gems/", "/vendor/", "/.git/", "/.cargo/", "/.rustup/", "/.venv/"}

func isForeign(name string) bool {
	return slices.ContainsFunc(foreign, func(part string) bool { return strings.Contains(name, part) })
}

// isProgram reports whether the image's author made a script to be called by its name.
func (k *keeper) isProgram(id model.RecordID, name string) bool {
	return k.Tree.Attributes(&k.Tree.Records[id]).Mode&0o111 != 0 && !isForeign(name)
}

// interpreter keeps the program that a script names in its first line.
func (k *keeper) interpreter(f *executable.File, script string) {
	words := strings.Fields(f.Script)
	for len(words) > 1 && (path.Base(words[0]) == "env" || strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) > 0 {
		k.program(words[0], script+" is a script for "+path.Base(words[0]))
	}
}

// isCompiledHere reports whether a program that a RUN left was compiled there, as far as
// its place and the commands tell.
func (k *keeper) isCompiledHere(layer int, name string) bool {
	at := k.Layers[layer].Instruction
	return at != nil && k.Parsed().Keyword(*at) == "RUN" && !isForeign(name) && k.facts.calls.called(strings.Fields(compilers)...) != ""
}

// headersOf keeps the headers of the libraries that a program compiled in the image is
// linked with: built without them, it would lack a feature.
func (k *keeper) headersOf(f *executable.File, program string) {
	if !slices.ContainsFunc(k.Packages, func(p model.Package) bool { return isHeaders(p.Name) }) {
		return
	}
	if k.view == nil {
		k.view = loader.New(k.Tree, int(model.StillThere)-1, k.Executables)
	}
	for _, name := range f.Needed {
		for _, place := range k.view.Named(name) {
			owner := k.Tree.Packages[k.Tree.Content(place.Record)]
			for p := range k.Packages {
				if owner >= 0 && k.gone[p] && isHeadersOf(k.Packages[p].Name, k.Packages[owner].Name) && p < len(k.image.needs) && slices.Contains(k.image.needs[p], owner) {
					k.keep(p, program+" is linked with "+name)
				}
			}
		}
	}
}

func isHeaders(name string) bool { return strings.HasSuffix(name, "-dev") }

// soVersion is what ends a library's package's name: libssl3, libqt5opengl5, zlib1g.
var soVersion = lazyregexp.New(`[-.0-9]+[a-z]?$`)

// isHeadersOf reports whether a package has the headers of a library's package, by their
// names: libssl-dev of libssl3.
func isHeadersOf(name, library string) bool {
	rest, ok := strings.CutPrefix(name, soVersion.ReplaceAllString(library, ""))
	return ok && isHeaders(name) && !unicode.IsLetter(rune(rest[0]))
}

// maxLinks is how many links are followed from one path on.
const maxLinks = 10

// linkOwners returns the packages of the symbolic links that an absolute path leads through at
// its end. /sbin/init is a link of systemd-sysv to a program of systemd: without either of
// them, nothing starts by that path.
func (im *image) linkOwners(name string) (owners []int) {
	if im.Tree == nil || len(im.Tree.LinkOwners) == 0 {
		return nil
	}
	for range maxLinks {
		dir, base := path.Split(path.Clean("/" + name))
		if to, ok := im.Resolve(dir); ok {
			dir = "/" + to
		}
		node, ok := im.Tree.Lookup(strings.TrimPrefix(path.Join(dir, base), "/"))
		if !ok {
			return owners
		}
		id, ok := im.Tree.Visible(node)
		if !ok || im.Tree.Records[id].Kind != model.Symlink {
			return owners
		}
		at, owned := slices.BinarySearchFunc(im.Tree.LinkOwners, id, func(l model.LinkOwner, id model.RecordID) int { return cmp.Compare(l.Link, id) })
		if owned {
			owners = append(owners, int(im.Tree.LinkOwners[at].Package))
		}
		if name = im.Tree.LinkText(&im.Tree.Records[id]); !path.IsAbs(name) {
			name = path.Join(dir, name)
		}
	}
	return owners
}

// file keeps the package of a file at an absolute path, and those of the links that the path
// leads through. It reports whether a package owns the file.
func (k *keeper) file(name, why string) (owned bool) {
	for _, owner := range k.linkOwners(name) {
		k.keep(owner, why)
	}
	owner, owned := k.owner(name)
	if owned {
		k.keep(owner, why)
	}
	return owned
}
