package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Finish works out what the images of a part have in common, for a program of some version.
// The same part gives the same fleet. The part is not changed.
func Finish(version string, p *Part) *model.Fleet {
	t := &table{
		part: p.oneNameALayer().oneOfDuplicates(),
		out: &model.Fleet{
			SchemaVersion: model.FleetVersion, Tool: model.Tool{Name: "tare", Version: version}, Notes: []string{}, Read: p.Read, By: p.By,
			Images: []model.FleetImage{}, Layers: []model.FleetLayer{}, Bases: []model.FleetBase{}, OutOfStep: []model.FleetDrift{}, Parents: []model.FleetParent{},
			Rules: []model.FleetRule{}, Instructions: []model.FleetInstruction{}, Changes: []model.FleetChange{}, Teams: []model.FleetTeam{},
		},
	}
	t.settleSizes()
	t.listImages()
	t.listLayers()
	t.listBases()
	t.findDrift()
	t.addUp()
	t.teams()
	if p.Read {
		t.waste()
		t.changes()
		t.parents()
	}
	t.notes()
	return t.out
}

// table is a fleet in the making.
type table struct {
	part   *Part
	out    *model.Fleet
	stacks *stacks

	images  []string       // by index in out.Images: the key, whichever could be opened or not
	layers  []string       // by index in out.Layers: the key
	layerOf map[string]int // index in out.Layers
	imageOf map[string]int // index in out.Images
	baseOf  map[string]int // by chain: index in out.Bases
	chains  []string       // by index in out.Bases

	unlisted int             // images whose layers are not known yet
	disputed map[string]bool // layers of which manifests say several sizes, and nobody read them
	disputes []string        // what to tell of layers of which manifests say several sizes
}

// oneNameALayer gives a layer that some images name by its blob and others by its content alone one name. It
// returns the part itself where there is none.
func (p *Part) oneNameALayer() *Part {
	blobs := make(map[string]string) // by diff ID: the blob's key
	for _, key := range slices.Sorted(maps.Keys(p.Layers)) {
		l := p.Layers[key]
		if l.Digest != "" && l.DiffID != "" && blobs[l.DiffID] == "" {
			blobs[l.DiffID] = key
		}
	}
	q := &Part{Format: p.Format, Read: p.Read, By: p.By, Notes: p.Notes, Images: make(map[string]*Image, len(p.Images)), Layers: make(map[string]*Layer, len(p.Layers)), Bases: p.Bases}
	named := func(key string) string {
		if l := p.Layers[key]; l.Digest == "" && blobs[l.DiffID] != "" {
			return blobs[l.DiffID]
		}
		return key
	}
	same := true
	for key, l := range p.Layers {
		same = same && named(key) == key
		q.addLayer(named(key), l)
	}
	if same {
		return p
	}
	for key, img := range p.Images {
		other := *img
		other.Layers = make([]string, len(img.Layers))
		for i, l := range img.Layers {
			other.Layers[i] = named(l)
		}
		q.Images[key] = &other
	}
	return q
}

// listImages lists the images by their names. One that could not be opened in one part, but
// in another, is no failure.
func (t *table) listImages() {
	p := t.part
	opened := make(map[string]bool)
	for _, img := range p.Images {
		if img.State != Failed {
			for _, name := range img.References {
				opened[name] = true
			}
		}
	}
	for key, img := range p.Images {
		if img.State != Failed || !opened[img.References[0]] {
			t.images = append(t.images, key)
		}
	}
	slices.SortFunc(t.images, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.Images[a].References[0], p.Images[b].References[0]), cmp.Compare(a, b))
	})
	t.imageOf = make(map[string]int, len(t.images))
	for i, key := range t.images {
		t.imageOf[key] = i
		img := p.Images[key]
		row := model.FleetImage{
			References: img.References, Digest: orNil(img.Digest), ID: orNil(img.ID), Source: img.Source, Platform: img.Platform, Created: img.Created,
			Teams: notNil(img.Teams), Layers: []int{}, Error: img.Error,
		}
		if img.State == Judged {
			row.Size, row.WastedBytes, row.AvoidableBytes, row.Efficiency = &img.Size, &img.Wasted, &img.Avoidable, &img.Efficiency
			row.WastedCompressedBytes = img.WastedPull
		}
		t.out.Images = append(t.out.Images, row)
	}
}

