package demo

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/klauspost/compress/gzip"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/tare-oci/tare/analyze/imagetest"
)

var update = flag.Bool("update", false, "write digests.json anew")

func hash(t testing.TB, r io.Reader) v1.Hash {
	t.Helper()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
}

// TestDigests holds the layers as they are stored against digests.json, and
// TestLayersAreRealistic what is in them.
func TestDigests(t *testing.T) {
	want, err := known()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]digests{}
	for _, s := range Samples() {
		for _, step := range s.steps() {
			if step.layer != nil {
				blob := step.layer.finish()
				d := digests{Digest: hash(t, io.NewSectionReader(blob, 0, blob.Size()))}
				if n := len(got[s.Name]); n < len(want[s.Name]) && want[s.Name][n].Digest == d.Digest {
					d.DiffID = want[s.Name][n].DiffID
				} else {
					plain, err := gzip.NewReader(io.NewSectionReader(blob, 0, blob.Size()))
					if err != nil {
						t.Fatal(err)
					}
					d.DiffID = hash(t, plain)
				}
				got[s.Name] = append(got[s.Name], d)
			}
		}
	}
	if *update {
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("digests.json", append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests.json is not what is built; run go test -update (-want +got):\n%s", diff)
	}
}

// unpack writes a sample's archive to a directory.
func unpack(t *testing.T, name string) string {
	t.Helper()
	r, size, err := Archive(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for archive := tar.NewReader(io.NewSectionReader(r, 0, size)); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(f, archive); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func image(t *testing.T, name string) v1.Image {
	t.Helper()
	index, err := layout.ImageIndexFromPath(unpack(t, name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Manifests) != 1 {
		t.Fatalf("%d manifests, want 1", len(m.Manifests))
	}
	img, err := index.Image(m.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSamplesValidate(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Reading every byte takes validate seconds; TestDigests has
			// held them all against the digests, too.
			var options []validate.Option
			if name != "multi-stage" {
				options = append(options, validate.Fast)
			}
			if err := validate.Image(image(t, name), options...); err != nil {
				t.Error(err)
			}
		})
	}
}

// largestLast are the names of the samples, for tests that try a few of them: the first sample
// takes as long as several others.
func largestLast() []string { return append(Names()[1:], Names()[0]) }

// TestLayersAreRealistic holds every layer's tar against its digest and what a layer may be:
// parents before children, no path twice, whiteouts of something, no content
// twice but where a layer above repeats a path.
func TestLayersAreRealistic(t *testing.T) {
	for _, name := range largestLast()[:imagetest.Rounds(1, 1, len(Names()))] { // TestDigests holds all to what they were
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := image(t, name)
			layers, err := img.Layers()
			if err != nil {
				t.Fatal(err)
			}
			config, err := img.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			content := map[uint64]string{}
			var total int64
			for n, l := range layers {
				stored, err := l.Compressed()
				if err != nil {
					t.Fatal(err)
				}
				plain, err := gzip.NewReader(stored)
				if err != nil {
					t.Fatal(err)
				}
				diffID := sha256.New()
				r := io.TeeReader(plain, diffID)
				here := map[string]bool{"./": true}
				for archive := tar.NewReader(r); ; {
					h, err := archive.Next()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					if here[h.Name] {
						t.Errorf("layer %d: %s twice", n, h.Name)
					}
					here[h.Name] = true
					dir, base := filepath.Split(strings.TrimSuffix(h.Name, "/"))
					if dir != "" && !here[dir] {
						t.Errorf("layer %d: %s before its directory", n, h.Name)
					}
					if hidden, ok := strings.CutPrefix(base, ".wh."); ok && !seen[dir+hidden] && !seen[dir+hidden+"/"] {
						t.Errorf("layer %d: nothing to hide at %s", n, dir+hidden)
					}
					total += h.Size
					sum := xxhash.New()
					if _, err := io.Copy(sum, archive); err != nil {
						t.Fatal(err)
					}
					key := sum.Sum64()
					if duplicate, ok := content[key]; ok && duplicate != h.Name && h.Size >= 4096 && base != "status-old" {
						t.Errorf("layer %d: %s and %s have one content", n, duplicate, h.Name)
					}
					content[key] = h.Name
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					t.Fatal(err)
				}
				if want := config.RootFS.DiffIDs[n]; want.Hex != hex.EncodeToString(diffID.Sum(nil)) {
					t.Errorf("layer %d: its tar is not that of %s", n, want)
				}
				for path := range here {
					seen[path] = true
				}
			}
			if total > 200e6 {
				t.Errorf("%d bytes; opening a sample should be instant, so 200 MB at most", total)
			}
			t.Logf("%d bytes in %d paths", total, len(seen))
		})
	}
}

// TestArchiveIsTheSameEveryTime compares an archive with itself; that its layers are those of
// before is TestDigests' concern.
func TestArchiveIsTheSameEveryTime(t *testing.T) {
	for _, name := range largestLast()[:imagetest.Rounds(1, 1, len(Names()))] {
		var sums []string
		for range 2 {
			r, size, err := Archive(name)
			if err != nil {
				t.Fatal(err)
			}
			h := sha256.New()
			if n, err := io.Copy(h, io.NewSectionReader(r, 0, size)); err != nil || n != size {
				t.Fatalf("%s: %d bytes read of %d (%v)", name, n, size, err)
			}
			sums = append(sums, hex.EncodeToString(h.Sum(nil)))
		}
		if sums[0] != sums[1] {
			t.Errorf("%s: %s, then %s", name, sums[0], sums[1])
		}
	}
}

// TestHistoryFitsDockerfile compares the final stage's instructions with the
// history behind that of the base: as many, with the same keywords.
func TestHistoryFitsDockerfile(t *testing.T) {
	bases := map[string]int{
		"naive-apt": len(debian()), "chown-copy": len(classicDebian()), "deleted-later": len(alpine()),
		"node-app": len(nodeBase()), "multi-stage": len(alpine()),
	}
	for _, s := range Samples() {
		parsed, err := parser.Parse(strings.NewReader(s.Dockerfile))
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		var want, got []string
		for _, node := range parsed.AST.Children {
			keyword := strings.ToUpper(node.Value)
			if keyword == "FROM" {
				want = nil
				continue
			}
			want = append(want, keyword)
		}
		base := bases[s.Name]
		if s.image != nil {
			base = s.image().BaseLayers
		}
		for _, step := range s.steps()[base:] {
			got = append(got, strings.Fields(step.createdBy)[0])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: Dockerfile and history differ (-Dockerfile +history):\n%s", s.Name, diff)
		}
		if !strings.HasPrefix(s.Dockerfile, "# A built-in sample of tare") {
			t.Errorf("%s: the Dockerfile does not say that it is a sample", s.Name)
		}
	}
}

func TestUnknownNameIsExplained(t *testing.T) {
	tests := []struct{ name, want string }{
		{"naive-atp", `open sample image "naive-atp": no such sample (did you mean naive-apt?); there are naive-apt, chown-copy, deleted-later, node-app, multi-stage`},
		{"multistage", "(did you mean multi-stage?)"},
		{"node", "(did you mean node-app?)"},
		{"", `open sample image "": no such sample; there are`},
		{strings.Repeat("x", 1000), "no such sample; there are"},
	}
	for _, test := range tests {
		_, _, err := Archive(test.name)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.20q: error %v, want %q in it", test.name, err, test.want)
		}
	}
}

func BenchmarkArchive(b *testing.B) {
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Archive(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
