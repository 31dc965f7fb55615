package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tare-oci/tare/model"
)

// group is a base in the making.
type group struct {
	standing
	images []int // that stand on it
	names  map[string]bool
	labels map[Base]bool // what images say of the base where they are not told where it ends: name and digest
	sample string        // the key of the first of the images
}

// listBases groups the images by what they stand on.
func (t *table) listBases() {
	t.stacks = t.part.stacksOf()
	groups := make(map[string]*group)
	for i, key := range t.images {
		img := t.part.Images[key]
		on := t.stacks.standsOn(key, img)
		if img.State == Failed || on.layers == 0 {
			continue
		}
		g := groups[on.chain]
		if g == nil {
			g = &group{standing: on, names: make(map[string]bool), labels: make(map[Base]bool), sample: key}
			groups[on.chain] = g
		}
		g.images = append(g.images, i)
		if rank(on.how) < rank(g.how) {
			g.how = on.how
		}
		switch {
		case img.Base.Name == "":
		case img.Base.isGuess():
			if on.how == model.BaseByHistory {
				g.labels[Base{Name: img.Base.Name, Digest: img.Base.Digest}] = true
			}
		case img.Base.Layers == on.layers:
			g.names[img.Base.Name] = true
		}
	}
	for chain, g := range groups {
		for _, key := range t.stacks.whole[chain] {
			for _, name := range t.part.Images[key].References {
				g.names[withoutDigest(name)] = true
			}
		}
		t.believeLabels(chain, g)
	}
	t.chains = slices.Collect(maps.Keys(groups))
	slices.SortFunc(t.chains, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b].images), len(groups[a].images)), cmp.Compare(t.titleOf(groups[a]), t.titleOf(groups[b])), cmp.Compare(a, b))
	})
	t.baseOf = make(map[string]int, len(t.chains))
	for i, chain := range t.chains {
		t.baseOf[chain] = i
		t.listBase(chain, groups[chain])
	}
	for i, chain := range t.chains {
		t.out.Bases[i].Parent = t.parentOf(groups[chain])
	}
}

// believeLabels names a base as the labels of its images do, where nothing better is known. Labels name the base of the
// one image, and several bases may stand on the layers that the history shows: several names say nothing of these, unless
// they go with one digest, and neither does the name of an image that stands on these layers itself.
func (t *table) believeLabels(chain string, g *group) {
	names, digests := make(map[string]bool), make(map[string]bool)
	for b := range g.labels {
		names[b.Name], digests[b.Digest] = true, true
	}
	if len(g.names) > 0 || len(names) > 1 && (len(digests) > 1 || digests[""]) {
		return
	}
	for name := range names {
		if !t.stacks.contains(name, chain) {
			g.names[name] = true
		}
	}
}

// rank orders the ways in which a base is found, the surest first.
func rank(how string) int {
	return slices.Index([]string{model.BaseByFlag, model.BaseByProvenance, model.BaseByAnnotation, model.BaseByFleet, model.BaseByHistory}, how)
}

// titleOf names a base, if need be after an image that stands on it.
func (t *table) titleOf(g *group) string {
	if len(g.names) > 0 {
		return slices.Sorted(maps.Keys(g.names))[0]
	}
	return "the base of " + t.part.Images[g.sample].References[0]
}

func (t *table) listBase(chain string, g *group) {
	img := t.part.Images[g.sample]
	row := model.FleetBase{Names: notNil(slices.Sorted(maps.Keys(g.names))), Title: t.titleOf(g), How: g.how, Platform: img.Platform, Layers: []int{}, Images: g.images}
	for _, l := range img.Layers[:g.layers] {
		at := t.layerOf[l]
		row.Layers = append(row.Layers, at)
		t.out.Layers[at].Base = true
	}
	row.CompressedSize = t.sum(once(row.Layers), compressed)
	if made := t.part.Layers[img.Layers[g.layers-1]].Created; isTime(made) {
		row.Created = made
	}
	if whole := t.stacks.whole[chain]; len(whole) > 0 {
		row.Image = model.Ptr(t.imageOf[whole[0]])
		if made := t.part.Images[whole[0]].Created; isTime(made) {
			row.Created = made
		}
	}
	t.out.Bases = append(t.out.Bases, row)
	for _, i := range g.images {
		t.out.Images[i].Base = model.Ptr(len(t.out.Bases) - 1)
	}
}

// isTime reports whether a time says when something was made. Builds whose bytes are not to depend
// on it give 1970 or nothing.
func isTime(at *time.Time) bool { return at != nil && at.Year() > 1980 }

// parentOf is the longest other base that a base begins with, nil for none.
func (t *table) parentOf(g *group) *int {
	chains := t.stacks.chains[g.sample]
	for n := g.layers - 1; n > 0; n-- {
		if at, ok := t.baseOf[chains[n-1]]; ok {
			return &at
		}
	}
	return nil
}

// compareTimes compares two times; what is not known is the earliest.
func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}
