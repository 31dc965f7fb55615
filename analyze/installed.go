package analyze

import (
	"fmt"
	"maps"
	"strings"

	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// wanted says which files' contents the scan has to keep: the package databases,
// and what rules look into.
func wanted(name string, size int64) bool { return packages.Wants(name) || rules.Wants(name, size) }

// installed follows the package databases from layer to layer.
type installed struct {
	now   *packages.Database // nil while there is none
	files packages.Files     // that it was read from
	notes []string           // of the newest state
	layer map[packages.ID]int
}

// step reads the databases as they are after a layer that changed them, and
// notes which packages came with it.
func (in *installed) step(layer int, files packages.Files) error {
	next, notes, err := packages.Read(files)
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
	in.now, in.notes = next, notes
	return err
}

// follow follows a layer that was just stacked. The databases are read again
// only if the layer changed one of them.
func (a *analysis) follow(layer int) {
	contents, changed := a.stack.Captured()
	if !changed {
		return
	}
	maps.DeleteFunc(contents, func(name string, _ []byte) bool { return !packages.Wants(name) })
	if maps.EqualFunc(contents, a.installed.files, sameBytes) {
		return
	}
	a.installed.files = contents
	if err := a.installed.step(layer, contents); err != nil {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("layer %d: a package database cannot be read: %s", layer, strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
}

// sameBytes says whether two contents are one in memory.
func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// listPackages fills the report's packages, and gives every file version its
// owner. It must come before the stack is finished: owners are found by paths
// that lead through the links of the merged tree.
func (a *analysis) listPackages() {
	in := &a.installed
	if in.now == nil || len(in.now.Packages) == 0 {
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
	for i, needs := range in.now.Needs() {
		if row[i] < 0 {
			continue
		}
		own := make([]int32, 0, len(needs))
		for _, need := range needs {
			own = append(own, row[need]) // what is installed
		}
		tree.Needs = append(tree.Needs, own)
	}
	tree.Packages = make([]int32, len(tree.Records))
	for i := range tree.Records {
		r := &tree.Records[i]
		tree.Packages[i] = -1
		if r.Kind != model.File && r.Kind != model.Link {
			continue
		}
		owner := owners.Of(tree.Path(r.Node))
		if owner < 0 || row[owner] < 0 {
			continue
		}
		tree.Packages[i] = row[owner]
		if p := &a.report.Packages[row[owner]]; p.Layer == int(r.Layer) {
			p.Bytes += r.Size.Bytes()
		}
	}
	for _, note := range in.notes {
		if in.above(a.report.Image.Base.Layers) || !strings.HasSuffix(note, packages.Unasked) {
			a.report.Notes = append(a.report.Notes, note)
		}
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
