package compare

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Reports compares two reports and returns what changed from one image to the
// other. The reports may come from anywhere, saved ones included; they are only
// read, and the result refers to their findings, fixes and paths.
//
// What is one and the same in both images is decided so:
//   - instructions by their text, in order, with those that were edited paired
//     by keyword and common words (see align);
//   - packages by manager, name and architecture;
//   - findings by rule and by the instruction that put the bytes there; where a
//     rule has several at one instruction, by verdict, cause and who hid them;
//   - files by path.
//
// Where both stand on one base and only one report says where it ends, both are counted
// with that.
func Reports(from, to *model.Report) *model.Comparison {
	from, to, onBase := onOneBase(from, to)
	c := &comparison{old: from, new: to, from: buildOf(from), to: buildOf(to)}
	c.partner = align(c.from.all, c.to.all)
	r := &model.Comparison{
		SchemaVersion: model.ComparisonVersion,
		Tool:          to.Tool,
		Notes:         c.notes(),
		Old:           model.Side{Image: from.Image, Partial: from.Partial},
		New:           model.Side{Image: to.Image, Partial: to.Partial},
		Totals:        c.totals(),
		Instructions:  c.compareSteps(),
		Packages:      c.comparePackages(),
		Findings:      c.compareFindings(),
	}
	if onBase != "" {
		r.Notes = append(r.Notes, onBase)
	}
	r.Rest.PackageBytes = r.Totals.Size.Growth
	for i := range r.Packages {
		r.Rest.PackageBytes -= r.Packages[i].Bytes.Growth
	}
	c.comparePulls(r)
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

// comparison is a comparison in the making.
type comparison struct {
	old, new *model.Report
	from, to *build
	partner  []int // by step of the new image: the same step in the old, -1 for none
}

func (c *comparison) totals() model.Totals {
	a, b := c.old, c.new
	t := model.Totals{
		Size:                  model.DeltaOf(a.Image.Size, b.Image.Size),
		CompressedSize:        changeOrNil(a.Image.CompressedSize, b.Image.CompressedSize),
		WastedBytes:           model.DeltaOf(a.Summary.WastedBytes, b.Summary.WastedBytes),
		WastedCompressedBytes: changeOrNil(a.Summary.WastedCompressedBytes, b.Summary.WastedCompressedBytes),
		ShadowedBytes:         model.DeltaOf(a.Summary.ShadowedBytes, b.Summary.ShadowedBytes),
		LeftoverBytes:         model.DeltaOf(a.Summary.LeftoverBytes, b.Summary.LeftoverBytes),
		AvoidableBytes:        model.DeltaOf(a.Summary.AvoidableBytes, b.Summary.AvoidableBytes),
		Own:                   growthOf(a.Summary.Own, b.Summary.Own),
		Inherited:             growthOf(a.Summary.Inherited, b.Summary.Inherited),
		Efficiency:            model.Fraction{Old: a.Summary.Efficiency, New: b.Summary.Efficiency},
		Layers:                model.DeltaOf(int64(len(a.Layers)), int64(len(b.Layers))),
		Files:                 model.DeltaOf(int64(a.Image.Files), int64(b.Image.Files)),
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

func growthOf(from, to model.Scope) model.Growth {
	return model.Growth{Size: model.DeltaOf(from.Size, to.Size), WastedBytes: model.DeltaOf(from.WastedBytes, to.WastedBytes)}
}

func changeOrNil(from, to *int64) *model.Delta {
	if from == nil || to == nil {
		return nil
	}
	return model.Ptr(model.DeltaOf(*from, *to))
}

// notes tell what makes the two hard to compare.
func (c *comparison) notes() []string {
	notes := []string{}
	a, b := c.old, c.new
	for _, side := range []struct {
		name string
		r    *model.Report
	}{{"old", a}, {"new", b}} {
		if side.r.Partial {
			notes = append(notes, "the scan of the "+side.name+" image ended early; what was not read is missing from this comparison")
		}
	}
	if a.Image.Platform != b.Image.Platform {
		notes = append(notes, "the images are for two platforms: "+a.Image.Platform+" and "+b.Image.Platform)
	}
	if a.Tool.Version != b.Tool.Version {
		notes = append(notes, "two versions of tare made the reports ("+a.Tool.Version+" and "+b.Tool.Version+"), so rules may differ")
	}
	if (a.Image.Base.How == model.BaseNone) != (b.Image.Base.How == model.BaseNone) {
		notes = append(notes, "the base is known for only one of the images, so own and inherited bytes cannot be compared; name it with --base")
	}
	return notes
}

// byWeight puts the larger change first, whichever way it went.
func byWeight(a, b model.Delta) int { return cmp.Compare(weightOf(b), weightOf(a)) }

func weightOf(c model.Delta) int64 { return max(c.Growth, -c.Growth) }

// kindOf is the word for something with bytes that the old, the new or both
// images have.
func kindOf(inOld, inNew bool, bytes model.Delta) model.DeltaKind {
	switch {
	case !inOld:
		return model.Added
	case !inNew:
		return model.Removed
	}
	return kindOfChange(bytes)
}

// kindOfChange is the word for a change of bytes where nothing came or went.
func kindOfChange(c model.Delta) model.DeltaKind {
	switch {
	case c.Growth > 0:
		return model.Grew
	case c.Growth < 0:
		return model.Shrank
	}
	return model.Changed
}

// keys are what items of two lists match by: item i of the old one, item j of the new.
type keys[K comparable] struct{ from, to func(i int) K }

// pairs matches items of two lists by their keys, each once: the first of a key
// with the first of the same, and so on. What the first keys leave over, the next
// match. It calls match for each pair, and with -1 in place of an index for each item
// that has no partner.
func pairs[K comparable](from, to int, by []keys[K], match func(i, j int)) {
	fromTaken, toTaken := make([]bool, from), make([]bool, to)
	for _, key := range by {
		where := make(map[K][]int)
		for i, taken := range fromTaken {
			if !taken {
				k := key.from(i)
				where[k] = append(where[k], i)
			}
		}
		for j, taken := range toTaken {
			if taken {
				continue
			}
			k := key.to(j)
			if list := where[k]; len(list) > 0 {
				where[k] = list[1:]
				fromTaken[list[0]], toTaken[j] = true, true
				match(list[0], j)
			}
		}
	}
	for i, taken := range fromTaken {
		if !taken {
			match(i, -1)
		}
	}
	for j, taken := range toTaken {
		if !taken {
			match(-1, j)
		}
	}
}

func firstPaths(list []string) []string {
	return append([]string{}, list[:min(len(list), model.MaxChangePaths)]...)
}

func sorted[T any](list []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(list, compare)
	return list
}
