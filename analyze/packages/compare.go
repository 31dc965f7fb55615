package packages

import "slices"

// Changes is what happened to an image's packages between two states, each list
// in the order of Database.Packages.
type Changes struct {
	Installed, Removed []Package
	Upgraded           []Upgrade
}

// Upgrade is a package whose version changed, up or down.
type Upgrade struct{ From, To Package }

// Compare says what an instruction did, from the states before and after it.
// Packages count as installed however broken half-way, but not when only their
// configuration is left. A nil database is an empty one.
func Compare(before, after *Database) Changes {
	var c Changes
	old, replaced := before.versions(), make(map[*Package]bool)
	now := after.versions()
	for _, p := range after.present() {
		if slices.ContainsFunc(old[p.ID()], p.sameVersion) {
			continue
		}
		// rpm installs several versions of a kernel side by side: what a new one
		// replaces is one that went away.
		i := slices.IndexFunc(old[p.ID()], func(q *Package) bool {
			return !replaced[q] && !slices.ContainsFunc(now[q.ID()], q.sameVersion)
		})
		if i < 0 {
			c.Installed = append(c.Installed, *p)
			continue
		}
		q := old[p.ID()][i]
		replaced[q] = true
		c.Upgraded = append(c.Upgraded, Upgrade{*q, *p})
	}
	for _, q := range before.present() {
		if !replaced[q] && !slices.ContainsFunc(now[q.ID()], q.sameVersion) {
			c.Removed = append(c.Removed, *q)
		}
	}
	return c
}

func (p *Package) sameVersion(q *Package) bool { return p.Version == q.Version }

// present lists what is installed at all.
func (d *Database) present() []*Package {
	if d == nil {
		return nil
	}
	var out []*Package
	for i := range d.Packages {
		if d.Packages[i].State != ConfigFiles {
			out = append(out, &d.Packages[i])
		}
	}
	return out
}

// versions groups what is installed: as good as always one of a kind.
func (d *Database) versions() map[ID][]*Package {
	out := make(map[ID][]*Package)
	for _, p := range d.present() {
		if list := out[p.ID()]; len(list) < maxVersions {
			out[p.ID()] = append(list, p)
		}
	}
	return out
}

// maxVersions bounds the comparisons of one package's versions.
const maxVersions = 50
