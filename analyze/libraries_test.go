package analyze_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// librariesOf lists the packages of languages in a report, one a line.
func librariesOf(r *model.Report) (list []string) {
	for i := range r.Packages {
		p := &r.Packages[i]
		if p.Manager == "dpkg" {
			continue
		}
		line := fmt.Sprintf("%s %s %s layer %d %s in %s, %d bytes", p.Manager, p.Name, p.Version, p.Layer, p.Reason, p.Location, p.Bytes)
		if p.PartOf != "" {
			line += ", part of " + p.PartOf
		}
		if p.NeededBy != "" {
			line += ", needed by " + p.NeededBy
		}
		list = append(list, line)
	}
	return list
}

// TestLibraries: what pip and npm say of an image is in its report, the same from every source
// and out of the cache.
func TestLibraries(t *testing.T) {
	t.Parallel()
	img := imagetest.Libraries()
	want := []string{
		"pip six 1.16 layer 0 unknown in usr/lib/python3/dist-packages, 0 bytes, part of python3-six",
		"pip Big_Lib 2.1 layer 1 manual in " + imagetest.Site + ", 454 bytes",
		"pip small.lib 1.0 layer 1 dependency in " + imagetest.Site + ", 223 bytes, needed by Big_Lib",
		"npm check 9.0.0 layer 2 dev in app/node_modules/check, 63 bytes",
		"npm depth 2.0.0 layer 2 dev in app/node_modules/depth, 34 bytes, needed by check",
		"npm depth 1.0.0 layer 2 dependency in app/node_modules/web/node_modules/depth, 34 bytes, needed by web",
		"npm web 1.2.3 layer 2 manual in app/node_modules/web, 178 bytes",
	}
	sameEverywhere(t, img, want, librariesOf)
}
