package analyze

import (
	"context"
	"maps"
	"path"
	"strings"

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
	for dir := range packages.Trees() {
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
	tree, levels := a.stack.Tree(), packages.Trees()
	b := behind{a, make(map[int]map[string][]model.RecordID)}
	for dir, real := range a.databaseLinks() {
		at, ok := tree.Lookup(real)
		if !ok {
			continue
		}
		if err := b.look(at, dir, real, levels[dir]); err != nil {
			return err
		}
	}
	return a.recapture(ctx, b.byLayer)
}

// behind gathers the files of databases behind links, by layer and path.
type behind struct {
	*analysis
	byLayer map[int]map[string][]model.RecordID
}

// look gathers the files in a directory that its manager knows as dir, and in those some
// levels below it.
func (b *behind) look(at model.NodeID, dir, real string, levels int) error {
	tree := b.stack.Tree()
	for child := range tree.Children(at) {
		if err := b.budget.Take(budget.Databases, linkCost); err != nil {
			return err
		}
		id, ok := tree.Visible(child)
		if !ok {
			continue
		}
		name, r := tree.Name(child), &tree.Records[tree.Content(id)]
		if levels > 0 && (r.Kind == model.Directory || r.Kind == model.Implied) {
			if err := b.look(child, dir+"/"+name, real+"/"+name, levels-1); err != nil {
				return err
			}
		}
		if b.asked[id] || r.Kind != model.File || r.Size.Bytes() > scan.MaxCaptured || !packages.Wants(dir+"/"+name) || packages.Wants(real+"/"+name) {
			continue
		}
		b.want(id, int(r.Layer), tree.Path(r.Node))
	}
	return nil
}

func (b *behind) want(id model.RecordID, layer int, file string) {
	if b.byLayer[layer] == nil {
		b.byLayer[layer] = make(map[string][]model.RecordID)
	}
	b.byLayer[layer][file] = append(b.byLayer[layer][file], id)
	if b.asked == nil {
		b.asked = make(map[model.RecordID]bool)
	}
	b.asked[id] = true
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
		if packages.Wants(name) {
			continue
		}
		real, rest := name, ""
		for range maxLevels {
			rest = real[strings.LastIndexByte(real, '/')+1:] + rest
			real = path.Dir(real)
			for _, dir := range behind[real] {
				if want := dir + "/" + rest; packages.Wants(want) {
					named[want] = content
				}
			}
			rest = "/" + rest
		}
	}
	maps.Copy(contents, named)
}

// maxLevels is how far below one of the directories a file of a database lies.
const maxLevels = 3
