package analyze_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// TestVersionOverAnother: where a version of a package of Python was installed over another that was
// not uninstalled, both tell that the files are theirs; they are of the one that wrote them.
func TestVersionOverAnother(t *testing.T) {
	const site = "usr/lib/python3/site-packages/"
	version := func(v string, size int64, files ...string) (list tar) {
		record := ""
		for _, name := range files {
			list, record = append(list, imagetest.Fill(site+name, size)), record+name+",,\n"
		}
		info := site + "numpy-" + v + ".dist-info/"
		return append(list, imagetest.Text(info+"METADATA", "Name: numpy\nVersion: "+v+"\n"), imagetest.Text(info+"RECORD", record))
	}
	old, late := version("1.9", 1000, "numpy/a.py", "numpy/old.py"), version("1.10", 5000, "numpy/a.py")
	both := slices.Concat(old[1:], late) // the first file of both is the same one
	compiled := tar{imagetest.Fill(site+"numpy/__pycache__/a.pyc", 7)}
	for _, test := range []struct {
		name   string
		layers layers
		want   string
	}{
		{"over an older one", layers{{Files: old}, {Files: late}}, "1.9 has 1053, 1.10 has 5039"},
		{"over a newer one", layers{{Files: late}, {Files: old}}, "1.9 has 2053, 1.10 has 39"},
		{"in one layer", layers{{Files: both}}, "1.9 has 1053, 1.10 has 5039"},
		{"what Python compiled", layers{{Files: old}, {Files: late}, {Files: compiled}}, "1.9 has 1053, 1.10 has 5046"},
		{"a file touched later", layers{{Files: old}, {Files: late}, {Files: tar{imagetest.Fill(site+"numpy/a.py", 5000)}}}, "1.9 has 1053, 1.10 has 5039"},
	} {
		r, err := analyze.Image(t.Context(), saved(t, imagetest.Image{Layers: test.layers}), analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		of := func(v string) int64 {
			i := slices.IndexFunc(r.Packages, func(p model.Package) bool { return p.Version == v })
			return r.Packages[i].Bytes
		}
		if got := fmt.Sprintf("1.9 has %d, 1.10 has %d", of("1.9"), of("1.10")); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
