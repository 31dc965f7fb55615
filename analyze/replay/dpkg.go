package replay

import (
	"archive/tar"
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// dpkg is what is installed of an archive.
type dpkg struct {
	archive   *Archive
	installed map[string]*Package
	auto      map[string]bool
	files     map[string][]string // of a package, without leading slash
	slim      bool                // documentation is left out, as in Debian's slim images
}

func newDpkg(a *Archive) *dpkg {
	return &dpkg{archive: a, installed: map[string]*Package{}, auto: map[string]bool{}, files: map[string][]string{}}
}

func (d *dpkg) clone() *dpkg {
	c := *d
	c.installed, c.auto, c.files = maps.Clone(d.installed), maps.Clone(d.auto), maps.Clone(d.files)
	return &c
}

// has reports whether a name is installed or provided by what is.
func (d *dpkg) has(name string) bool {
	if d.installed[name] != nil {
		return true
	}
	return slices.ContainsFunc(d.archive.provides[name], func(by string) bool { return d.installed[by] != nil })
}

// want adds the package of a name and what it needs to the list, in the order of
// installation. Those not asked for are automatic.
func (d *dpkg) want(list *[]*Package, name string, recommends, auto bool) {
	if d.installed[name] != nil {
		if !auto {
			delete(d.auto, name)
		}
		return
	}
	if auto && d.has(name) {
		return
	}
	p := d.archive.find(name)
	if d.installed[p.Name] != nil || slices.ContainsFunc(*list, func(q *Package) bool { return q.Name == p.Name }) {
		return
	}
	d.installed[p.Name] = p // before its relations, which may go round in circles
	if auto {
		d.auto[p.Name] = true
	}
	for _, clause := range slices.Concat(relations(p.PreDepends), relations(p.Depends)) {
		d.clause(list, clause, recommends)
	}
	*list = append(*list, p)
	if recommends {
		for _, clause := range relations(p.Recommends) {
			d.clause(list, clause, recommends)
		}
	}
}

// clause installs one of several alternatives, unless one is there.
func (d *dpkg) clause(list *[]*Package, clause []string, recommends bool) {
	if slices.ContainsFunc(clause, d.has) {
		return
	}
	for _, name := range clause {
		if d.archive.packages[name] != nil || len(d.archive.provides[name]) > 0 {
			d.want(list, name, recommends, true)
			return
		}
	}
}

// unneeded are automatic packages that nothing else installed depends on or
// recommends.
func (d *dpkg) unneeded() []string {
	keep := map[string]bool{}
	var mark func(name string)
	mark = func(name string) {
		p := d.installed[name]
		if p == nil {
			for _, by := range d.archive.provides[name] {
				if d.installed[by] != nil {
					mark(by)
				}
			}
			return
		}
		if keep[name] {
			return
		}
		keep[name] = true
		for _, clause := range slices.Concat(relations(p.PreDepends), relations(p.Depends), relations(p.Recommends)) {
			for _, alternative := range clause {
				mark(alternative)
			}
		}
	}
	for name, p := range d.installed {
		if !d.auto[name] || p.Essential || p.Priority == "required" {
			mark(name)
		}
	}
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(d.installed)) {
		if !keep[name] {
			gone = append(gone, name)
		}
	}
	return gone
}

