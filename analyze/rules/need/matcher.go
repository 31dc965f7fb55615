package need

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
)

// matcher compares instructions with a thing.
type matcher struct {
	room    *Room
	thing   Thing
	targets []string // patterns
	known   []bool   // by target: all of it is known
	within  []string // directories that hold them
	temp    bool     // all lie in a directory for temporary files
	idle    bool     // programs that nobody knows do not use it
}

func (r *Room) matcher(t Thing) *matcher {
	m := &matcher{room: r, thing: t, temp: true}
	for _, p := range t.Paths {
		p = globOf(strings.TrimSuffix(p, "/"))
		if p == "" {
			p = "/"
		}
		m.targets, m.known = append(m.targets, p), append(m.known, isKnown(p))
		m.within = append(m.within, path.Dir(p))
		m.temp = m.temp && InTemp(p)
	}
	return m
}

// InTemp reports whether an absolute path lies in a directory for temporary files.
func InTemp(p string) bool { return strings.HasPrefix(p, "/tmp/") || strings.HasPrefix(p, "/var/tmp/") }

// relate is how a path stands to the targets: the closest relation there is.
func (m *matcher) relate(p string) relation {
	closest := apart
	m.room.left -= len(m.targets)
	known := isKnown(p)
	for i, target := range m.targets {
		var rel relation
		if known && m.known[i] {
			rel = relateNames(p, target)
		} else {
			m.room.left -= 5
			rel = relate(p, target)
		}
		switch {
		case rel == touches:
			return touches
		case rel > closest:
			closest = rel
		}
	}
	return closest
}

// needs reports whether an instruction needs the thing or may, and which command of
// it does.
func (m *matcher) needs(f *facts) (why string, needs bool) {
	switch {
	case f.opaque != "":
		if m.thing.Searched || m.thing.Meant || len(m.thing.By) > 0 || slices.ContainsFunc(f.paths, func(p string) bool { return m.relate(p) != apart }) {
			return f.opaque, true
		}
	case f.kind == places, f.kind == keeps:
		if slices.ContainsFunc(f.paths, func(p string) bool {
			rel := m.relate(p)
			return rel == touches || rel == free && m.thing.Meant && f.kind != keeps
		}) {
			return "", true
		}
	}
	for i := range f.calls {
		c := &f.calls[i]
		if f.kind == keeps {
			if slices.Contains(m.thing.By, c.name) || m.thing.Searched && m.names(c) {
				return c.source, true
			}
			continue
		}
		if m.uses(c) {
			return c.source, true
		}
	}
	return "", false
}

// uses reports whether a command needs the thing or may.
func (m *matcher) uses(c *call) bool {
	if m.removes(c) {
		return false
	}
	t := &m.thing
	if c.clones() && !m.names(c) {
		return false
	}
	if m.names(c) || slices.Contains(t.By, c.name) && (t.Reads == nil || t.Reads(c.words)) {
		return true
	}
	switch {
	case t.Cache && slices.ContainsFunc(c.words, isOffline), t.Cache && takesFromCache[c.name] && slices.ContainsFunc(c.words, hasC):
		return true
	case t.Cache && c.opaque && len(t.By) > 0:
		return !m.idle
	case t.Searched:
		return m.searches(c)
	}
	return t.Meant && m.stands(c)
}

// names reports whether a command names the thing, or a directory that it looks
// into as a whole.
func (m *matcher) names(c *call) bool {
	for _, p := range c.paths {
		switch m.relate(p) {
		case touches:
			if c.name != "mkdir" || !slices.Contains(m.targets, p) {
				return true
			}
		case above:
			if m.looksInto(c, p) {
				return true
			}
		case free:
			if m.thing.Meant && !speakers[c.name] {
				return true
			}
		}
	}
	return false
}

// shallow are commands that do not need what lies below a directory that they are
// given.
var shallow = set(`chown chgrp chmod mkdir rm rmdir cd pushd ls du test [ touch ln stat useradd usermod adduser setfacl unzip curl wget echo printf export : set
	getent id umask gpg sed awk git-lfs find tar install`)

