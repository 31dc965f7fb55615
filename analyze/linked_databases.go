package analyze

import (
	"context"
	"maps"
	"path"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// linkCost is what looking at a file behind a link takes of budget.Databases.
const linkCost = 256

// databaseLinks returns the directories of package databases that lie somewhere
// else, behind symbolic links, by their own path, as the image is stacked so far.
func (a *analysis) databaseLinks() map[string]string {
	links := make(map[string]string)
	for _, dir := range packages.Directories() {
		if real := a.stack.Resolve(dir); real != dir {
			links[dir] = real
		}
	}
	return links
}

// captureBehind reads the package databases whose directory is a symbolic link
// (var/lib/dpkg -> ../../usr/lib/sysimage/dpkg). When their layer was scanned,
// nothing told that they are databases. An image that is sent only once is not
// asked for again.
func (a *analysis) captureBehind(ctx context.Context) error {
	if a.img.Stream != nil {
		return nil
	}
	tree := a.stack.Tree()
	byLayer := make(map[int]map[string][]model.RecordID)
	for dir, real := range a.databaseLinks() {
		at, ok := tree.Lookup(real)
		if !ok {
			continue
		}
		for child := range tree.Children(at) {
			if err := a.budget.Take(budget.Databases, linkCost); err != nil {
				return err
			}
			id, ok := tree.Visible(child)
			if !ok || a.asked[id] {
				continue
			}
			name, r := tree.Name(child), &tree.Records[tree.Content(id)]
			if r.Kind != model.File || r.Size.Bytes() > scan.MaxCaptured || !packages.Wants(dir+"/"+name) || packages.Wants(real+"/"+name) {
				continue
			}
			layer, file := int(r.Layer), tree.Path(r.Node)
			if byLayer[layer] == nil {
				byLayer[layer] = make(map[string][]model.RecordID)
			}
			byLayer[layer][file] = append(byLayer[layer][file], id)
			if a.asked == nil {
				a.asked = make(map[model.RecordID]bool)
			}
			a.asked[id] = true
		}
	}
	return a.recapture(ctx, byLayer)
}

// rename gives contents that lie behind links the names that their manager knows
// them by.
func rename(contents packages.Files, links map[string]string) {
	behind := make(map[string][]string) // by where the links lead: the directories
	for dir, real := range links {
		behind[real] = append(behind[real], dir)
	}
	if len(behind) == 0 {
		return
	}
	named := make(packages.Files)
	for name, content := range contents {
		for _, dir := range behind[path.Dir(name)] {
			if want := dir + "/" + path.Base(name); !packages.Wants(name) && packages.Wants(want) {
				named[want] = content
			}
		}
	}
	maps.Copy(contents, named)
}
