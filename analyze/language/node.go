package language

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// What npm, yarn and pnpm leave: a directory for each module in node_modules, with its
// package.json (docs.npmjs.com/cli/configuring-npm/package-json); above it the project's own,
// which says what was asked for; and npm's node_modules/.package-lock.json, which says of each
// module whether only development needs it. pnpm keeps the modules in node_modules/.pnpm and
// links to them.
const (
	packageJSON = "package.json"
	hiddenLock  = ".package-lock.json"
	modules     = "node_modules"
)

// maxPackageJSON is more bytes than any module's package.json has.
const maxPackageJSON = 1 << 20

func looksNode(name string, size int64) look {
	dir, base := path.Split(name)
	switch base {
	case hiddenLock:
		if strings.HasSuffix(dir, modules+"/") {
			return lookHiddenLock
		}
	case packageJSON:
		inModules := strings.HasPrefix(dir, modules+"/") || strings.Contains(dir, "/"+modules+"/")
		if size <= maxPackageJSON && (!inModules || moduleName(dir) != "") {
			return lookPackageJSON
		}
	}
	return nil
}

// moduleName returns the name by which a directory stands in node_modules, @scope/name or name;
// "" for a directory that stands nowhere in one. A slash at its end does not matter.
func moduleName(dir string) string {
	dir = strings.TrimSuffix(dir, "/")
	above, name := path.Split(dir)
	above = strings.TrimSuffix(above, "/")
	if scope := path.Base(above); strings.HasPrefix(scope, "@") {
		above, name = path.Dir(above), scope+"/"+name
	}
	if path.Base(above) != modules || strings.HasPrefix(name, ".") {
		return ""
	}
	return name
}

// lookPackageJSON reads a module's or a project's package.json. Of a project, which needs no
// name, the rows after the first are what it asks for.
func lookPackageJSON(name string, content []byte) (Found, bool) {
	var p struct {
		Name, Version                           any
		Dependencies, OptionalDependencies      map[string]any
		DevDependencies, PeerDependencies       map[string]any
		BundleDependencies, BundledDependencies any
	}
	if json.Unmarshal(content, &p) != nil {
		return Found{}, false
	}
	text := func(v any) string { s, _ := v.(string); return s }
	row := Row{Name: text(p.Name), Version: text(p.Version)}
	needs := make(map[string]bool)
	for _, list := range []map[string]any{p.Dependencies, p.OptionalDependencies, p.PeerDependencies} {
		for name := range list {
			needs[name] = true
		}
	}
	row.Requires = slices.Sorted(maps.Keys(needs))
	found := Found{Npm, []Row{row}}
	if moduleName(path.Dir(name)) == "" {
		for _, dev := range slices.Sorted(maps.Keys(p.DevDependencies)) {
			found.Rows = append(found.Rows, Row{Name: dev, Dev: true, Asked: true})
		}
		return found, len(row.Requires)+len(found.Rows) > 1
	}
	return found, true
}

// lookHiddenLock reads npm's own record of a node_modules directory.
func lookHiddenLock(_ string, content []byte) (Found, bool) {
	var lock struct {
		Packages map[string]struct {
			Version          string
			Dev, DevOptional bool
			Link             bool
		}
	}
	if json.Unmarshal(content, &lock) != nil {
		return Found{}, false
	}
	var f Found
	for _, dir := range slices.Sorted(maps.Keys(lock.Packages)) {
		if m := lock.Packages[dir]; dir != "" && !m.Link {
			f.Rows = append(f.Rows, Row{Dir: dir, Version: m.Version, Dev: m.Dev})
		}
	}
	f.Manager = Npm
	return f, len(f.Rows) > 0
}

// listNode finds the modules of an image.
func listNode(all files, exists Exists) []Package {
	n := nodeTree{all: all, at: make(map[string]int)}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		dir := path.Dir(name)
		module := moduleName(dir)
		if path.Base(name) != packageJSON || module == "" {
			continue
		}
		row := all[name].Rows[0]
		n.at[dir] = len(n.packages)
		n.packages = append(n.packages, Package{
			Manager: Npm, Name: cmp.Or(row.Name, module), Version: row.Version, At: name, Location: dir, Dirs: []string{dir},
		})
	}
	n.readLocks()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if path.Base(name) == packageJSON && moduleName(path.Dir(name)) == "" {
			n.walkProject(name)
		}
	}
	n.findUsers()
	return append(n.packages, listZipped(all, exists)...)
}

// nodeTree are the modules of an image, as programs find them.
type nodeTree struct {
	all      files
	packages []Package
	at       map[string]int // by directory
	locked   map[int]bool   // npm said whether it is for development
}

// readLocks notes what npm says of the modules it installed.
func (n *nodeTree) readLocks() {
	n.locked = make(map[int]bool)
	for name, f := range n.all {
		if path.Base(name) != hiddenLock {
			continue
		}
		project := path.Dir(path.Dir(name))
		for i := range f.Rows {
			if at, ok := n.at[below(project, f.Rows[i].Dir)]; ok {
				n.packages[at].Dev, n.locked[at] = f.Rows[i].Dev, true
			}
		}
	}
}

// walkProject follows what a project asks for, through the modules that are installed for it. What
// is reached only from what it needs for development is for development alone.
func (n *nodeTree) walkProject(name string) {
	dir, f := path.Dir(name), n.all[name]
	if dir == "." {
		dir = ""
	}
	reached := make(map[int]bool)
	var queue []int
	ask := func(name string) {
		if at, ok := n.resolve(dir, name); ok {
			n.packages[at].Asked = true
			queue = append(queue, at)
		}
	}
	visit := func() {
		for ; len(queue) > 0; queue = queue[1:] {
			at := queue[0]
			if reached[at] {
				continue
			}
			reached[at] = true
			for _, next := range n.all[n.packages[at].At].Rows[0].Requires {
				if to, ok := n.resolve(n.packages[at].Location, next); ok && !reached[to] {
					queue = append(queue, to)
				}
			}
		}
	}
	for _, needed := range f.Rows[0].Requires {
		ask(needed)
	}
	visit()
	runs := maps.Clone(reached)
	for _, row := range f.Rows[1:] {
		ask(row.Name)
	}
	visit()
	for at := range reached {
		n.packages[at].Known = true
		if !n.locked[at] {
			n.packages[at].Dev = !runs[at]
		}
	}
}

// findUsers notes by whom a module is needed.
func (n *nodeTree) findUsers() {
	for i := range n.packages {
		for _, name := range n.all[n.packages[i].At].Rows[0].Requires {
			if to, ok := n.resolve(n.packages[i].Location, name); ok && to != i {
				n.packages[to].NeededBy = cmp.Or(n.packages[to].NeededBy, n.packages[i].Name)
			}
		}
	}
}

// resolve finds a module as node does for a file in a directory: in node_modules there, then in
// those of the directories above.
func (n *nodeTree) resolve(dir, name string) (int, bool) {
	for {
		if path.Base(dir) != modules {
			if at, ok := n.at[path.Join(dir, modules, name)]; ok {
				return at, true
			}
		}
		if dir == "" || dir == "." {
			return 0, false
		}
		if dir = path.Dir(dir); dir == "." {
			dir = ""
		}
	}
}