// looksInto reports whether a command reads what lies below a directory above the
// thing.
func (m *matcher) looksInto(c *call, dir string) bool {
	if dir == "/" || shallow[c.name] && !(c.name == "tar" && packs(c)) || strings.IndexByte(dir, anything) >= 0 {
		return false
	}
	if instructions.StandardDirectory(dir) && !(m.temp && m.thing.Meant) {
		return false
	}
	switch c.name {
	case "cp", "mv", "rsync", "scp":
		// The last word is where the others go to.
		last := c.words[len(c.words)-1]
		return !slices.Contains(fragments(last, c.dir), dir)
	case "git":
		return slices.Contains(m.thing.By, "git")
	case "tar", "zip", "7z", "cpio":
		return true
	}
	return m.thing.Meant // a by-product is read by those alone who name it
}

// packs reports whether a call of tar writes an archive.
func packs(c *call) bool {
	for i, word := range c.words[1:] {
		if word == "--create" || (i == 0 || strings.HasPrefix(word, "-")) && !strings.HasPrefix(word, "--") && strings.Contains(word, "c") && !strings.Contains(word, "/") {
			return true
		}
	}
	return false
}

// takesFromCache are programs that work offline with -C; see dnf(8), "--cacheonly".
var takesFromCache = set("dnf dnf5 yum microdnf")

// isOffline reports whether a word tells a tool to take what it has downloaded before.
func isOffline(word string) bool {
	switch word {
	case "--offline", "--prefer-offline", "--no-download", "--no-index", "--cacheonly", "--no-refresh":
		return true
	}
	return false
}

// searches reports whether a command may look for the thing by itself.
func (m *matcher) searches(c *call) bool {
	switch {
	case operandReaders[c.name]:
		// cp -r of a directory above it was asked about already.
		return false
	case standingTools[c.name]:
		if c.dir == unknown || slices.ContainsFunc(m.within, func(dir string) bool { return m.inside(c.dir, dir) }) {
			return true
		}
		return slices.ContainsFunc(c.paths, func(p string) bool {
			return p == unknown || slices.ContainsFunc(m.within, func(dir string) bool { return m.inside(p, dir) })
		})
	}
	return !c.quiet()
}

// inside reports whether a path is a directory or may lie in it.
func (m *matcher) inside(p, dir string) bool {
	m.room.left--
	return dir == "/" || relate(p, dir) >= touches
}

// quiet reports whether a call runs nothing of its own: what it runs is looked at
// by itself.
func (c *call) quiet() bool {
	_, strips := prefixes[c.name]
	return c.known || strips || shells[c.name] && !c.opaque || c.name == "."
}

// stands reports whether a command stands in the thing, or in a directory around it
// that somebody chose, and may look around there.
func (m *matcher) stands(c *call) bool {
	if speakers[c.name] && !standingTools[c.name] || operandReaders[c.name] || c.quiet() {
		return false
	}
	if c.dir == unknown {
		return true
	}
	for _, target := range m.targets {
		switch relate(c.dir, target) {
		case touches:
			return true
		case above:
			if c.dir != "/" && (!instructions.StandardDirectory(c.dir) || m.temp) {
				return true
			}
		}
	}
	return false
}

// removes reports whether a command does nothing with the thing but to remove it,
// and does not mind that it is gone.
func (m *matcher) removes(c *call) bool {
	switch c.name {
	case "rm":
		return slices.ContainsFunc(c.words[1:], func(word string) bool {
			return word == "--force" || strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.Contains(word, "f")
		}) || !m.namesDirectly(c)
	case "find":
		return slices.Contains(c.words, "-delete") || slices.Contains(c.words, "rm")
	}
	return false
}

// namesDirectly reports whether one of a command's words is the thing.
func (m *matcher) namesDirectly(c *call) bool {
	return slices.ContainsFunc(c.paths, func(p string) bool { rel := m.relate(p); return rel == touches || rel == free })
}

// hasC reports whether a word is -C, alone or among other letters, as in -qC.
func hasC(word string) bool {
	return len(word) > 1 && word[0] == '-' && word[1] != '-' && strings.Contains(word, "C")
}
