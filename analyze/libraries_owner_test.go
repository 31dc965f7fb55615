package analyze_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// claimed makes an image at random in which managers of every kind claim the same few files, some of
// which are names of one content, in two layers.
func claimed(random *rand.Rand) imagetest.Image {
	dirs := []string{"env/", "env/lib/", "env/pkgs/p-1-0/", "env/node_modules/m/", "env/node_modules/m/node_modules/m/", "env/gems/g-1/"}
	some := func(list []string) string { return list[random.IntN(len(list))] }
	var names []string
	body := func() (files tar) {
		for range 12 {
			name := some(dirs) + fmt.Sprintf("f%d", random.IntN(8))
			if len(names) > 0 && random.IntN(3) == 0 {
				files = append(files, imagetest.HardLink(name+"l", some(names)))
				continue
			}
			names = append(names, name)
			files = append(files, imagetest.Fill(name, 1+random.Int64N(500)))
		}
		return files
	}
	list := func(form string) string {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			fmt.Fprintf(&b, form, strings.TrimPrefix(some(names), "env/"))
		}
		return b.String()
	}
	first := body()
	first = append(first,
		imagetest.Text("env/conda-meta/p-1-0.json", `{"name":"p","version":"1","extracted_package_dir":"/env/pkgs/p-1-0","files":[`+strings.TrimSuffix(list(`"%s",`), ",")+`]}`),
		imagetest.Text("env/q-1.dist-info/METADATA", "Name: q\nVersion: 1\n"), imagetest.Text("env/q-1.dist-info/RECORD", list("%s,,\n")),
		imagetest.Text("env/r-1.dist-info/METADATA", "Name: r\nVersion: 1\n"), imagetest.Text("env/r-1.dist-info/RECORD", list("%s,,\n")),
		imagetest.Text("env/specifications/g-1.gemspec", "# stub: g 1 ruby lib\n"),
		imagetest.Text("env/node_modules/m/package.json", `{"name":"m","version":"1"}`),
		imagetest.Text("env/node_modules/m/node_modules/m/package.json", `{"name":"m","version":"2"}`),
		imagetest.Text("env/node_modules/m/bin", string(imagetest.GoProgram("mod\tm.org/a\tv1.0.0\th1:a=\n"))),
		imagetest.Text("env/lib/x-1.jar", "PK\x03\x04 and the rest of an archive"),
	)
	second := append(body(), imagetest.Whiteout("env/lib/f1"), imagetest.Text("env/x.deps.json", `{"runtimeTarget":{"name":"t"},"targets":{"t":{"n/1":{"runtime":{"f1":{},"f2":{}}}}},"libraries":{"n/1":{"type":"package"}}}`))
	return imagetest.Image{Layers: layers{{Files: first}, {Files: second}}}
}

// TestEveryByteHasOneOwner: whoever claims a file, its bytes belong to one package, what a package
// says it has is what it owns, and nothing that is gone is owned.
func TestEveryByteHasOneOwner(t *testing.T) {
	t.Parallel()
	for seed := range uint64(imagetest.Rounds(10, 20, 60)) {
		img := claimed(rand.New(rand.NewPCG(seed, 18)))
		r, err := analyze.Image(t.Context(), saved(t, img), analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		owned, files, all := make([]int64, len(r.Packages)), make([]int, len(r.Packages)), int64(0)
		for i, owner := range r.Tree.Libraries {
			record := &r.Tree.Records[i]
			if owner < 0 {
				continue
			}
			if record.Kind != model.File && record.Kind != model.Link {
				t.Errorf("seed %d: %s is owned and no file", seed, r.Tree.Path(record.Node))
			}
			if record.Kind == model.File {
				if record.HiddenBy != model.StillThere {
					t.Errorf("seed %d: %s is owned and gone", seed, r.Tree.Path(record.Node))
				}
				owned[owner] += record.Size.Bytes()
				files[owner]++
				all += record.Size.Bytes()
			}
		}
		sum := int64(0)
		for i := range r.Packages {
			p := &r.Packages[i]
			if sum += p.Bytes; p.Bytes != owned[i] || p.Files != files[i] {
				t.Errorf("seed %d: %s %s has %d bytes in %d files and owns %d in %d", seed, p.Manager, p.Name, p.Bytes, p.Files, owned[i], files[i])
			}
		}
		if sum != all || all == 0 {
			t.Errorf("seed %d: the packages have %d bytes, the files that they own %d", seed, sum, all)
		}
	}
}
