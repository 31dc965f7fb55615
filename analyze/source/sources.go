package source

import "context"

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
		{transport: viaDocker, open: openDocker, byName: true},
		{transport: viaPodman, open: openPodman, byName: true},
		{transport: viaRegistry, open: openRegistry, byName: true},
		{transport: viaDockerArchive, open: openerOf(viaDockerArchive)},
		{transport: viaOCIArchive, open: openerOf(viaOCIArchive)},
		{transport: viaOCIDir, open: openerOf(viaOCIDir)},
		{transport: viaDir, open: openerOf(viaDir)},
		{transport: viaDemo, open: openDemo},
	}
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
