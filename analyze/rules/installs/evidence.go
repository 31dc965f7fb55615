package installs

import (
	"bytes"
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// verdict is the answer to whether something was compiled while the image was built.
type verdict uint8

const (
	notSeen  verdict = iota // nothing of that kind is in the layers
	compiled                // there is what only a compiler leaves
	ready                   // all of it came ready-made
)

// evidence is what the layers hold of what language package managers installed.
type evidence struct {
	python, node, ruby, r, perl verdict

	// Of Python: a package is there, one of them does not say how it was built, and there
	// is a library that one of them brought.
	installed, unsaid, extension bool

	writer string // one of the writersOfC that is there; "" for none
}

// look goes through the files that RUNs from the install on brought and that no package
// owns.
func look(im *image) (e evidence) {
	if im.Tree == nil {
		return e
	}
	for layer := im.layer; layer < im.Tree.Layers() && layer < len(im.Layers); layer++ {
		at := im.Layers[layer].Instruction
		if at == nil || im.Parsed().Keyword(*at) != "RUN" {
			continue
		}
		for id, record := range im.Tree.Layer(layer) {
			if record.Kind != model.File || im.Tree.Packages != nil && im.Tree.Packages[id] >= 0 {
				continue
			}
			e.see(im, record, im.Tree.NameBytes(record.Node))
		}
	}
	switch {
	case e.python == compiled || !e.installed:
	case e.extension && e.unsaid:
		e.python = compiled // or cannot be told
	default:
		e.python = ready
	}
	return e
}

// see takes one file into account. The path is worked out for the few names that matter.
func (e *evidence) see(im *image, record *model.Record, name []byte) {
	switch {
	case bytes.Equal(name, []byte("WHEEL")):
		e.wheel(im, record)
	case bytes.Equal(name, []byte("INSTALLER")):
		e.installed = true
	case bytes.HasSuffix(name, []byte(".so")):
		e.library(im.Tree.Path(record.Node))
	case bytes.Equal(name, []byte("installed-files.txt")), bytes.HasSuffix(name, []byte("-nspkg.pth")):
		e.installed, e.unsaid = true, true // setup.py install
	case bytes.Equal(name, []byte("config.gypi")), bytes.Equal(name, []byte("gem_make.out")), bytes.Equal(name, []byte("gem.build_complete")),
		bytes.HasSuffix(name, []byte(".gemspec")), bytes.Equal(name, []byte("package.json")), bytes.Equal(name, []byte("DESCRIPTION")):
		e.named(im.Tree.Path(record.Node), string(name))
	}
}

// wheel reads what pip notes of a package that it installed: one that it built itself is
// for plain Linux, one from the index for manylinux, musllinux or any (PEP 600, PEP 425).
func (e *evidence) wheel(im *image, record *model.Record) {
	name := im.Tree.Path(record.Node)
	if !strings.HasSuffix(name, ".dist-info/WHEEL") {
		return
	}
	e.installed = true
	if of, _, _ := strings.Cut(path.Base(path.Dir(name)), "-"); matchesAny(writersOfC, strings.ToLower(of)) {
		e.writer = of
	}
	switch content, ok := im.Captured[name]; {
	case !ok, !bytes.Contains(content, []byte("\nTag:")):
		e.unsaid = true
	case bytes.Contains(content, []byte("-linux_")):
		e.python = compiled
	}
}

// library takes a shared library into account that no package owns.
func (e *evidence) library(name string) {
	dir := path.Dir(name)
	switch {
	case strings.Contains(name, "/site-library/") && path.Base(dir) == "libs":
		e.r = compiled
	case strings.Contains(name, "/perl") && strings.Contains(name, "/auto/"):
		e.perl = compiled
	case strings.Contains(name, "-linux-") && strings.Contains(name, ".egg/"):
		e.python = compiled
	case strings.Contains(name, "/site-packages/") || strings.Contains(name, "/dist-packages/"):
		e.extension = true
	case strings.Contains(name, ".cpython-"):
		e.python = compiled // build_ext --inplace
	}
}

// named takes a file into account that tells by its name what was done.
func (e *evidence) named(name, base string) {
	switch {
	case base == "config.gypi" && strings.Contains(name, "/node_modules/"):
		e.node = compiled // node-gyp configure writes it
	case base == "package.json" && strings.Contains(name, "node_modules/") && e.node == notSeen:
		e.node = ready
	case (base == "gem_make.out" || base == "gem.build_complete") && strings.Contains(name, "/extensions/"):
		e.ruby = compiled
	case strings.HasSuffix(base, ".gemspec") && strings.Contains(name, "specifications/") && e.ruby == notSeen:
		e.ruby = ready
	case base == "DESCRIPTION" && strings.Contains(name, "/site-library/") && e.r == notSeen:
		e.r = ready
	}
}
