package analyze

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// wanted says which files' contents the scan has to keep: the package databases,
// and what rules look into.
func wanted(name string, size int64) bool { return packages.Wants(name) || rules.Wants(name, size) }

// resembles says which contents may be wanted under the name of a hard link.
func resembles(name string, head []byte, size int64) bool {
	return packages.Resembles(name, head, size) || rules.Resembles(head, size)
}

// worthAgain says which hard links' names are worth reading a layer twice: a
// database that is missing is a whole manager's packages, a script is a hint.
func worthAgain(name string, _ int64) bool { return packages.Wants(name) }

// holdsNames reports whether the names of files among a program's constants matter: where
// the programs of a distribution do not live, whose packages say what they need.
func holdsNames(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "bin", "sbin", "lib", "lib32", "lib64", "libx32":
		return false
	case "usr":
		return strings.HasPrefix(rest, "local/")
	}
	return true
}

// installed follows the package databases from layer to layer.
type installed struct {
	now   *packages.Database // nil while there is none
	files packages.Files     // that it was read from
	links map[string]string  // directories of databases behind symbolic links
	layer map[packages.ID]int

	memory int64 // that now takes, as far as the budget is concerned

	stores map[string]packageStore // by their paths
	said   string                  // the error of the last reading, "" for none
}

// step reads the databases as they are after a layer that changed them, and
// notes which packages came with it.
func (in *installed) step(layer int, files packages.Files) error {
	next, err := packages.List(files)
	if next == nil {
		return err
	}
	if in.layer == nil {
		in.layer = make(map[packages.ID]int)
	}
	changes := packages.Compare(in.now, next)
	for i := range changes.Installed {
		in.layer[changes.Installed[i].ID()] = layer
	}
	for i := range changes.Upgraded {
		in.layer[changes.Upgraded[i].To.ID()] = layer
	}
	in.now = next
	return err
}

// follow follows a layer that was just stacked. The databases are read again
// only if the layer changed one of them, or where the links to them lead.
func (a *analysis) follow(layer int) error {
	links := a.databaseLinks()
	if err := a.followStores(layer); err != nil {
		return err
	}
	if !a.stack.Touched() && maps.Equal(links, a.installed.links) {
		return nil
	}
	a.installed.links = links
	contents := a.stack.Captured()
	rename(contents, links)
	maps.DeleteFunc(contents, func(name string, _ []byte) bool { return !packages.Wants(name) })
	if maps.EqualFunc(contents, a.installed.files, sameBytes) {
		return nil
	}
	if err := a.pay(contents); err != nil {
		return err
	}
	a.installed.files = contents
	a.installed.said = ""
	if err := a.installed.step(layer, contents); err != nil {
		a.installed.said = err.Error()
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("layer %d: a package database cannot be read: %s", layer, strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	return nil
}

// pay takes what it costs to read the databases from the image's budget, in place
// of what those held that were read before.
func (a *analysis) pay(files packages.Files) error {
	memory, work := packages.Cost(files)
	more := memory - a.installed.memory
	a.installed.memory = memory
	return cmp.Or(a.budget.Take(budget.Databases, work), a.budget.Take(budget.Memory, more))
}

// sameBytes reports whether two contents are one in memory.
func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// listPackages fills the report's packages, and gives every file version its
// owner. It must come before the stack is finished: owners are found by paths
// that lead through the links of the merged tree.
func (a *analysis) listPackages() {
	in := &a.installed
	a.noteUnread()
	if a.readStores() != nil || in.now == nil {
		return // an image beyond a limit is refused
	}
	notes := in.now.Explain()
	if len(in.now.Packages) == 0 {
		a.report.Notes = append(a.report.Notes, notes...)
		return
	}
	owners := in.now.Owners(a.stack.Resolve)
	row := make([]int32, len(in.now.Packages)) // in the report, -1 for what is not installed
	for i := range in.now.Packages {
		p := &in.now.Packages[i]
		row[i] = -1
		if p.State == packages.ConfigFiles {
			continue
		}
		row[i] = int32(len(a.report.Packages))
		by := p.RecommendedBy
		if by == nil {
			by = []string{}
		}
		a.report.Packages = append(a.report.Packages, model.Package{
			Manager: p.Manager, Name: p.Name, Version: p.Version, Arch: p.Arch,
			Layer: in.layer[p.ID()], Reason: string(p.Reason), RecommendedBy: by, Via: p.Via, NeededBy: p.NeededBy,
		})
	}
	tree := a.stack.Tree()
	a.ownedByLink = make(map[model.RecordID]bool)
	needs, spare := in.now.Needs()
	inReport := func(list []int32) []int32 {
		own := make([]int32, 0, len(list))
		for _, at := range list {
			own = append(own, row[at]) // what is installed
		}
		return own
	}
	for i := range needs {
		if row[i] >= 0 {
			tree.Needs, tree.Spare = append(tree.Needs, inReport(needs[i])), append(tree.Spare, inReport(spare[i]))
		}
	}
	a.ownFiles(row, owners)
	for _, note := range notes {
		if in.above(a.report.Image.Base.Layers) || !strings.HasSuffix(note, packages.Unasked) {
			a.report.Notes = append(a.report.Notes, note)
		}
	}
}

// ownFiles gives file versions and hard links their owners. A package owns a
// version if it lists any name of it, the record's own before those of its hard
// links, of these the first.
func (a *analysis) ownFiles(row []int32, owners *packages.Owners) {
	tree := a.stack.Tree()
	tree.Packages = make([]int32, len(tree.Records))
	own := func(id, owner int) {
		tree.Packages[id] = row[owner]
		r := &tree.Records[id]
		if p := &a.report.Packages[row[owner]]; p.Layer == int(r.Layer) {
			p.Bytes += r.Size.Bytes()
		}
	}
	var links []int
	for i := range tree.Records {
		r := &tree.Records[i]
		tree.Packages[i] = -1
		if r.Kind != model.File && r.Kind != model.Link && r.Kind != model.Symlink {
			continue
		}
		if tree.PathLen(r.Node, packages.MaxPath) > packages.MaxPath {
			continue // no package owns what cannot be opened
		}
		if owner := owners.Of(tree.Path(r.Node)); owner >= 0 && row[owner] >= 0 {
			if r.Kind == model.Symlink {
				tree.LinkOwners = append(tree.LinkOwners, model.LinkOwner{Link: model.RecordID(i), Package: row[owner]})
				continue
			}
			own(i, owner)
			if r.Kind == model.Link {
				links = append(links, i)
			}
		}
	}
	for _, i := range links {
		content := tree.Content(model.RecordID(i))
		if tree.Packages[content] >= 0 || tree.Records[content].Kind != model.File {
			continue
		}
		owner := owners.Of(tree.Path(tree.Records[i].Node))
		own(int(content), owner)
		a.ownedByLink[content] = true
	}
}

// above reports whether a layer from first on brought packages.
func (in *installed) above(first int) bool {
	for _, layer := range in.layer {
		if layer >= first {
			return true
		}
	}
	return false
}
