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
	o := ownLibraries(tree, paths, packages, at)
	var shown shownPaths
	for i := range packages {
		p := &packages[i]
		row := model.Package{
			Manager: p.Manager, Name: p.Name, Version: p.Version, Layer: o.layer(tree, i, p, at[p.At]), Bytes: o.bytes[i],
			Reason: libraryReason(p), RecommendedBy: []string{}, NeededBy: p.NeededBy, Location: shown.path(p.Location), Files: o.files[i], Entries: p.Entries, Unsized: p.Unsized != "",
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
	note := func(id model.RecordID, f *language.Found) {
		name := tree.Path(tree.Records[id].Node)
		found[name], at[name] = f, id
	}
	for id, f := range said {
		if r := &tree.Records[id]; r.Kind == model.File && r.Gone == model.StillThere {
			note(id, f)
		}
	}
	for i := range tree.Records {
		if r, id := &tree.Records[i], model.RecordID(i); r.Kind == model.Link && r.Gone == model.StillThere {
			if f := said[tree.Content(id)]; f != nil {
				note(id, f)
			}
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
