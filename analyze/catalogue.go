package analyze

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
)

// Rule is one entry of the catalogue, with the texts that explain it.
type Rule = rules.Rule

// Rules returns the catalogue in its order. The slice is the caller's, the
// values in it are not to be changed.
func Rules() []Rule { return slices.Clone(rules.Catalogue) }
