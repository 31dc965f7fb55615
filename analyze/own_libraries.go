package analyze

import (
	"slices"

	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/model"
)

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
func ownLibraries(tree *model.Tree, paths *pathIndex, packages []language.Package, at map[string]model.RecordID) libraryOwners {
	files, dirs := claimedNodes(tree, paths, packages, at)
	o := libraryOwners{owner: make([]int32, len(tree.Records)), bytes: make([]int64, len(packages)), files: make([]int, len(packages)), first: make([]model.RecordID, len(packages)), disowned: make(map[int32]bool)}
	for i := range o.first {
		o.first[i] = model.NoRecord
	}
	spreadDirs(tree, dirs)
	of := func(n model.NodeID) int32 {
		dir := dirs[n]
		i := files[n]
		// A program in a module of Node is the module's: a manager further up owns what is in
		// its directories, too.
		if i < 0 || dir >= 0 && dir < i && packages[dir].Manager != packages[i].Manager {
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
// first package to claim one has it, but for one that was installed over another. What nobody claims
// is -1.
func claimedNodes(tree *model.Tree, paths *pathIndex, packages []language.Package, at map[string]model.RecordID) (files, dirs []int32) {
	files, dirs = slices.Repeat([]int32{-1}, len(tree.Nodes)), slices.Repeat([]int32{-1}, len(tree.Nodes))
	claim := func(claims []int32, name string, i int) {
		node, ok := paths.lookup(name)
		if !ok {
			return
		}
		if before := claims[node]; before >= 0 {
			p, q := &packages[before], &packages[i]
			if p.Manager != language.Pip || q.Manager != language.Pip || p.Location != q.Location {
				return
			}
			if !wroteLast(tree, node, p, q, at) {
				return
			}
		}
		claims[node] = int32(i)
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

// wroteLast reports whether the second of two packages of Python in one directory wrote what is
// visible at a node that both list. Each tells what it wrote when it was installed, and what is
// installed over another leaves that one's list as it was. So a node belongs to the package of the
// layer that wrote it, else to that of the newer layer, and in one layer to the higher version of
// the same project.
func wroteLast(tree *model.Tree, node model.NodeID, first, second *language.Package, at map[string]model.RecordID) bool {
	a, b := tree.Records[at[first.At]].Layer, tree.Records[at[second.At]].Layer
	if a == b {
		return language.SameProject(first, second) && language.CompareVersions(first.Version, second.Version) < 0
	}
	if id, ok := tree.Visible(node); ok && (tree.Records[id].Kind == model.File || tree.Records[id].Kind == model.Link) {
		switch tree.Records[id].Layer {
		case a:
			return false
		case b:
			return true
		}
	}
	return a < b
}

// spreadDirs makes the packages that claim directories claim what lies in those, too, as far as no
// package further down does. A node comes after the one that it lies in, so one pass is enough.
// Nobody has the whole image.
func spreadDirs(tree *model.Tree, dirs []int32) {
	dirs[model.Root] = -1
	for n := 1; n < len(dirs); n++ {
		if dirs[n] < 0 {
			dirs[n] = dirs[tree.Nodes[n].Parent]
		}
	}
}

// tells returns the package that owns the file which tells of a package, -1 for none.
func (o *libraryOwners) tells(tree *model.Tree, id model.RecordID) int32 {
	if o.owner[id] >= 0 {
		return o.owner[id]
	}
	return o.owner[tree.Content(id)]
}
