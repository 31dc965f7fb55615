package compare

import (
	"cmp"

	"github.com/tare-oci/tare/model"
)

// comparePackages lists the packages that came, went, changed their version or
// weigh another amount. Where a name is installed several times, as kernels are,
// the same versions go together first; an architecture matters only while there
// is another package of the name that it tells apart.
func (c *comparison) comparePackages() []model.PackageChange {
	from, to := c.old.Packages, c.new.Packages
	changes := []model.PackageChange{}
	note := func(i, j int) {
		if i >= 0 && from[i].PartOf != "" || j >= 0 && to[j].PartOf != "" {
			return // the package that it is a part of is listed
		}
		if ch, differs := c.packageChange(i, j); differs {
			changes = append(changes, ch)
		}
	}
	type key struct{ manager, name, arch, version, location string }
	var by []keys[key]
	for _, of := range []func(p *model.Package) key{
		func(p *model.Package) key { return key{p.Manager, p.Name, p.Arch, p.Version, p.Location} },
		func(p *model.Package) key { return key{p.Manager, p.Name, p.Arch, "", p.Location} },
		func(p *model.Package) key { return key{p.Manager, p.Name, "", "", ""} },
	} {
		by = append(by, keys[key]{func(i int) key { return of(&from[i]) }, func(j int) key { return of(&to[j]) }})
	}
	pairs(len(from), len(to), by, note)
	return sorted(changes, func(a, b model.PackageChange) int {
		return cmp.Or(byWeight(a.Bytes, b.Bytes), cmp.Compare(a.Manager, b.Manager), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch))
	})
}

// packageChange compares two packages, either of which may be -1 for none, and
// reports whether they differ.
func (c *comparison) packageChange(i, j int) (model.PackageChange, bool) {
	var was, is model.Package
	var ch model.PackageChange
	if i >= 0 {
		was = c.old.Packages[i]
		ch.OldVersion = model.Ptr(was.Version)
	}
	if j >= 0 {
		is = c.new.Packages[j]
		ch.NewVersion = model.Ptr(is.Version)
	}
	ch.Bytes = model.DeltaOf(was.Bytes, is.Bytes)
	ch.Kind = kindOf(i >= 0, j >= 0, ch.Bytes)
	shown, at := &is, c.to
	if j < 0 {
		shown, at = &was, c.from
	}
	ch.Manager, ch.Name, ch.Arch, ch.Reason = shown.Manager, shown.Name, shown.Arch, shown.Reason
	ch.RecommendedBy = append([]string{}, shown.RecommendedBy...)
	ch.Step = at.at(at.find(nil, &shown.Layer))
	if i >= 0 && j >= 0 && was.Version != is.Version {
		ch.Kind = model.Changed
	}
	return ch, ch.Kind != model.Changed || was.Version != is.Version
}
