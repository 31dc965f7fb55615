package analyze

import (
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/model"
)

// packageStore is a directory whose entries are packages, such as nix/store: where it is, and
// which layer brought each of its entries.
type packageStore struct {
	at      model.NodeID
	entries map[model.NodeID]int
}

// entryCost is what an entry of a store takes in memory, beside its package.
const entryCost = 64

// followStores notes which entries of stores the layer stacked last brought and which it
// took away. The packages are read only once, from what is left in the end: an image may
// have a layer for each, and to read all of them after each layer would take longer and
// longer.
func (a *analysis) followStores(layer int) error {
	for _, dir := range packages.Stores() {
		at, ok := a.stack.Find(dir)
		if !ok {
			delete(a.installed.stores, dir)
			continue
		}
		if s, known := a.installed.stores[dir]; !known || s.at != at {
			if a.installed.stores == nil {
				a.installed.stores = make(map[string]packageStore)
			}
			a.installed.stores[dir] = packageStore{at, make(map[model.NodeID]int)}
		}
		if err := a.followStore(a.installed.stores[dir], layer); err != nil {
			return err
		}
	}
	return nil
}

func (a *analysis) followStore(s packageStore, layer int) error {
	tree, visible, came := a.stack.Tree(), 0, int64(0)
	for child := range tree.Children(s.at) {
		if err := a.budget.Take(budget.Databases, linkCost); err != nil {
			return err
		}
		if _, ok := tree.Visible(child); !ok {
			continue
		}
		visible++
		if _, known := s.entries[child]; !known {
			s.entries[child] = layer
			came++
		}
	}
	if visible < len(s.entries) {
		maps.DeleteFunc(s.entries, func(entry model.NodeID, _ int) bool {
			_, ok := tree.Visible(entry)
			return !ok
		})
	}
	return a.budget.Take(budget.Memory, came*entryCost)
}

// readStores reads the packages of stores, which come after all layers.
func (a *analysis) readStores() error {
	in, tree := &a.installed, a.stack.Tree()
	if len(in.stores) == 0 {
		return nil
	}
	files := make(packages.Files)
	maps.Copy(files, in.files)
	layers := make(map[string]int)
	for dir, s := range in.stores {
		var names []string
		for entry, layer := range s.entries {
			if name := tree.Name(entry); !strings.Contains(name, "\n") {
				names = append(names, name)
				layers[dir+"/"+name] = layer
			}
		}
		slices.Sort(names)
		files[dir+"/"] = []byte(strings.Join(names, "\n"))
	}
	if err := a.pay(files); err != nil {
		return err
	}
	next, err := packages.List(files)
	in.now = next
	if in.layer == nil {
		in.layer = make(map[packages.ID]int)
	}
	for i := range next.Packages {
		if layer, ok := layers[next.Packages[i].StorePath()]; ok {
			in.layer[next.Packages[i].ID()] = layer
		}
	}
	if err != nil && err.Error() != in.said {
		a.report.Notes = append(a.report.Notes, "a package database cannot be read: "+strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
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
