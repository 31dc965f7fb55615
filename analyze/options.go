package analyze

import (
	"github.com/tare-oci/tare/analyze/source"
)

// Options says how to analyse an image.
type Options struct {
	source.Options

	// Base names the base image: a reference, or a number of layers. "" lets
	// tare find it.
	Base string
	// Verify reads every byte of every layer and checks all digests and diff
	// IDs, also where the answer would not need it.
	Verify bool
	// Version is the program's own, for the report.
	Version string
	// Progress receives events; nil for none.
	Progress func(Event)
}
