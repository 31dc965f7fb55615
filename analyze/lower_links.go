package analyze

import (
	"context"

	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// captureLower reads the package databases that the layer stacked last gives
// their names to, by hard links to files of lower layers. When those were
// scanned, nothing told that they are databases. Container engines refuse such
// layers, so that they are hardly worth a second reading; an image that is sent
// only once is not asked for again.
func (a *analysis) captureLower(ctx context.Context) error {
	if a.img.Stream != nil {
		return nil
	}
	tree := a.stack.Tree()
	byLayer := make(map[int]map[string][]model.RecordID) // links, by layer and path of their target
	for _, link := range a.stack.LowerLinks() {
		target := &tree.Records[tree.Content(link)]
		if !packages.Wants(tree.Path(tree.Records[link].Node)) || target.Size.Bytes() > scan.MaxCaptured {
			continue
		}
		layer, path := int(target.Layer), tree.Path(target.Node)
		if byLayer[layer] == nil {
			byLayer[layer] = make(map[string][]model.RecordID)
		}
		byLayer[layer][path] = append(byLayer[layer][path], link)
	}
	return a.recapture(ctx, byLayer)
}

// recapture reads layers a second time for contents that their first scan passed
// over: those of the files at some paths of a layer, under the names that ask for
// them, which are hard links or the files themselves.
func (a *analysis) recapture(ctx context.Context, byLayer map[int]map[string][]model.RecordID) error {
	tree := a.stack.Tree()
	for layer, links := range byLayer {
		if a.img.Layers[layer].Open == nil {
			continue // it is only known from before
		}
		opt := scan.Options{Key: a.opt.Store.HashKey(), Capture: func(path string, size int64) bool {
			return len(links[path]) > 0 && size <= scan.MaxCaptured
		}}
		x, err := scan.Layer(ctx, a.img.Layers[layer], opt)
		if err != nil {
			return layerError(a.img, layer, err)
		}
		for i := range x.Entries {
			e := &x.Entries[i]
			if e.Kind != model.File || e.Link == 0 {
				continue
			}
			for _, link := range links[x.Path(e)] {
				if e.Size == tree.Records[tree.Content(link)].Size.Bytes() {
					a.stack.Capture(link, x.Captured[e.Link-1])
				}
			}
		}
	}
	return nil
}
