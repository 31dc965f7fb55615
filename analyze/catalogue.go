package analyze

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
)

// Rule is one entry of the catalogue, with the texts that explain it.
type Rule = rules.Rule

// Build is what the rules know of how an image was built and how it will run.
type Build = rules.Build

// Groups of rules that faces tell from the others.
const (
	AboutPackages = rules.Packages   // each holds whole packages
	RunningWell   = rules.Kubernetes // how an image runs; no bytes
)

// Rules returns the catalogue in its order. The slice is the caller's, the
// values in it are not to be changed.
func Rules() []Rule { return slices.Clone(catalogue.Rules) }
