package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// requestNamed requests the libraries of headers that the author named, where an interpreter
// runs: it may load them by a name that only its scripts hold.
func (d *draft) requestNamed(dropped []string, byName map[string]int, wanted []bool) {
	if d.entry.kind == compiled || d.entry.kind == staticServer {
		return
	}
	for _, name := range dropped {
		at, known := byName[name]
		if !known || d.tools.Kind(at) != toolchain.Headers || !d.isWrittenByAuthor(name) || d.isPurged(name) {
			continue
		}
		for _, need := range d.librariesOf(at) {
			if d.bringsItsOwn(d.in.Report.Packages[need].Name) {
				continue
			}
			d.request(int(need), wanted)
			d.retained = d.tools.Closure(wanted)
		}
	}
}

// requestLoaded requests the libraries that packages of Python load by their names, however they came.
func (d *draft) requestLoaded(wanted []bool) {
	if d.entry.kind == compiled || d.entry.kind == staticServer {
		return
	}
	loaded := toolchain.Loaded(d.in.Report.Packages)
	for i := range d.in.Report.SystemPackages() {
		p := &d.in.Report.Packages[i]
		if p.Layer < d.ownLayer || d.retained[i] || d.bringsItsOwn(p.Name) || loaded(p.Name) == "" {
			continue
		}
		d.request(i, wanted)
		d.retained = d.tools.Closure(wanted)
	}
}

// bringsItsOwn reports whether what would load a library by its name has one of its own: psycopg does, as wheels
// whose names say so.
func (d *draft) bringsItsOwn(library string) bool {
	if library != "libpq5" {
		return false
	}
	has := make(map[string]bool)
	for i := range d.in.Report.Packages {
		if p := &d.in.Report.Packages[i]; p.Manager == language.Pip {
			has[strings.ToLower(strings.ReplaceAll(p.Name, "_", "-"))] = true
		}
	}
	for _, other := range []string{"psycopg2", "psycopg-c", "psycopg2cffi", "pygresql"} {
		if has[other] {
			return false
		}
	}
	return has["psycopg-binary"] || has["psycopg2-binary"] && !has["psycopg"]
}

// librariesOf returns the libraries that a package of headers is for: those that it needs, or,
// where it needs no library and only stands for other headers, those of these.
func (d *draft) librariesOf(at int) (libraries []int32) {
	for _, need := range d.tools.NeedsOf(at) {
		if d.isLoaded(int(need)) {
			libraries = append(libraries, need)
		}
	}
	for _, need := range d.tools.NeedsOf(at) {
		if len(libraries) == 0 && d.tools.Kind(int(need)) == toolchain.Headers {
			for _, library := range d.tools.NeedsOf(int(need)) {
				if d.isLoaded(int(library)) {
					libraries = append(libraries, library)
				}
			}
		}
	}
	return slices.DeleteFunc(libraries, func(i int32) bool { return d.retained[i] })
}

// bindings match libraries for programs in C++, variants for other characters and libraries
// beside the one that the headers are named after: no script loads those.
var bindings = lazyregexp.New(`(xx|pp|cpp|posix)[0-9v-]|^libpcre2?-?(16|32)-|-(gobject|icu|subset|extra|openssl|pthreads|script-interpreter|mainloop-glib)-?[0-9]|^libpangoxft`)

// isLoaded reports whether a package is a library that a script may load by its name.
func (d *draft) isLoaded(i int) bool {
	name := d.in.Report.Packages[i].Name
	return d.tools.Kind(i) == toolchain.None && !d.tools.Tool(i) && (strings.HasPrefix(name, "lib") || name == "zlib1g") && mayBeLinked(name) && !bindings.MatchString(name)
}

// mayLoad reports whether something of which nothing is known may load a package that headers
// brought: what a script may load, or any where the scan could not read a program.
func (d *draft) mayLoad(i int) bool {
	name := d.in.Report.Packages[i].Name
	return mayBeLinked(name) && (!bindings.MatchString(name) || d.hasUnread())
}

// hasUnread reports whether the build stage made a program that the scan could not read.
func (d *draft) hasUnread() bool {
	found := false
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, func(id model.RecordID, _ string) {
			f := d.view.Program(id)
			found = found || f != nil && f.Unread
		})
	}
	return found
}

// dropBrought takes out of the requested packages what others bring along.
func (d *draft) dropBrought(byName map[string]int, wanted []bool) {
	d.requested = slices.DeleteFunc(d.requested, func(name string) bool {
		at := byName[name]
		wanted[at] = false
		if d.tools.Closure(wanted)[at] {
			return true
		}
		wanted[at] = true
		return false
	})
}

// requestLibraries requests what headers that go have brought and a program may have
// been linked with, and the Java runtime that came with its compiler. Headers that are
// there only because they were recommended count where the installs of the build stage
// take recommended packages (recommended). It reports whether there was anything.
func (d *draft) requestLibraries(wanted []bool, recommended bool) (more bool) {
	packages := d.in.Report.SystemPackages()
	for _, i := range d.namedFirst() {
		if d.retained[i] || d.tools.Kind(i) == toolchain.None || packages[i].Reason == "recommended" && !recommended {
			continue
		}
		for _, need := range d.tools.NeedsOf(i) {
			name := packages[need].Name
			if d.retained[need] || d.tools.Kind(int(need)) != toolchain.None || d.drawsWindows(name) {
				continue
			}
			if d.tools.Kind(i) == toolchain.Headers && !d.tools.Tool(int(need)) && d.mayLoad(int(need)) && !d.isLinkingKnown() || isRuntimeOf(name) && !(isJava(name) && (d.linksOwnJava() || d.hasBaseJava())) {
				d.request(int(need), wanted)
				d.retained = d.tools.Closure(wanted)
				more = true
			}
		}
	}
	return more
}

// namedFirst are the indexes of the packages, those that the author names in front: what these
// need brings along what the others do.
func (d *draft) namedFirst() (order []int) {
	for _, named := range []bool{true, false} {
		for i := range d.in.Report.SystemPackages() {
			if (d.in.Report.Packages[i].Reason == "manual") == named {
				order = append(order, i)
			}
		}
	}
	return order
}

// seldomLinked are packages that headers of compilers bring, and documentation. Where a
// program needs such a library, NEEDED names it.
var seldomLinked = []string{"libatomic1", "libgomp1", "libitm1", "libquadmath0", "libnsl2", "libtirpc3", "libtirpc-common", "libcrypt1", "libjs-*", "javascript-common", "*-doctools", "*-doc", "sgml-base", "xml-core",
	"libpython[0-9]*", "libperl[0-9]*", "libruby[0-9]*", "libphp*", "libnode[0-9]*", "libjpeg-turbo-progs", "libpng-tools"}

// mayBeLinked reports whether a program of which nothing is known may need a package that
// headers brought.
func mayBeLinked(name string) bool {
	return !slices.ContainsFunc(seldomLinked, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil })
}
