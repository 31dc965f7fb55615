package analyze_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// manyArtifacts is a jar into which many others were merged.
func manyArtifacts(t *testing.T, count int) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range count {
		f, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("META-INF/maven/g/a%d/pom.properties", i), UncompressedSize64: 9, CompressedSize64: 9})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "version=1")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// manyLocks are projects with a Gemfile.lock, and no gems.
func manyLocks(count int) (files tar) {
	for i := range count {
		files = append(files, imagetest.Text(fmt.Sprintf("app%03d/Gemfile.lock", i), "GEM\n  specs:\n    a (1)\n\nDEPENDENCIES\n  a\n"))
	}
	return files
}

// manyCaches are packages of conda, each unpacked in another cache.
func manyCaches(count int) (files tar) {
	for i := range count {
		files = append(files, imagetest.Text(fmt.Sprintf("c/conda-meta/p%03d-1-0.json", i), fmt.Sprintf(`{"name":"p%d","version":"1","files":[],"link":{"source":"/cache%d/pkgs/p%d-1-0"}}`, i, i, i)))
	}
	return files
}

// TestWhatIsCutIsSaid: where tare does not read all of what tells of packages, or nothing tells it,
// one note names it, and what is then not known of a package is null and no smaller figure.
func TestWhatIsCutIsSaid(t *testing.T) {
	t.Parallel()
	const site = "venv/lib/python3.12/site-packages/"
	metadata := func(name string) string { return "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1\n" }
	long := strings.Repeat(strings.Repeat("x", 100)+"/y.py,,\n", 90_000)
	for _, test := range []struct {
		name    string
		files   tar
		note    string
		unknown []string // packages whose size is null
		known   []string // others
	}{
		{"a RECORD over 8 MiB", tar{imagetest.Text(site+"big-1.dist-info/METADATA", metadata("big")), imagetest.Text(site+"big-1.dist-info/RECORD", long)},
			"a package lists more files than tare reads, so its size is not known: " + site + "big-1.dist-info/RECORD", []string{"big"}, nil},
		{"no RECORD", tar{imagetest.Text(site+"bare-1.dist-info/METADATA", metadata("bare")), imagetest.Fill(site+"bare/x.py", 10)},
			"the image does not tell which files belong to a package, so its size is not known: " + site + "bare-1.dist-info/METADATA", []string{"bare"}, nil},
		{"no RECORD, but its modules", tar{
			imagetest.Text(site+"top-1.dist-info/METADATA", metadata("top")), imagetest.Text(site+"top-1.dist-info/top_level.txt", "top\n_single\n"),
			imagetest.Fill(site+"top/x.py", 10), imagetest.Fill(site+"_single.py", 10),
		}, "", nil, []string{"top 75"}},
		{"modules of a name space", tar{
			imagetest.Text(site+"n.a-1.dist-info/METADATA", metadata("n.a")), imagetest.Text(site+"n.a-1.dist-info/top_level.txt", "n\n"),
			imagetest.Text(site+"n.b-1.dist-info/METADATA", metadata("n.b")), imagetest.Text(site+"n.b-1.dist-info/top_level.txt", "n\n"), imagetest.Fill(site+"n/a/x.py", 10),
		}, "the image does not tell which files belong to 2 packages, so their sizes are not known: " + site + "n.a-1.dist-info/METADATA, " + site + "n.b-1.dist-info/METADATA", []string{"n.a", "n.b"}, nil},
		{"a package.json over 4 MiB", tar{imagetest.Text("app/node_modules/x/package.json", `{"name":"x","version":"1","long":"`+strings.Repeat("x", 5<<20)+`"}`)},
			"a file that tells of packages is too large to be read, so which they are is not known: app/node_modules/x/package.json", nil, []string{"x 5242916"}},
		{"a jar of 60,000", tar{imagetest.Text("app/all.jar", manyArtifacts(t, 60_000))},
			"a file holds more packages than tare lists, so some are missing: app/all.jar", nil, nil},
		{"composer without directories", tar{imagetest.Text("app/vendor/composer/installed.json", `{"packages":[{"name":"made/web","version":"1"},{"name":"made/gone","version":"1"},{"name":"made/all","version":"1","type":"metapackage"}]}`), imagetest.Fill("app/vendor/made/web/x.php", 10)},
			"the image does not tell which files belong to a package, so its size is not known: app/vendor/composer/installed.json", []string{"made/gone"}, []string{"made/web 10", "made/all 0"}},
		{"a byte order mark", tar{
			imagetest.Text("app/node_modules/x/package.json", "\xef\xbb\xbf{\"name\":\"x\",\"version\":\"1.2\"}"),
			imagetest.Text(site+"m-1.dist-info/METADATA", "\xef\xbb\xbf"+metadata("m")), imagetest.Text(site+"m-1.dist-info/RECORD", "\xef\xbb\xbfm.py,,\n"), imagetest.Fill(site+"m.py", 10),
		}, "", nil, []string{"m 64", "x 31"}},
		{"a broken package.json of a module", tar{imagetest.Text("app/node_modules/x/package.json", `{"name":"x",`)},
			"a file that tells of packages holds something that tare does not understand, so some may be missing: app/node_modules/x/package.json", nil, nil},
		{"a broken package.json of a project", tar{imagetest.Text("app/package.json", `{"name":"x",`), imagetest.Text("app/node_modules/y/package.json", `{"name":"y","version":"1"}`)},
			"a file that tells of packages holds something that tare does not understand, so some may be missing: app/package.json", nil, []string{"y 26"}},
		{"a template of a project", tar{imagetest.Text("templates/package.json", `{"name":{{name}}}`)}, "", nil, nil},
		{"a broken composer.json", tar{imagetest.Text("php/composer.json", `{"name":`), imagetest.Text("php/vendor/composer/installed.json", `{"packages":[]}`)},
			"a file that tells of packages holds something that tare does not understand, so some may be missing: php/composer.json", nil, nil},
		{"no name in PKG-INFO", tar{imagetest.Text(site+"o.egg-info/PKG-INFO", "Version: 1\n\n")},
			"a file that tells of packages holds something that tare does not understand, so some may be missing: " + site + "o.egg-info/PKG-INFO", nil, nil},
		{"101 Gemfile.lock", manyLocks(101), "the image has more files Gemfile.lock than tare reads, so for some gems it is not known who asked for them; not read is: app100/Gemfile.lock", nil, nil},
		{"100 Gemfile.lock", manyLocks(100), "", nil, nil},
		{"120 caches of conda", manyCaches(120), "conda unpacked packages in more caches than tare looks for, so what lies in the others counts as installed, as 70 files tell: c/conda-meta/p050-1-0.json, c/conda-meta/p051-1-0.json, c/conda-meta/p052-1-0.json and 67 more", nil, nil},
		{"what pip leaves of an old version", tar{
			imagetest.Text(site+"pip-2.dist-info/METADATA", metadata("pip")), imagetest.Text(site+"pip-2.dist-info/RECORD", "pip/x.py,,\n"), imagetest.Fill(site+"pip/x.py", 10),
			imagetest.Text(site+"~ip-1.dist-info/METADATA", metadata("pip")),
		}, "", nil, []string{"pip 64"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(file, imagetest.Image{Layers: layers{{Files: test.files, Compression: imagetest.None}}}.OCI().Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := analyze.Image(t.Context(), file, analyze.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(r.Notes, "\n"); said != test.note {
				t.Errorf("the notes are %q, want %q", said, test.note)
			}
			holdSizes(t, r, test.unknown, test.known)
		})
	}
}

// holdSizes compares the packages of a report, as JSON has them, with those whose size is unknown and
// those whose size is known. Of a long list it looks at none.
func holdSizes(t *testing.T, r *model.Report, unknown, known []string) {
	t.Helper()
	out, err := json.Marshal(r.Packages)
	if err != nil {
		t.Fatal(err)
	}
	var packages []struct {
		Name  string
		Bytes *int64
		Files *int
	}
	var again []model.Package
	if err := json.Unmarshal(out, &packages); err != nil || json.Unmarshal(out, &again) != nil {
		t.Fatal(err)
	}
	if len(packages) > 100 {
		return
	}
	var null, sized []string
	for i, p := range packages {
		if again[i].Unsized != (p.Bytes == nil) {
			t.Errorf("%s is read back as %+v", p.Name, again[i])
		}
		if p.Bytes == nil && p.Files == nil {
			null = append(null, p.Name)
		} else {
			sized = append(sized, fmt.Sprint(p.Name, " ", *p.Bytes))
		}
	}
	if !slices.Equal(null, unknown) || !slices.Equal(sized, known) {
		t.Errorf("of unknown size are %q, want %q; the others are %q, want %q", null, unknown, sized, known)
	}
}
