package replay

import (
	"maps"
	"strings"
	"sync"
)

// debianBases are the bases of Debian that were made already. Whoever checks a lesson again,
// or replays many Dockerfiles, begins with one of the same few, and unpacking its packages
// takes a fifth of a short replay.
var debianBases struct {
	sync.Mutex
	made map[debianBase]*machine
}

// debianBase is what such a base is made of.
type debianBase struct {
	more string // packages, between blanks
	slim bool
}

// debianOnce is debian, which it calls once for each base.
func (m *machine) debianOnce(a *Archive, more []string, slim bool) {
	if a != Debian() {
		m.debian(a, more, slim)
		return
	}
	debianBases.Lock()
	defer debianBases.Unlock()
	is := debianBase{strings.Join(more, " "), slim}
	made := debianBases.made[is]
	if made == nil {
		made = &machine{tree: newTree()}
		made.debian(a, more, slim)
		if debianBases.made == nil {
			debianBases.made = make(map[debianBase]*machine)
		}
		debianBases.made[is] = made
	}
	// A change of a file replaces its node, so that copies may share them.
	m.tree = &tree{nodes: maps.Clone(made.tree.nodes), ever: maps.Clone(made.tree.ever)}
	m.dpkg = made.dpkg.clone()
}
