package fleet

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// findDrift finds names of bases that mean several.
func (t *table) findDrift() {
	type named struct{ name, platform string }
	versions := make(map[named][]int)
	for i := range t.out.Bases {
		b := &t.out.Bases[i]
		for _, name := range b.Names {
			versions[named{name, b.Platform}] = append(versions[named{name, b.Platform}], i)
		}
	}
	for key, bases := range versions {
		drift := model.FleetDrift{Name: key.name, Platform: key.platform, ExtraBytes: new(int64)}
		slices.SortStableFunc(bases, func(a, b int) int {
			return cmp.Or(compareTimes(t.out.Bases[b].Created, t.out.Bases[a].Created), cmp.Compare(a, b))
		})
		t.compareVersions(&drift, bases)
		if drift.Images > 0 {
			t.out.OutOfStep = append(t.out.OutOfStep, drift)
		}
	}
	slices.SortFunc(t.out.OutOfStep, func(a, b model.FleetDrift) int {
		return cmp.Or(compareUnknown(b.ExtraBytes, a.ExtraBytes), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Platform, b.Platform))
	})
}

// compareVersions holds the bases of a name, the newest first, against the newest.
func (t *table) compareVersions(drift *model.FleetDrift, bases []int) {
	newest := make(map[int]bool)
	for n, at := range bases {
		b := &t.out.Bases[at]
		images := b.Images
		if n > 0 {
			images = slices.DeleteFunc(slices.Clone(b.Images), func(i int) bool { return !t.standsOnOne(i, b, drift.Name) })
			if len(images) == 0 {
				continue
			}
			drift.Images += len(images)
			extra := t.sum(distinct(b.Layers, func(l int) bool { return !newest[l] }), compressed)
			drift.ExtraBytes = plus(drift.ExtraBytes, extra)
		}
		drift.Versions = append(drift.Versions, model.FleetDriftVersion{Base: at, Created: b.Created, Images: images})
		for _, l := range b.Layers {
			newest[l] = true // what two old ones share counts once
		}
	}
}

// standsOnOne reports whether an image stands on a version of what goes by a name, and is not what goes by it. Where the
// history alone shows the layers of a base, only those images stand on it that name it themselves.
func (t *table) standsOnOne(i int, b *model.FleetBase, name string) bool {
	img := t.part.Images[t.images[i]]
	if slices.ContainsFunc(img.References, func(one string) bool { return withoutDigest(one) == name }) {
		return false
	}
	return b.How != model.BaseByHistory || img.Base.Name == name
}

// isOld reports whether a base is an older build of what goes by its name.
func (t *table) isOld(base int) bool {
	return slices.ContainsFunc(t.out.OutOfStep, func(d model.FleetDrift) bool {
		return slices.ContainsFunc(d.Versions[1:], func(v model.FleetDriftVersion) bool { return v.Base == base })
	})
}
