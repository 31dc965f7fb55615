package analyze

import (
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/model"
)

// libraryWork is what finding one package of a programming language takes, in bytes that could
// be read in the same time.
const libraryWork = 2 << 10

// claimWork is what finding the owner of one file that a package lists takes, likewise.
const claimWork = 128

// listLibraries adds the packages of programming languages to the report, behind those of the
// system, and gives the files that no package of the system owns their owners. It must come
// after listPackages and before the stack is finished.
func (a *analysis) listLibraries() error {
	tree := a.stack.Tree()
	found, at := a.visibleLibraries()
	if len(found) == 0 {
		return nil
	}
	work := int64(0)
	for name, f := range found {
		work += libraryCost(name, f)
	}
	if err := a.budget.Take(budget.Databases, work); err != nil {
		return err
	}
	paths := newPathIndex(tree)
	exists := func(name string) bool {
		node, ok := paths.lookup(name)
		if !ok {
			return false
		}
		_, ok = tree.Visible(node)
		return ok
	}
	packages, notes := language.List(found, &language.Image{Exists: exists, Links: a.moduleLinks()})
	first := int32(len(a.report.Packages))
	parts := make(map[string]bool) // files that tell of what is a part of another package
	o := ownLibraries(tree, paths, packages)
	for i := range packages {
		p := &packages[i]
		row := model.Package{
			Manager: p.Manager, Name: p.Name, Version: p.Version, Layer: o.layer(tree, i, p, at[p.At]), Bytes: o.bytes[i],
			Reason: libraryReason(p), RecommendedBy: []string{}, NeededBy: p.NeededBy, Location: p.Location, Files: o.files[i], Entries: p.Entries, Unsized: p.Unsized != "",
		}
		switch owner := o.tells(tree, at[p.At]); {
		case p.Inside || owner == int32(i):
		case owner >= 0:
			row.PartOf, row.Unsized = packages[owner].Name, false
		case tree.Packages != nil && tree.Packages[at[p.At]] >= 0:
			row.PartOf, row.Bytes, row.Files = a.report.Packages[tree.Packages[at[p.At]]].Name, 0, 0
			row.Unsized = false
			o.disowned[int32(i)] = true
		}
		if row.PartOf != "" {
			parts[p.At] = true
		}
		if row.Unsized {
			row.Bytes, row.Files = 0, 0 // and not what few are known
		}
		a.report.Packages = append(a.report.Packages, row)
		if tree.Needs != nil {
			tree.Needs, tree.Spare = append(tree.Needs, nil), append(tree.Spare, nil)
		}
	}
	a.noteLibraries(notes, at, parts)
	tree.Libraries = o.owner
	for i := range tree.Libraries {
		switch owner := tree.Libraries[i]; {
		case owner >= 0 && o.disowned[owner]:
			tree.Libraries[i] = -1
		case owner >= 0:
			tree.Libraries[i] += first
		}
	}
	return nil
}

// libraryCost is what a file takes that says so much, in bytes that could be read in the same time.
// What a module of Node needs is looked for in each directory above it.
func libraryCost(name string, f *language.Found) int64 {
	const lookup = 4 // bytes of a path that is looked up in the time of one
	work := f.Memory() + libraryWork*int64(len(f.Rows))
	above := int64(strings.Count(name, "/")) * int64(len(name)) / lookup
	for i := range f.Rows {
		work += claimWork*int64(strings.Count(f.Rows[i].Files, "\n")) + above*int64(len(f.Rows[i].Requires))
	}
	return work
}

// visibleLibraries returns what the visible files say of packages, by every name of theirs, and
// the records of those names.
func (a *analysis) visibleLibraries() (found map[string]*language.Found, at map[string]model.RecordID) {
	said := a.stack.Libraries()
	if len(said) == 0 {
		return nil, nil
	}
	tree := a.stack.Tree()
	found, at = make(map[string]*language.Found), make(map[string]model.RecordID)
	for i := range tree.Records {
		r, id := &tree.Records[i], model.RecordID(i)
		if r.Kind != model.File && r.Kind != model.Link || r.Gone != model.StillThere {
			continue
		}
		if f := said[tree.Content(id)]; f != nil {
			name := tree.Path(r.Node)
			found[name], at[name] = f, id
		}
	}
	return found, at
}

// moduleLinks returns where the visible symbolic links lead that matter to managers, as far as that
// is a directory.
func (a *analysis) moduleLinks() map[string]string {
	tree, links := a.stack.Tree(), make(map[string]string)
	for i := range tree.Records {
		r := &tree.Records[i]
		if r.Kind != model.Symlink || r.Gone != model.StillThere || !mayBeModule(tree, r.Node) {
			continue
		}
		name := tree.Path(r.Node)
		if to := a.stack.Resolve(name); to != name && language.WantsLink(name) {
			links[name] = to
		}
	}
	return links
}

// mayBeModule reports whether a node is called node_modules, or lies in a directory of that name or
// in one in it. Most links of an image do not, and their paths need not be written out.
func mayBeModule(tree *model.Tree, n model.NodeID) bool {
	for range 3 {
		if n == model.Root {
			return false
		}
		if string(tree.NameBytes(n)) == "node_modules" {
			return true
		}
		n = tree.Nodes[n].Parent
	}
	return false
}

