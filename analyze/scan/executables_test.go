package scan_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// TestExecutables reads the same of programs and scripts however a layer is stored, and
// takes nothing for one that is none. The encoded index holds it, too.
func TestExecutables(t *testing.T) {
	large := imagetest.ELF{Interpreter: "/lib/ld", Needed: []string{"libc.so.6"}, Names: []string{"/etc/a.conf"}, NamesLast: true, Size: 300_000}
	files := []imagetest.File{
		imagetest.Program("usr/bin/a", imagetest.ELF{Needed: []string{"liba.so"}, Soname: "x"}),
		imagetest.Text("usr/bin/b", "#!/bin/sh\nexec true\n"),
		imagetest.Text("usr/bin/text", "text"), imagetest.Text("usr/bin/empty", ""), imagetest.Fill("usr/bin/noise", 5000), imagetest.Dir("opt"),
		imagetest.Program("opt/large", large), imagetest.HardLink("opt/link", "opt/large"),
		imagetest.Fill("opt/z", 20_000), imagetest.Program("opt/last", imagetest.ELF{}),
	}
	want := map[string]executable.File{
		"usr/bin/a": {Needed: []string{"liba.so"}, Soname: "x"}, "usr/bin/b": {Script: "/bin/sh"},
		"opt/large": {Interpreter: "/lib/ld", Needed: []string{"libc.so.6"}, Names: []string{"/etc/a.conf", "/lib/ld", "libc.so.6"}}, "opt/last": {},
	}
	opt := scan.Options{Executables: func(path string) bool { return path[0] == 'o' }}
	for _, c := range imagetest.Compressions() {
		stored := imagetest.Layer{Files: files, Compression: c}
		blob := stored.Stored()
		x, err := scan.Layer(t.Context(), layer(blob, imagetest.Digest(blob).String(), ""), opt)
		if err != nil {
			t.Fatal(c, err)
		}
		got := make(map[string]executable.File)
		for _, p := range x.Executables {
			p.Names = slices.Sorted(slices.Values(p.Names))
			got[x.Path(&x.Entries[p.Entry])] = p.File
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c, diff)
		}
		encoded := x.AppendBinary(nil)
		y, err := scan.Decode(encoded)
		if err != nil || !bytes.Equal(encoded, y.AppendBinary(nil)) || cmp.Diff(x.Executables, y.Executables) != "" {
			t.Errorf("%s: decoded: %v\n%s", c, err, cmp.Diff(x.Executables, y.Executables))
		}
		for n := range encoded {
			if _, err := scan.Decode(encoded[:n]); err == nil {
				t.Fatalf("%s: %d of %d bytes are enough", c, n, len(encoded))
			}
		}
		none, err := scan.Layer(t.Context(), layer(blob, imagetest.Digest(blob).String(), ""), scan.Options{})
		if err != nil || len(none.Executables) != 0 {
			t.Errorf("%s: nobody asked: %v, %v", c, none.Executables, err)
		}
	}
}
