package fleet

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// maxBytes is how many bytes a layer or an image of a part may have: more than any has, and so few that
// the sums of a fleet are no larger than a number can be.
const maxBytes = 1 << 45

// sane reports whether figures are sizes that something can have.
func sane(all ...int64) bool {
	return !slices.ContainsFunc(all, func(n int64) bool { return n < 0 || n > maxBytes })
}

// saneIfKnown is sane for figures that may be unknown.
func saneIfKnown(all ...*int64) bool {
	return !slices.ContainsFunc(all, func(n *int64) bool { return n != nil && !sane(*n) })
}

// check reports whether what the parts of a part refer to is there, and its figures are such that
// something can have them. The error names the first that is not.
func (p *Part) check() error {
	for _, key := range slices.Sorted(maps.Keys(p.Layers)) {
		if l := p.Layers[key]; l == nil || !l.valid() || l.Waste != nil && p.Images[l.Waste.In] == nil {
			return fmt.Errorf("its layer %.80q is damaged", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		if img == nil || !img.valid() {
			return fmt.Errorf("its image %.80q is damaged", key)
		}
		for _, l := range img.Layers {
			if p.Layers[l] == nil {
				return fmt.Errorf("the layer %.80q of its image %.80q is missing", l, key)
			}
		}
	}
	for _, chain := range slices.Sorted(maps.Keys(p.Bases)) {
		if c := p.Bases[chain]; c == nil || !c.valid() {
			return fmt.Errorf("its base %.80q is damaged", chain)
		}
	}
	return nil
}

// valid reports whether an image can be worked with, for one that was read from a file.
func (img *Image) valid() bool {
	switch {
	case len(img.References) == 0, img.State < Failed || img.State > Judged:
		return false
	case img.State == Failed && len(img.Layers) > 0, img.Base.Layers < 0 || img.Base.Layers > len(img.Layers):
		return false
	case len(img.Sizes) > 0 && len(img.Sizes) != len(img.Layers):
		return false
	case !sane(img.Size, img.Wasted, img.Avoidable) || !saneIfKnown(img.WastedPull) || img.Efficiency < 0 || img.Efficiency > 1:
		return false
	}
	if slices.ContainsFunc(img.Sizes, func(n int64) bool { return n != -1 && !sane(n) }) {
		return false
	}
	known := []model.Confidence{model.Certain, model.Likely, model.Possible}
	return !slices.ContainsFunc(img.Changes, func(c Change) bool { return !sane(c.Bytes) || !slices.Contains(known, c.Confidence) })
}

// valid reports whether a layer can be worked with, for one that was read from a file.
func (l *Layer) valid() bool {
	if !saneIfKnown(l.Compressed, l.Counted, l.Size) {
		return false
	}
	if w := l.Waste; w != nil {
		if !sane(w.Bytes) || !saneIfKnown(w.Compressed) || slices.ContainsFunc(w.Rules, func(r RuleWaste) bool { return !sane(r.Bytes) || !saneIfKnown(r.Compressed) }) {
			return false
		}
	}
	for _, saved := range l.Changes {
		if !sane(saved.Bytes, saved.Avoidable) || !saneIfKnown(saved.Compressed) {
			return false
		}
	}
	return true
}

// valid reports whether a weight is one that a package can have. Compressed may be -1.
func (w PackageWeight) valid() bool {
	return sane(w.Bytes) && (w.Compressed == -1 || sane(w.Compressed))
}
