package source

import (
	"context"
	"slices"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/engine"
	"github.com/tare-oci/tare/analyze/source/registry"
)

// origin is where images come from: what a user writes before the colon of a
// reference, and who opens what stands behind it.
//
// open fills in img, whose Reference is set; what it leaves open it gives to
// Image.OnClose. Its errors say what is wrong and what to do next, for a person.
type origin struct {
	transport string
	open      func(ctx context.Context, name string, img *Image, opt Options) error
	// byName says that images are asked for by their names alone. A name without
	// a transport is looked for in these, in the table's order.
	byName bool
}

// origins are all places that images come from, but for standard input, which is
// written "-". A new one is a line here and a package or a file of its own.
func origins() []origin {
	return []origin{
		{transport: engine.Docker, open: engine.OpenDocker, byName: true},
		{transport: engine.Podman, open: engine.OpenPodman, byName: true},
		{transport: registry.Transport, open: registry.Open, byName: true},
		{transport: archive.Docker, open: archive.Opener(archive.Docker)},
		{transport: archive.OCI, open: archive.Opener(archive.OCI)},
		{transport: archive.OCIDir, open: archive.Opener(archive.OCIDir)},
		{transport: archive.Dir, open: archive.Opener(archive.Dir)},
		{transport: demoTransport, open: openDemo},
	}
}

// namesOrder are the places that a name without a transport is looked for in, in this order.
func namesOrder(registryFirst bool) (order []origin) {
	for _, from := range origins() {
		switch {
		case !from.byName:
		case registryFirst && from.transport == registry.Transport:
			order = slices.Insert(order, 0, from)
		default:
			order = append(order, from)
		}
	}
	return order
}

// originOf finds the place that a transport names.
func originOf(transport string) (origin, bool) {
	for _, o := range origins() {
		if o.transport == transport {
			return o, true
		}
	}
	return origin{}, false
}
