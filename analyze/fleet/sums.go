package fleet

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// waste adds the waste of the distinct layers up by rule and by instruction.
func (t *table) waste() {
	type sum struct {
		bytes, wasted      int64
		size, wastedPulled *int64
		layers             int
		images             map[int]bool
	}
	rules, steps := make(map[string]*sum), make(map[[2]string]*sum)
	for i := range t.out.Layers {
		row, l := &t.out.Layers[i], t.part.Layers[t.layers[i]]
		if l.Waste == nil {
			continue
		}
		for _, w := range l.Waste.Rules {
			s := rules[w.Rule]
			if s == nil {
				s = &sum{size: new(int64), images: make(map[int]bool)}
				rules[w.Rule] = s
			}
			s.bytes, s.size, s.layers = s.bytes+w.Bytes, plus(s.size, w.Compressed), s.layers+1
			for _, img := range row.Images {
				s.images[img] = true
			}
		}
		key := [2]string{row.Keyword, row.Text}
		s := steps[key]
		if s == nil {
			s = &sum{size: new(int64), wastedPulled: new(int64), images: make(map[int]bool)}
			steps[key] = s
		}
		s.size, s.layers = plus(s.size, row.CompressedSize), s.layers+1
		s.wasted, s.wastedPulled = s.wasted+l.Waste.Bytes, plus(s.wastedPulled, l.Waste.Compressed)
		for _, img := range row.Images {
			s.images[img] = true
		}
	}
	for rule, s := range rules {
		t.out.Rules = append(t.out.Rules, model.FleetRule{Rule: rule, Bytes: s.bytes, CompressedBytes: s.size, Layers: s.layers, Images: len(s.images)})
	}
	slices.SortFunc(t.out.Rules, func(a, b model.FleetRule) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Rule, b.Rule))
	})
	for key, s := range steps {
		if s.wasted > 0 {
			t.out.Instructions = append(t.out.Instructions, model.FleetInstruction{
				Keyword: key[0], Text: key[1], CompressedSize: s.size, WastedBytes: s.wasted, WastedCompressedBytes: s.wastedPulled, Layers: s.layers, Images: len(s.images),
			})
		}
	}
	slices.SortFunc(t.out.Instructions, func(a, b model.FleetInstruction) int {
		return cmp.Or(cmp.Compare(b.WastedBytes, a.WastedBytes), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Keyword, b.Keyword))
	})
}

// changes adds up what the same change saves in several images.
func (t *table) changes() {
	all := make(map[string]*model.FleetChange)
	for i, key := range t.images {
		img := t.part.Images[key]
		for n := range img.Changes {
			c := &img.Changes[n]
			sum := all[changeKey(c.Kind, c.Title)]
			if sum == nil {
				sum = &model.FleetChange{Title: c.Title, Kind: c.Kind, Confidence: c.Confidence, CompressedBytes: new(int64), Layers: []int{}}
				all[changeKey(c.Kind, c.Title)] = sum
			}
			sum.Confidence = lower(sum.Confidence, c.Confidence)
			sum.Images = withImage(sum.Images, model.FleetChangeIn{Image: i, ID: c.ID, Bytes: c.Bytes})
		}
	}
	for i := range t.layers {
		for key, saved := range t.part.Layers[t.layers[i]].Changes {
			if sum := all[key]; sum != nil {
				sum.Bytes, sum.CompressedBytes = sum.Bytes+saved.Bytes, plus(sum.CompressedBytes, saved.Compressed)
				sum.Layers = append(sum.Layers, i)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		c := all[key]
		if len(c.Layers) == 0 {
			continue // all that it takes away is there again, in a layer that counts
		}
		slices.SortStableFunc(c.Images, func(a, b model.FleetChangeIn) int { return cmp.Compare(b.Bytes, a.Bytes) })
		t.out.Changes = append(t.out.Changes, *c)
	}
	slices.SortStableFunc(t.out.Changes, func(a, b model.FleetChange) int {
		return cmp.Or(possibleLast(a.Confidence, b.Confidence), cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Title, b.Title))
	})
}

// withImage adds an image to those that have a change. An image may have a change of one title several times, once for
// each finding: it counts once, with all that they save, and with the ID of the first. Images come in their order, so that only
// the last one can be the same.
func withImage(images []model.FleetChangeIn, in model.FleetChangeIn) []model.FleetChangeIn {
	if n := len(images); n > 0 && images[n-1].Image == in.Image {
		images[n-1].Bytes += in.Bytes
		return images
	}
	return append(images, in)
}

// possibleLast orders what is worth doing before what may be.
func possibleLast(a, b model.Confidence) int {
	switch {
	case a != model.Possible && b == model.Possible:
		return -1
	case a == model.Possible && b != model.Possible:
		return 1
	}
	return 0
}

// lower returns the weaker of two confidences.
func lower(a, b model.Confidence) model.Confidence {
	for _, c := range []model.Confidence{model.Possible, model.Likely} {
		if a == c || b == c {
			return c
		}
	}
	return model.Certain
}