// listLayers lists the distinct layers of the images, those first that sharing saves most
// of.
func (t *table) listLayers() {
	p := t.part
	users := make(map[string][]int)
	for i, key := range t.images {
		if p.Images[key].State == Failed {
			continue
		}
		for _, l := range p.Images[key].Layers {
			if have := users[l]; len(have) == 0 || have[len(have)-1] != i {
				users[l] = append(have, i)
			}
		}
	}
	keys := slices.Collect(maps.Keys(users))
	saved := func(key string) int64 { return weight(p.Layers[key]) * int64(len(users[key])-1) }
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(saved(b), saved(a)), cmp.Compare(weight(p.Layers[b]), weight(p.Layers[a])), cmp.Compare(a, b))
	})
	t.layers, t.layerOf = keys, make(map[string]int, len(keys))
	for i, key := range keys {
		t.layerOf[key] = i
		l := p.Layers[key]
		row := model.FleetLayer{Digest: orNil(l.Digest), DiffID: orNil(l.DiffID), CompressedSize: l.Compressed, Size: l.Size, Images: users[key], Keyword: l.Keyword, Text: l.Text}
		if l.Waste != nil {
			row.WastedBytes, row.WastedCompressedBytes = &l.Waste.Bytes, l.Waste.Compressed
			if at, ok := t.imageOf[l.Waste.In]; ok {
				row.WastedIn = &at
			}
		}
		t.out.Layers = append(t.out.Layers, row)
	}
	for _, key := range t.images {
		if p.Images[key].Unlisted && p.Images[key].State != Failed {
			t.unlisted++
		}
	}
	for i, key := range t.images {
		row := &t.out.Images[i]
		if p.Images[key].State == Failed || p.Images[key].Unlisted {
			continue
		}
		for _, l := range p.Images[key].Layers {
			row.Layers = append(row.Layers, t.layerOf[l])
		}
		row.CompressedSize = t.sum(once(row.Layers), compressed)
		if t.unlisted > 0 {
			continue // the layers of those may be among these
		}
		row.OwnBytes = t.sum(distinct(row.Layers, func(l int) bool { return len(t.out.Layers[l].Images) == 1 }), compressed)
	}
}

// weight is what of a layer counts when layers are put in order.
func weight(l *Layer) int64 {
	switch {
	case l.Compressed != nil:
		return *l.Compressed
	case l.Size != nil:
		return *l.Size
	}
	return 0
}

// compressed and size are figures of a layer.
func compressed(l *model.FleetLayer) *int64 { return l.CompressedSize }
func size(l *model.FleetLayer) *int64       { return l.Size }

// sum adds up a figure of layers, nil where one is not known.
func (t *table) sum(layers []int, of func(*model.FleetLayer) *int64) *int64 {
	total := new(int64)
	for _, l := range layers {
		total = plus(total, of(&t.out.Layers[l]))
	}
	return total
}

// distinct are the layers, each once, that want returns true for.
func distinct(layers []int, want func(int) bool) []int {
	var all []int
	seen := make(map[int]bool, len(layers))
	for _, l := range layers {
		if !seen[l] && want(l) {
			seen[l] = true
			all = append(all, l)
		}
	}
	return all
}

// once are the layers, each once.
func once(layers []int) []int { return distinct(layers, func(int) bool { return true }) }

// notes tell what a reader should know of the figures.
func (t *table) notes() {
	t.out.Notes = append(append(t.out.Notes, t.part.Notes...), t.disputes...)
	t.notPulled()
	unknown := 0
	for i := range t.out.Images {
		img := &t.out.Images[i]
		disputed := slices.ContainsFunc(img.Layers, func(l int) bool { return t.disputed[t.layers[l]] })
		if img.Source != "" && img.CompressedSize == nil && !disputed {
			unknown++
		}
	}
	if unknown > 0 {
		t.out.Notes = append(t.out.Notes, fmt.Sprintf("what a registry sends is not known of %d of the images, as engines and archives do not keep it; name them as registry:NAME to know", unknown))
	}
	if t.unlisted > 0 {
		t.out.Notes = append(t.out.Notes, fmt.Sprintf("which layers %d of the images have is known once they are read; until then there are at least as many layers and shared layers as it says, and what images have of their own is unknown", t.unlisted))
	}
	if bases := len(t.out.Bases); t.part.Read && bases > maxBases {
		t.out.Notes = append(t.out.Notes, fmt.Sprintf("of %d bases the %d with most images were held against each other", bases, maxBases))
	}
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