// libraryReason is why a package is there, in the words of the report.
func libraryReason(p *language.Package) string {
	switch {
	case p.Dev:
		return "dev"
	case p.Asked:
		return "manual"
	case p.Known:
		return "dependency"
	}
	return "unknown"
}

// layer returns the layer that a package came with. Where one file tells of several packages, as
// Composer's installed.json does, that file may be newer than the package's own.
func (o *libraryOwners) layer(tree *model.Tree, i int, p *language.Package, tells model.RecordID) int {
	if own := o.first[i]; own != model.NoRecord && o.owner[tells] != int32(i) {
		tells = own
	}
	return int(tree.Records[tells].Layer)
}

// libraryOwners says which package owns a record, and what each of them owns.
type libraryOwners struct {
	owner []int32          // by record, -1 for none
	bytes []int64          // by package: of the files that it owns
	files []int            // how many these are
	first []model.RecordID // by package: the first that it owns
	// disowned are those that are part of a package of the system: what Python compiled beside
	// the files of that one is nobody's.
	disowned map[int32]bool
}

// ownLibraries gives every visible file that no package of the system owns to the package that
// lists it, or else to the one that owns the nearest directory above it. A version belongs to a
// package by any of its names, its record's own before those of its hard links.
func ownLibraries(tree *model.Tree, paths *pathIndex, packages []language.Package) libraryOwners {
	files, dirs := claimedNodes(paths, packages)
	o := libraryOwners{owner: make([]int32, len(tree.Records)), bytes: make([]int64, len(packages)), files: make([]int, len(packages)), first: make([]model.RecordID, len(packages)), disowned: make(map[int32]bool)}
	for i := range o.first {
		o.first[i] = model.NoRecord
	}
	nearest := make(map[model.NodeID]int32)
	of := func(n model.NodeID) int32 {
		dir := nearestDir(tree, n, dirs, nearest)
		i, ok := files[n]
		// A program in a module of Node is the module's: a manager further up owns what is in
		// its directories, too.
		if !ok || dir >= 0 && dir < i && packages[dir].Manager != packages[i].Manager {
			return dir
		}
		return i
	}
	own := func(id model.RecordID, i int32) {
		if o.owner[id] = i; o.first[i] == model.NoRecord {
			o.first[i] = id
		}
		o.bytes[i] += tree.Records[id].Size.Bytes()
		o.files[i]++
	}
	systems := func(id model.RecordID) bool { return tree.Packages != nil && tree.Packages[id] >= 0 }
	for i := range tree.Records {
		r, id := &tree.Records[i], model.RecordID(i)
		o.owner[i] = -1
		if r.Kind == model.File && r.Gone == model.StillThere && !systems(id) {
			if p := of(r.Node); p >= 0 {
				own(id, p)
			}
		}
	}
	for i := range tree.Records {
		r, id := &tree.Records[i], model.RecordID(i)
		if r.Kind != model.Link || r.Gone != model.StillThere || systems(id) {
			continue
		}
		p, content := of(r.Node), tree.Content(id)
		if p < 0 || tree.Records[content].Kind != model.File || systems(content) {
			continue
		}
		if o.owner[id] = p; o.owner[content] < 0 {
			own(content, p)
		}
	}
	return o
}

// claimedNodes returns which package claims a file, and which a directory, by their nodes. The
// first package to claim one has it.
func claimedNodes(paths *pathIndex, packages []language.Package) (files, dirs map[model.NodeID]int32) {
	files, dirs = make(map[model.NodeID]int32), make(map[model.NodeID]int32)
	claim := func(claims map[model.NodeID]int32, name string, i int) {
		if node, ok := paths.lookup(name); ok {
			if _, taken := claims[node]; !taken {
				claims[node] = int32(i)
			}
		}
	}
	for i := range packages {
		if packages[i].Files != nil {
			for name := range packages[i].Files {
				claim(files, name, i)
			}
		}
		for _, dir := range packages[i].Dirs {
			claim(dirs, dir, i)
		}
	}
	return files, dirs
}

// nearestDir returns the package that owns the nearest directory that a node is or lies in, -1
// for none. It remembers the answers.
func nearestDir(tree *model.Tree, n model.NodeID, dirs, known map[model.NodeID]int32) int32 {
	var way []model.NodeID
	owner := int32(-1)
	for ; n != model.Root; n = tree.Nodes[n].Parent {
		if i, ok := known[n]; ok {
			owner = i
			break
		}
		way = append(way, n)
		if i, ok := dirs[n]; ok {
			owner = i
			break
		}
	}
	for _, n := range way {
		if tree.Nodes[n].FirstChild != model.NoNode { // a directory: others will ask
			known[n] = owner
		}
	}
	return owner
}

// tells returns the package that owns the file which tells of a package, -1 for none.
func (o *libraryOwners) tells(tree *model.Tree, id model.RecordID) int32 {
	if o.owner[id] >= 0 {
		return o.owner[id]
	}
	return o.owner[tree.Content(id)]
}
