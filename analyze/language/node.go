package language

import (
	"cmp"
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

// maxPackageJSON is how many bytes of a package.json are read: more than any module's has.
const maxPackageJSON = 4 << 20

func looksNode(name string) *look {
	dir, base := path.Split(name)
	switch base {
	case hiddenLock:
		if strings.HasSuffix(dir, modules+"/") {
			return upTo(MaxSize, Npm, lookHiddenLock)
		}
	case packageJSON:
		inModules := strings.HasPrefix(dir, modules+"/") || strings.Contains(dir, "/"+modules+"/")
		if !inModules || moduleName(dir) != "" {
			return upTo(maxPackageJSON, Npm, lookPackageJSON)
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
	row := Row{}
	var dev, entries []string
	project := moduleName(path.Dir(name)) == ""
	need := func(name string) { row.Requires = append(row.Requires, name) }
	ok := members(content, func(key, value []byte) {
		switch string(key) {
		case `"name"`:
			row.Name = textOf(value)
		case `"version"`:
			row.Version = textOf(value)
		case `"dependencies"`, `"optionalDependencies"`, `"peerDependencies"`:
			keysOf(value, need)
		case `"main"`, `"module"`, `"browser"`, `"bin"`, `"types"`, `"typings"`, `"exports"`:
			entries = namedIn(value, entries)
		case `"devDependencies"`:
			if project {
				keysOf(value, func(name string) { dev = append(dev, name) })
			}
		}
	})
	if !ok {
		return Found{Npm, []Row{{Unknown: odd}}}, true
	}
	slices.Sort(row.Requires)
	row.Requires = slices.Compact(row.Requires)
	if !project {
		row.Files = joinLines(entries)
	}
	found := Found{Npm, []Row{row}}
	if !project {
		return found, true
	}
	slices.Sort(dev)
	for _, name := range slices.Compact(dev) {
		found.Rows = append(found.Rows, Row{Name: name, Dev: true, Asked: true})
	}
	// A project that is linked into node_modules is a module, too.
	return found, len(row.Requires)+len(found.Rows) > 1 || row.Name != ""
}

// maxEntries is how many files that a module names are kept. Of one that names more, all count as
// named.
const maxEntries = 1000

// namedIn adds the files that a value names, which is a text, or holds texts however deep.
func namedIn(value []byte, to []string) []string {
	for at := 0; at < len(value) && len(to) <= maxEntries; at++ {
		if value[at] != '"' {
			continue
		}
		end := min(pastString(value, at), len(value))
		if key := pastBlanks(value, end); key < len(value) && value[key] == ':' {
			at = end - 1
			continue
		}
		if name := cleanEntry(textOf(value[at:end])); name != "" {
			to = append(to, name)
		}
		at = end - 1
	}
	if len(to) > maxEntries {
		return []string{"*"}
	}
	return to
}

// cleanEntry returns the path of a file that a module names, relative to the module.
func cleanEntry(name string) string {
	if rest := strings.TrimPrefix(name, "./"); isClean(rest) { // as nearly always
		return rest
	}
	return path.Clean("/" + name)[1:]
}

// lookHiddenLock reads npm's own record of a node_modules directory.
func lookHiddenLock(_ string, content []byte) (Found, bool) {
	f := Found{Manager: Npm}
	ok := members(content, func(key, value []byte) {
		if string(key) != `"packages"` {
			return
		}
		members(value, func(dir, about []byte) {
			row, link := Row{Dir: textOf(dir)}, false
			members(about, func(key, value []byte) {
				switch string(key) {
				case `"version"`:
					row.Version = textOf(value)
				case `"dev"`:
					row.Dev = string(value) == "true"
				case `"link"`:
					link = string(value) == "true"
				}
			})
			if row.Dir != "" && !link {
				f.Rows = append(f.Rows, row)
			}
		})
	})
	slices.SortFunc(f.Rows, func(a, b Row) int { return cmp.Compare(a.Dir, b.Dir) })
	return f, ok && len(f.Rows) > 0
}

// listNode finds the modules of an image.
func listNode(all files, in *Image) []Package {
	n := nodeTree{all: all, links: in.Links, at: make(map[string]int), homes: make(map[string]string), searched: make(map[string]*home)}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if dir := path.Dir(name); path.Base(name) == packageJSON && moduleName(dir) != "" && all[name].Rows[0].Unknown != odd {
			n.add(dir, dir)
		}
	}
	n.followLinks()
	n.readLocks()
	var projects []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if path.Base(name) == packageJSON && moduleName(path.Dir(name)) == "" {
			projects = append(projects, name)
		}
	}
	n.walkProjects(projects)
	n.findUsers()
	return append(n.packages, listZipped(all, in)...)
}

// nodeTree are the modules of an image, as programs find them.
type nodeTree struct {
	all      files
	links    map[string]string
	packages []Package
	at       map[string]int      // by directory, and by link to one
	locked   map[int]bool        // npm said whether it is for development
	linked   []int               // modules that lie elsewhere than in a node_modules
	homes    map[string]string   // by directory: the node_modules in it that has modules
	searched map[string]*home    // by directory: the nearest of them
	below    map[string][]string // by directory: those right below it with a package.json; nil until asked for
}

// add adds the module that lies in a directory, by the directory or link in a node_modules that
// programs find it by.
func (n *nodeTree) add(name, dir string) {
	at, known := n.at[dir]
	if !known {
		file := path.Join(dir, packageJSON)
		row := &n.all[file].Rows[0]
		at = len(n.packages)
		n.at[dir] = at
		n.packages = append(n.packages, Package{
			Manager: Npm, Name: cmp.Or(row.Name, withoutSecret(moduleName(name))), Version: row.Version, At: file, Location: dir, Dirs: []string{dir},
			Entries: entriesOf(row),
		})
	}
	n.at[name] = at
	home := parent(strings.TrimSuffix(strings.TrimSuffix(name, moduleName(name)), "/"))
	n.homes[home] = path.Join(home, modules)
}

// entriesOf are the files that a package.json names.
func entriesOf(row *Row) []string {
	if row.Files == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(row.Files, "\n"), "\n")
}

