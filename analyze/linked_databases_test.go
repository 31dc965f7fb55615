package analyze_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestDatabasesBehindLinks: a package database counts where a symbolic link stands in
// the place of its directory, or of one above it; and only while the link does. A
// package comes with the layer that makes its database one, and has the bytes of that
// layer.
func TestDatabasesBehindLinks(t *testing.T) {
	t.Parallel()
	status := func(dir string, names ...string) imagetest.File {
		text := ""
		for _, name := range names {
			text += "Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
		}
		return imagetest.Text(dir+"/status", text)
	}
	list := func(dir string) imagetest.File {
		return imagetest.Text(dir+"/info/a.list", "/.\n/usr\n/usr/bin\n/usr/bin/a\n")
	}
	program := imagetest.Fill("usr/bin/a", 4000)
	const dpkg, real = "var/lib/dpkg", "usr/lib/sysimage/dpkg"
	link := imagetest.Symlink(dpkg, "../../"+real)
	for name, test := range map[string]struct {
		layers [][]imagetest.File
		want   map[string]int64
	}{
		"a relative link":              {[][]imagetest.File{{status(real, "a"), list(real), program, link}}, map[string]int64{"a": 4000}},
		"an absolute one":              {[][]imagetest.File{{imagetest.Symlink(dpkg, "/data"), status("data", "a"), list("data"), program}}, map[string]int64{"a": 4000}},
		"a link above":                 {[][]imagetest.File{{imagetest.Symlink("var/lib", "/data/x"), status("data/x/dpkg", "a"), list("data/x/dpkg"), program}}, map[string]int64{"a": 4000}},
		"in a later layer":             {[][]imagetest.File{{status(real, "a"), list(real), program}, {link}}, map[string]int64{"a": 0}},
		"only its lists":               {[][]imagetest.File{{status(dpkg, "a"), imagetest.Symlink(dpkg+"/info", "/lists"), imagetest.Text("lists/a.list", "/usr/bin/a\n"), program}}, map[string]int64{"a": 4000}},
		"moved":                        {[][]imagetest.File{{status(dpkg, "a"), list(dpkg), program}, {imagetest.Whiteout(dpkg), status(real, "a"), list(real)}, {link}}, map[string]int64{"a": 0}},
		"a package more":               {[][]imagetest.File{{status(real, "a"), list(real), program, link}, {status(real, "a", "b")}}, map[string]int64{"a": 4000, "b": 0}},
		"the link goes":                {[][]imagetest.File{{status(real, "a"), link}, {imagetest.Whiteout(dpkg)}}, nil},
		"the database goes":            {[][]imagetest.File{{status(real, "a"), link}, {imagetest.Whiteout(real)}}, nil},
		"no link":                      {[][]imagetest.File{{status(real, "a"), program}}, nil},
		"a link to itself":             {[][]imagetest.File{{status(real, "a"), imagetest.Symlink(dpkg, "dpkg")}}, nil},
		"a link to the root":           {[][]imagetest.File{{imagetest.Symlink(dpkg, "/"), imagetest.Text("statusx", "Package: no\n")}}, nil},
		"usr-merged, apk's other name": {[][]imagetest.File{{imagetest.Symlink("lib", "usr/lib"), imagetest.Text("usr/lib/apk/db/installed", "P:foo\nV:1-r0\nA:x86_64\nF:usr/bin\nR:a\n\n"), program}}, map[string]int64{"foo": 4000}},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, test.layers...) {
				if strings.HasPrefix(form, "stream") && name != "usr-merged, apk's other name" {
					continue // what was passed over is gone
				}
				var got map[string]int64
				for _, p := range image(t, reference).Packages {
					if got == nil {
						got = make(map[string]int64)
					}
					got[p.Name] = p.Bytes
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: %s", form, diff)
				}
			}
		})
	}
}
