package view

import "github.com/tare-oci/tare/model"

// Weight is how much a finding matters to the reader of a list.
type Weight int

// The weights, the least first.
const (
	Aside    Weight = iota // worth knowing: nothing wasted, or nothing the reader can fix
	Wasteful               // likely waste
	Sure                   // certain waste
)

// Weigh returns how much a finding matters.
func (v Findings) Weigh(f *model.Finding) Weight {
	switch {
	case v.risky[f.ID]:
		return Sure
	case f.Inherited || f.Bytes == 0 || !f.Wasted() || v.unavoidable(f):
		return Aside
	case f.Confidence == model.Certain:
		return Sure
	}
	return Wasteful
}

// unavoidable reports whether a finding is the base image's package database, of which
// the first run of a package manager above it stores another copy. The gate does
// not count it as own either.
func (v Findings) unavoidable(f *model.Finding) bool {
	layers := v.Report.Layers
	return f.Rule == "package-db-churn" && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(layers) && layers[*f.Layer].Inherited
}