// followLinks finds modules through symbolic links: those of a workspace, which lie where their
// sources are (packages/x), those that npm link made, and pnpm's, which lie in node_modules/.pnpm.
// A module is one however many links lead to it. A project's node_modules may itself be a link.
func (n *nodeTree) followLinks() {
	for _, name := range slices.Sorted(maps.Keys(n.links)) {
		dir := n.links[name]
		if path.Base(name) == modules {
			if _, own := n.homes[parent(name)]; !own && path.Base(dir) == modules {
				n.homes[parent(name)] = dir
			}
			continue
		}
		if scope := path.Base(name); strings.HasPrefix(scope, "@") {
			for _, module := range n.modulesIn(dir) {
				n.link(name+"/"+path.Base(module), module)
			}
			continue
		}
		n.link(name, dir)
	}
}

// modulesIn are the directories right below one that have a package.json: a link of a scope leads
// to all of them.
func (n *nodeTree) modulesIn(dir string) []string {
	if n.below == nil {
		n.below = make(map[string][]string)
		for name := range n.all {
			if at := path.Dir(name); path.Base(name) == packageJSON {
				n.below[path.Dir(at)] = append(n.below[path.Dir(at)], at)
			}
		}
	}
	slices.Sort(n.below[dir])
	return n.below[dir]
}

// link notes that a symbolic link leads to a directory, which may be a module's.
func (n *nodeTree) link(name, dir string) {
	_, known := n.at[dir]
	switch f := n.all[path.Join(dir, packageJSON)]; {
	case dir == "" || strings.HasPrefix(name, dir+"/"):
		return // the project that the link is in
	case !known && (f == nil || f.Rows[0].Unknown == odd):
		return
	}
	if n.add(name, dir); !known && moduleName(dir) == "" {
		n.linked = append(n.linked, n.at[dir])
	}
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

// walkProjects follows what projects ask for, through the modules that are installed for them. What
// is reached only from what they need for development is for development alone. All projects are
// walked at once, since many may share one tree of modules.
func (n *nodeTree) walkProjects(projects []string) {
	reached := make(map[int]bool)
	var queue []int
	ask := func(project, name string) {
		if at, ok := n.resolve(parent(project), name); ok {
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
	for _, project := range projects {
		for _, needed := range n.all[project].Rows[0].Requires {
			ask(project, needed)
		}
	}
	visit()
	runs := maps.Clone(reached)
	for _, project := range projects {
		for _, row := range n.all[project].Rows[1:] {
			ask(project, row.Name)
		}
	}
	visit()
	for _, at := range n.linked {
		if !reached[at] { // of a workspace, or linked by hand
			n.packages[at].Asked, n.packages[at].Known = true, true
		}
	}
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

// home is a directory node_modules that has modules, and the next one further up.
type home struct {
	modules string
	above   *home
}

// resolve finds a module as node does for a file in a directory: in node_modules there, then in
// those of the directories above.
func (n *nodeTree) resolve(dir, name string) (int, bool) {
	for h := n.nearest(dir); h != nil; h = h.above {
		if at, ok := n.at[h.modules+"/"+name]; ok {
			return at, true
		}
	}
	return 0, false
}

// nearest returns the first directory of modules in a directory and above it, nil for none. It
// remembers them: a module asks for each that it needs.
func (n *nodeTree) nearest(dir string) *home {
	if h, ok := n.searched[dir]; ok {
		return h
	}
	at := dir
	for at != "" && (n.homes[at] == "" || path.Base(at) == modules) {
		at = parent(at)
	}
	h := n.searched[at]
	if h == nil && n.homes[at] != "" {
		h = &home{modules: n.homes[at]}
		if at != "" {
			h.above = n.nearest(parent(at))
		}
		n.searched[at] = h
	}
	n.searched[dir] = h
	return h
}