// dependents are the names and all installed packages that cannot be without them.
func (d *dpkg) dependents(names []string) []string {
	gone := map[string]bool{}
	for _, name := range names {
		if d.installed[name] != nil {
			gone[name] = true
		}
	}
	for again := true; again; {
		again = false
		for name, p := range d.installed {
			if gone[name] {
				continue
			}
			for _, clause := range slices.Concat(relations(p.PreDepends), relations(p.Depends)) {
				held := slices.ContainsFunc(clause, func(a string) bool { return d.hasWithout(a, gone) })
				if !held && slices.ContainsFunc(clause, func(a string) bool { return gone[a] }) {
					gone[name], again = true, true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(gone))
}

func (d *dpkg) hasWithout(name string, gone map[string]bool) bool {
	if d.installed[name] != nil && !gone[name] {
		return true
	}
	return slices.ContainsFunc(d.archive.provides[name], func(by string) bool { return d.installed[by] != nil && !gone[by] })
}

// unpack puts the files of a package into the tree.
func (d *dpkg) unpack(t *tree, p *Package) {
	var list []string
	for _, f := range packageFiles(p) {
		if d.slim && (strings.HasPrefix(f.path, "usr/share/man/") || strings.HasPrefix(f.path, "usr/share/doc/") && path.Base(f.path) != "copyright") {
			list = append(list, f.path)
			continue
		}
		t.put(f.path, f.node)
		list = append(list, f.path)
	}
	d.files[p.Name] = list
	dirs := map[string]bool{}
	for _, f := range list {
		for dir := path.Dir(f); dir != "."; dir = path.Dir(dir) {
			dirs["/"+dir] = true
		}
		dirs["/"+f] = true
	}
	info := "var/lib/dpkg/info/" + p.Name
	t.put(info+".list", text("/.\n"+strings.Join(slices.Sorted(maps.Keys(dirs)), "\n")+"\n"))
	t.put(info+".md5sums", filler(info, int64(60*len(list))))
}

// erase takes the files of a package out of the tree.
func (d *dpkg) erase(t *tree, name string) {
	for _, f := range d.files[name] {
		t.remove(f)
		for dir := path.Dir(f); dir != "." && strings.Contains(dir, name) && len(t.children(dir)) == 0; dir = path.Dir(dir) {
			t.remove(dir)
		}
	}
	t.remove("var/lib/dpkg/info/" + name + ".list")
	t.remove("var/lib/dpkg/info/" + name + ".md5sums")
	delete(d.installed, name)
	delete(d.auto, name)
	delete(d.files, name)
}

// record writes the databases: dpkg's status, with the copy that dpkg keeps, and
// apt's states.
func (d *dpkg) record(t *tree, logs bool) {
	if _, old := t.get("var/lib/dpkg/status", true); old != nil && logs {
		t.put("var/lib/dpkg/status-old", &node{kind: tar.TypeReg, mode: 0o644, body: old.body})
	}
	var status, states bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(d.installed)) {
		p := d.installed[name]
		fmt.Fprintf(&status, "Package: %s\n", p.Name)
		if p.Essential {
			status.WriteString("Essential: yes\n")
		}
		fmt.Fprintf(&status, "Status: install ok installed\nPriority: %s\nSection: %s\nInstalled-Size: %d\nMaintainer: Debian Maintainers <maintainers@example.org>\nArchitecture: amd64\n", p.Priority, p.Section, p.KiB)
		switch {
		case p.Allowed:
			status.WriteString("Multi-Arch: allowed\n")
		case strings.HasPrefix(p.Name, "lib"):
			status.WriteString("Multi-Arch: same\n")
		}
		fmt.Fprintf(&status, "Version: %s\n", p.Version)
		for _, f := range [][2]string{{"Provides", p.Provides}, {"Depends", p.Depends}, {"Pre-Depends", p.PreDepends}, {"Recommends", p.Recommends}} {
			if f[1] != "" {
				fmt.Fprintf(&status, "%s: %s\n", f[0], f[1])
			}
		}
		fmt.Fprintf(&status, "Description: %s\n a package of the archive.\n\n", p.Name)
		if d.auto[name] {
			fmt.Fprintf(&states, "Package: %s\nArchitecture: amd64\nAuto-Installed: 1\n\n", name)
		}
	}
	t.put("var/lib/dpkg/status", text(status.String()))
	t.put("var/lib/apt/extended_states", text(states.String()))
}

func text(body string) *node {
	return &node{kind: tar.TypeReg, mode: 0o644, body: []byte(body)}
}

// nginxConf is nginx's configuration, of size bytes, which says whom its workers run as.
func nginxConf(user string, size int) *node {
	head := "user " + user + ";\nworker_processes auto;\npid /run/nginx.pid;\n"
	return text(head + strings.Repeat("#", size-len(head)))
}

func filler(seed string, size int64) *node {
	return &node{kind: tar.TypeReg, mode: 0o644, seed: seed, size: size}
}

// smallestProgram is how many bytes a linked program has at least: java, which only loads a library, has
// 12 kB, and python 14 kB.
const smallestProgram = 10 << 10

// program is an executable: a script where it is small, else an ELF file that needs
// the C library.
func program(seed string, size int64) *node {
	if size < smallestProgram {
		return script([]byte("#!/bin/sh\n"), seed, size)
	}
	return script(elfHead(glibcLoader, "", []string{glibc}), seed, size)
}

// script is an executable that begins with the head.
func script(head []byte, seed string, size int64) *node {
	return &node{kind: tar.TypeReg, mode: 0o755, seed: seed, size: max(size, int64(len(head))), head: head}
}

// library is a shared library.
func library(soname, seed string, size int64, needed []string) *node {
	n := script(elfHead("", soname, needed), seed, size)
	n.mode = 0o644
	return n
}

func link(target string) *node {
	return &node{kind: tar.TypeSymlink, mode: 0o777, target: target}
}
