package report

import (
	"github.com/tare-oci/tare/model"
)

// weight is how much a finding matters to somebody who reads a list of them.
type weight int

const (
	aside    weight = iota // worth knowing: nothing wasted, or nothing the reader can mend
	wasteful               // likely waste
	sure                   // certain waste
)

func (a account) weigh(f *model.Finding) weight {
	switch {
	case f.Inherited || f.Bytes == 0 || !f.Wasted() || a.unavoidable(f):
		return aside
	case f.Confidence == model.Certain:
		return sure
	}
	return wasteful
}

// unavoidable says that a finding is the base image's package database, of which
// the first run of a package manager above it stores another copy. The gate does
// not count it as own either.
func (a account) unavoidable(f *model.Finding) bool {
	layers := a.report.Layers
	return f.Rule == "package-db-churn" && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(layers) && layers[*f.Layer].Inherited
}
