package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
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
	sameEverywhere(t, img, want)
}

// sameEverywhere holds the packages of an image against a list, from every source and out of the
// cache. It returns the last report.
func sameEverywhere(t *testing.T, img imagetest.Image, want []string) (r *model.Report) {
	t.Helper()
	cached, err := store.Open(filepath.Join(t.TempDir(), "cache"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	plain := img
	plain.Layers = nil
	for _, l := range img.Layers {
		l.Compression = imagetest.None
		plain.Layers = append(plain.Layers, l)
	}
	for _, c := range []struct {
		name    string
		archive imagetest.Archive
		opt     analyze.Options
	}{
		{"streamed", img.OCI(), analyze.Options{}},
		{"in place", plain.OCI(), analyze.Options{}},
		{"verified", plain.OCI(), analyze.Options{Verify: true}},
		{"first into the cache", img.OCI(), analyze.Options{Store: cached}},
	} {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, c.archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time out of the cache, where there is one
			if r, err = analyze.Image(t.Context(), file, c.opt); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, librariesOf(r)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	}
	return r
}
