package analyze

import (
	"bytes"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/model"
)

// listStores lists the names in the directories whose entries are packages, such as
// nix/store, as the image is stacked so far. It reports whether they changed.
func (a *analysis) listStores() (changed bool, err error) {
	for _, store := range packages.Stores() {
		key := store + "/"
		at, ok := a.stack.Find(store)
		if !ok {
			if a.installed.names[key] != nil {
				delete(a.installed.names, key)
				changed = true
			}
			continue
		}
		names, err := a.namesIn(at)
		if err != nil {
			return false, err
		}
		if before, listed := a.installed.names[key]; listed && bytes.Equal(names, before) {
			continue
		}
		if a.installed.names == nil {
			a.installed.names = make(packages.Files)
		}
		a.installed.names[key], changed = names, true
	}
	return changed, nil
}

// namesIn lists the visible names in a directory, one a line.
func (a *analysis) namesIn(at model.NodeID) (names []byte, err error) {
	tree := a.stack.Tree()
	for child := range tree.Children(at) {
		if err := a.budget.Take(budget.Databases, linkCost); err != nil {
			return nil, err
		}
		if _, visible := tree.Visible(child); visible && bytes.IndexByte(tree.NameBytes(child), '\n') < 0 {
			names = append(append(names, tree.NameBytes(child)...), '\n')
		}
	}
	return names, nil
}

// noteUnread notes the package databases that nothing here can read.
func (a *analysis) noteUnread() {
	for _, manager := range packages.Unread() {
		for _, dir := range manager.Dirs {
			if a.holdsSomething(dir) {
				a.report.Notes = append(a.report.Notes, manager.Name+": tare cannot read the database in /"+dir+", so no file of its packages has an owner")
				break
			}
		}
	}
}

// holdsSomething reports whether the image has a file at a path, or a directory that is
// not empty.
func (a *analysis) holdsSomething(path string) bool {
	tree := a.stack.Tree()
	at, ok := a.stack.Find(path)
	if !ok {
		return false
	}
	if id, visible := tree.Visible(at); visible && tree.Records[tree.Content(id)].Kind == model.File {
		return true
	}
	for child := range tree.Children(at) {
		if _, visible := tree.Visible(child); visible {
			return true
		}
	}
	return false
}
