package model

import (
	"cmp"
	"slices"
)

// Compare says what changed from one image to another. The reports may come
// from anywhere, saved ones included; they are read only.
//
// What is one and the same in both images is decided so:
//   - instructions by their text, in order, with those that were edited paired
//     by keyword and common words (see align);
//   - packages by manager, name and architecture;
//   - findings by rule and by the instruction that put the bytes there; where a
//     rule has several at one instruction, by verdict, cause and who hid them;
//   - files by path.
func Compare(from, to *Report) *Comparison {
	c := &comparing{old: from, new: to, from: placesOf(from), to: placesOf(to)}
	c.partner = align(c.from.all, c.to.all)
	r := &Comparison{
		SchemaVersion: ComparisonVersion,
		Tool:          to.Tool,
		Notes:         c.notes(),
		Old:           Side{Image: from.Image, Partial: from.Partial},
		New:           Side{Image: to.Image, Partial: to.Partial},
		Totals:        c.totals(),
		Instructions:  c.compareSteps(),
		Packages:      c.comparePackages(),
		Findings:      c.compareFindings(),
	}
	r.Rest.PackageBytes = r.Totals.Size.Growth
	for i := range r.Packages {
		r.Rest.PackageBytes -= r.Packages[i].Bytes.Growth
	}
	if from.Tree != nil && to.Tree != nil {
		r.Paths = c.comparePaths()
		rest := r.Totals.Size.Growth
		for i := range r.Paths {
			rest -= r.Paths[i].Bytes.Growth
		}
		r.Rest.PathBytes = &rest
	}
	return r
}

// comparing is a comparison in the making.
type comparing struct {
	old, new *Report
	from, to *places
	partner  []int // by place of the new image: the same step in the old, -1 for none
}

func (c *comparing) totals() Totals {
	a, b := c.old, c.new
	t := Totals{
		Size:                  ChangeOf(a.Image.Size, b.Image.Size),
		CompressedSize:        changeOrNil(a.Image.CompressedSize, b.Image.CompressedSize),
		WastedBytes:           ChangeOf(a.Summary.WastedBytes, b.Summary.WastedBytes),
		WastedCompressedBytes: changeOrNil(a.Summary.WastedCompressedBytes, b.Summary.WastedCompressedBytes),
		ShadowedBytes:         ChangeOf(a.Summary.ShadowedBytes, b.Summary.ShadowedBytes),
		LeftoverBytes:         ChangeOf(a.Summary.LeftoverBytes, b.Summary.LeftoverBytes),
		Own:                   growthOf(a.Summary.Own, b.Summary.Own),
		Inherited:             growthOf(a.Summary.Inherited, b.Summary.Inherited),
		Efficiency:            Fraction{a.Summary.Efficiency, b.Summary.Efficiency},
		Layers:                ChangeOf(int64(len(a.Layers)), int64(len(b.Layers))),
		Files:                 ChangeOf(int64(a.Image.Files), int64(b.Image.Files)),
	}
	// A layer that stands twice is shared as often as both have it.
	has := make(map[string]int)
	for i := range a.Layers {
		if id := a.Layers[i].DiffID; id != nil {
			has[*id]++
		}
	}
	for i := range b.Layers {
		if id := b.Layers[i].DiffID; id != nil && has[*id] > 0 {
			has[*id]--
			t.SharedLayers++
		}
	}
	return t
}

func growthOf(from, to Scope) Growth {
	return Growth{ChangeOf(from.Size, to.Size), ChangeOf(from.WastedBytes, to.WastedBytes)}
}

func changeOrNil(from, to *int64) *Change {
	if from == nil || to == nil {
		return nil
	}
	return Ptr(ChangeOf(*from, *to))
}

// notes tell what makes the two hard to compare.
func (c *comparing) notes() []string {
	notes := []string{}
	a, b := c.old, c.new
	for _, side := range []struct {
		name string
		r    *Report
	}{{"old", a}, {"new", b}} {
		if side.r.Partial {
			notes = append(notes, "the scan of the "+side.name+" image ended early; what was not read is missing here")
		}
	}
	if a.Image.Platform != b.Image.Platform {
		notes = append(notes, "the images are for two platforms: "+a.Image.Platform+" and "+b.Image.Platform)
	}
	if a.Tool.Version != b.Tool.Version {
		notes = append(notes, "two versions of tare made the reports ("+a.Tool.Version+" and "+b.Tool.Version+"), so rules may differ")
	}
	if (a.Image.Base.How == BaseNone) != (b.Image.Base.How == BaseNone) {
		notes = append(notes, "a base is known of one image only, so what is own and what is inherited cannot be compared; --base says it")
	}
	return notes
}

// byWeight puts the larger change first, whichever way it went.
func byWeight(a, b Change) int { return cmp.Compare(b.weight(), a.weight()) }

func (c Change) weight() int64 { return max(c.Growth, -c.Growth) }

// kindOf is the word for something with bytes that the old, the new or both
// images have.
func kindOf(inOld, inNew bool, bytes Change) ChangeKind {
	switch {
	case !inOld:
		return Added
	case !inNew:
		return Removed
	}
	return bytes.kind()
}

// pairs matches items of two lists by their keys, each once: the first of a key
// with the first of the same, and so on. It skips those that are taken already,
// and calls match for each pair.
func pairs[K comparable](from, to int, fromTaken, toTaken []bool, fromKey, toKey func(int) K, match func(i, j int)) {
	where := make(map[K][]int)
	for i := range from {
		if !fromTaken[i] {
			k := fromKey(i)
			where[k] = append(where[k], i)
		}
	}
	for j := range to {
		if toTaken[j] {
			continue
		}
		k := toKey(j)
		if list := where[k]; len(list) > 0 {
			where[k] = list[1:]
			fromTaken[list[0]], toTaken[j] = true, true
			match(list[0], j)
		}
	}
}

func firstPaths(list []string) []string {
	return append([]string{}, list[:min(len(list), MaxChangePaths)]...)
}

func sorted[T any](list []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(list, compare)
	return list
}
