package analyze_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestOneOddValue: a file with one value in it that its manager does not write tells of all other
// packages, and a note names it. Where the list of a package's files is not whole, its size is null.
func TestOneOddValue(t *testing.T) {
	t.Parallel()
	const site = "usr/lib/python3/site-packages/"
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	for _, test := range []struct {
		name, note string // a part of the note
		files      tar
		want       []string
	}{
		{"conda, a number among the files", "the list of a package's files holds something", tar{imagetest.Text("c/conda-meta/p-1-0.json", `{"name":"p","version":"1","files":["f",5]}`), imagetest.Fill("c/f", 100)}, []string{"p 1 null"}},
		{"conda, no list of files", "the list of a package's files holds something", tar{imagetest.Text("c/conda-meta/p-1-0.json", `{"name":"p","version":"1","files":{"a":1}}`)}, []string{"p 1 null"}},
		{"conda, an odd need", "", tar{imagetest.Text("c/conda-meta/p-1-0.json", `{"name":"p","version":{},"files":["f"],"depends":5}`), imagetest.Fill("c/f", 100)}, []string{"p  151"}},
		{"conda, cut off", "a file that tells of packages holds something", tar{imagetest.Text("c/conda-meta/p-1-0.json", `{"name":"p","version":"1","fi`)}, nil},
		{"Composer, an odd name", "a file that tells of packages holds something", tar{imagetest.Text("app/vendor/composer/installed.json", `{"packages":[{"name":"a/b","version":"1","install-path":"../a/b"},{"name":5},null]}`), imagetest.Fill("app/vendor/a/b/f", 70)}, []string{"a/b 1 70"}},
		{"Composer, odd other values", "", tar{imagetest.Text("app/vendor/composer/installed.json", `{"packages":[{"name":"a/b","version":"1","type":7,"install-path":"../a/b"}],"dev-package-names":[5]}`), imagetest.Fill("app/vendor/a/b/f", 70)}, []string{"a/b 1 70"}},
		{".NET, an odd target", "the list of a package's files holds something", tar{imagetest.Text("app/x.deps.json", `{"runtimeTarget":{"name":"t"},"targets":{"t":{"P/1":{"runtime":{"lib/P.dll":{}}},"Q/1":5}},"libraries":{"P/1":{"type":"package"},"Q/1":{"type":"package"}}}`), imagetest.Fill("app/P.dll", 90)}, []string{"P 1 90", "Q 1 null"}},
		{".NET, an odd library", "a file that tells of packages holds something", tar{imagetest.Text("app/x.deps.json", `{"runtimeTarget":{"name":"t"},"targets":{"t":{"P/1":{"runtime":{"lib/P.dll":{}}}},"u":5},"libraries":{"P/1":{"type":"package"},"Q/1":5}}`), imagetest.Fill("app/P.dll", 90)}, []string{"P 1 90"}},
		{"METADATA with a long line", "", tar{imagetest.Text(site+"l-1.dist-info/METADATA", "Keywords: "+strings.Repeat("k", 70_000)+"\nName: l\nVersion: 1\n\n"), imagetest.Text(site+"l-1.dist-info/RECORD", "l.py,,\n"), imagetest.Fill(site+"l.py", 3)}, []string{"l 1 70041"}},
		{"METADATA in lower case", "", tar{imagetest.Text(site+"l-1.dist-info/METADATA", "name: l\nVERSION: 1\nName: other\n\n"), imagetest.Text(site+"l-1.dist-info/RECORD", "l.py,,\n"), imagetest.Fill(site+"l.py", 3)}, []string{"l 1 42"}},
		{"no METADATA at all", "", tar{imagetest.Text(site+"l-1.dist-info/METADATA", "# settings\nname: l\n")}, nil},
		{"METADATA without a name", "a file that tells of packages holds something", tar{imagetest.Text(site+"l-1.dist-info/METADATA", "Metadata-Version: 2.1\nVersion: 1\n\nName: l\n")}, nil},
		{"package.json that is deep", "", tar{imagetest.Text("app/node_modules/m/package.json", `{"name":"m","x":`+deep+`,"version":"3"}`)}, []string{"m 3 400031"}},
		{"DESCRIPTION with a long line", "", tar{imagetest.Text("r/lib/a/DESCRIPTION", "Title: "+strings.Repeat("k", 70_000)+"\nPackage: a\nVersion: 1\nBuilt: R 4\n")}, []string{"a 1 70041"}},
	} {
		r, err := analyze.Image(t.Context(), saved(t, imagetest.Image{Layers: layers{{Files: test.files}}}), analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range r.Packages {
			p := &r.Packages[i]
			size := strconv.FormatInt(p.Bytes, 10)
			if p.Unsized {
				size = "null"
			}
			got = append(got, p.Name+" "+p.Version+" "+size)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		noted := slices.ContainsFunc(r.Notes, func(s string) bool { return strings.Contains(s, "tare does not understand") })
		if noted != (test.note != "") || test.note != "" && !slices.ContainsFunc(r.Notes, func(s string) bool { return strings.HasPrefix(s, test.note) }) {
			t.Errorf("%s: %q", test.name, r.Notes)
		}
	}
}
