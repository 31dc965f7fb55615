package imagetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func sample(c Compression) Image {
	return Image{
		Tag:    "example.com/app:1",
		Config: v1.Config{Env: []string{"PATH=/bin"}, Cmd: []string{"/app"}},
		Layers: []Layer{
			{CreatedBy: "ADD rootfs.tar / # buildkit", Compression: c, Files: []File{
				Dir("bin"), Fill("bin/sh", 70_000).Chmod(0o4755), HardLink("bin/ash", "bin/sh"), Symlink("sh", "bin/sh"),
			}},
			{CreatedBy: "ENV A=1", Empty: true},
			{CreatedBy: "RUN make # buildkit", Compression: c, Files: []File{Text("out/a", "a").Chown(1, 2), Whiteout("bin/ash"), Opaque("tmp")}},
		},
	}
}

func TestEveryCompressionValidates(t *testing.T) {
	for _, c := range Compressions() {
		t.Run(c.String(), func(t *testing.T) {
			var options []validate.Option
			if c == None || c == Zstd || c == ZstdChunked {
				options = append(options, validate.Fast) // validate reads gzip alone
			}
			img := sample(c).V1()
			if err := validate.Image(img, options...); err != nil {
				t.Error(err)
			}
			checkDiffIDs(t, img)
		})
	}
}

// checkDiffIDs decompresses every layer and holds it against the config.
func checkDiffIDs(t *testing.T, img v1.Image) {
	t.Helper()
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for n, l := range layers {
		r, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if Digest(raw) != config.RootFS.DiffIDs[n] {
			t.Errorf("layer %d is not the one its diff ID names", n)
		}
	}
}

func TestImageIsTheSameEveryTime(t *testing.T) {
	for _, c := range Compressions() {
		if a, b := sample(c).Digest(), sample(c).Digest(); a != b {
			t.Errorf("%s: digest %s, then %s", c, a, b)
		}
	}
	if sample(Gzip).Digest() == sample(Zstd).Digest() {
		t.Error("two compressions have one digest")
	}
}

func TestPushedImageComesBack(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	ref, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	x := Index{Images: []Image{sample(Gzip), {Platform: "linux/arm64"}}}
	if err := remote.WriteIndex(ref, x.V1()); err != nil {
		t.Fatal(err)
	}
	back, err := remote.Index(ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(back); err != nil {
		t.Error(err)
	}
	img, err := remote.Image(ref, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: "amd64"}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := img.Digest(); err != nil || got != sample(Gzip).Digest() {
		t.Errorf("digest %v (%v), want %v", got, err, sample(Gzip).Digest())
	}
}

// names reads a tar to its end with the standard library.
func names(t *testing.T, b []byte) []string {
	t.Helper()
	var out []string
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h.Name)
	}
}

func TestUncompressedListsTheEntries(t *testing.T) {
	want := []string{"out/a", "bin/.wh.ash", "tmp/.wh..wh..opq"}
	for _, c := range Compressions() {
		want := want
		if c == EStargz {
			want = append(append([]string{".no.prefetch.landmark"}, want...), "stargz.index.json")
		}
		if diff := cmp.Diff(want, names(t, sample(c).Layers[2].Uncompressed())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c, diff)
		}
	}
}

func TestHeader(t *testing.T) {
	tests := []struct {
		file File
		want tar.Header
	}{
		{Text("a", "x"), tar.Header{Typeflag: tar.TypeReg, Name: "a", Size: 1, Mode: 0o644}},
		{Text("a", "").Chmod(0), tar.Header{Typeflag: tar.TypeReg, Name: "a"}},
		{Fill("a", 9).Chmod(0o4755).Chown(3, 4), tar.Header{Typeflag: tar.TypeReg, Name: "a", Size: 9, Mode: 0o4755, Uid: 3, Gid: 4}},
		{Dir("d/"), tar.Header{Typeflag: tar.TypeDir, Name: "d/", Mode: 0o755}},
		{File{Path: "d/"}, tar.Header{Typeflag: tar.TypeDir, Name: "d/", Mode: 0o755}},
		{Symlink("s", "to"), tar.Header{Typeflag: tar.TypeSymlink, Name: "s", Linkname: "to", Mode: 0o777}},
		{HardLink("h", "to"), tar.Header{Typeflag: tar.TypeLink, Name: "h", Linkname: "to", Mode: 0o644}},
		{Whiteout("etc/x"), tar.Header{Typeflag: tar.TypeReg, Name: "etc/.wh.x", Mode: 0o644}},
		{Opaque(""), tar.Header{Typeflag: tar.TypeReg, Name: ".wh..wh..opq", Mode: 0o644}},
	}
	for _, test := range tests {
		test.want.ModTime = Epoch
		if diff := cmp.Diff(test.want, *test.file.header()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.file.Path, diff)
		}
	}
}

func TestRawEntriesAreWrittenAsTheyAre(t *testing.T) {
	odd := bytes.Repeat([]byte{0xff}, 512)
	got := Tar(Text("a", "x"), File{Raw: odd}, Text("b", "y"))
	if !bytes.Equal(got[1024:1536], odd) {
		t.Error("the raw block is not behind the first entry's header and content")
	}
	if len(got) != 7*512 {
		t.Errorf("the archive has %d bytes, want two entries of 2 blocks, one raw, 2 at the end", len(got))
	}
}

func TestNoiseDependsOnTheSeed(t *testing.T) {
	if !bytes.Equal(Fill("a", 99).Body, Same("b", "a", 99).Body) {
		t.Error("one seed, two contents")
	}
	if bytes.Equal(Fill("a", 99).Body, Fill("b", 99).Body) {
		t.Error("two paths, one content")
	}
}

func TestDockerArchivesOpenWithTarball(t *testing.T) {
	img := sample(Gzip)
	shapes := map[string]Archive{
		"docker 25": img.Docker25(), "containerd": img.Containerd(), "kaniko": img.Kaniko(), "podman": img.Podman(), "legacy": img.Legacy(),
	}
	for shape, archive := range shapes {
		t.Run(shape, func(t *testing.T) {
			b := archive.Tar()
			open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
			tag := name.MustParseReference("example.com/app:1").(name.Tag)
			back, err := tarball.Image(open, &tag)
			if err != nil {
				t.Fatal(err)
			}
			got, err := back.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(img.ConfigFile(), *got); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
			checkDiffIDs(t, back)
		})
	}
}

func TestLegacyLinksEqualLayers(t *testing.T) {
	l := Layer{Files: []File{Text("a", "x")}, CreatedBy: "RUN a"}
	archive := Image{Layers: []Layer{l, l}}.Legacy()
	var links int
	for _, f := range archive {
		if f.Type == tar.TypeSymlink {
			links++
		}
	}
	if links != 1 {
		t.Errorf("%d symbolic links in %v, want 1", links, archive.Names())
	}
}

func TestLayoutValidates(t *testing.T) {
	for title, x := range map[string]Index{
		"one":    {Images: []Image{sample(EStargz)}},
		"many":   {Images: []Image{sample(Gzip), {Platform: "linux/arm64/v8"}}},
		"nested": {Images: []Image{sample(Gzip)}, Nested: true},
	} {
		t.Run(title, func(t *testing.T) {
			dir := t.TempDir()
			if err := x.OCI().WriteDir(dir); err != nil {
				t.Fatal(err)
			}
			index, err := layout.ImageIndexFromPath(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := validate.Index(index); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAttestationsNameTheirImage(t *testing.T) {
	img := sample(Gzip)
	x := Index{Images: []Image{img}, Attestations: true, Nested: true}
	m, err := x.V1().IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Manifests) != 2 || m.Manifests[0].Digest != img.Digest() {
		t.Fatalf("manifests %+v, want the image and its attestation", m.Manifests)
	}
	a := m.Manifests[1]
	if a.Annotations["vnd.docker.reference.digest"] != img.Digest().String() || a.Platform.OS != "unknown" {
		t.Errorf("attestation %+v", a)
	}
	if _, err := x.V1().Image(a.Digest); err != nil {
		t.Error(err)
	}
	if len(x.OCI().Body(Blob(a.Digest))) != int(a.Size) {
		t.Error("the layout does not hold the attestation's manifest")
	}
}

func TestEStargzFooterPointsToTheTable(t *testing.T) {
	b := sample(EStargz).Layers[0].Stored()
	const footerSize = 51 // estargz.md: "the footer MUST be the following 51 bytes"
	r, err := gzip.NewReader(bytes.NewReader(b[len(b)-footerSize:]))
	if err != nil {
		t.Fatal(err)
	}
	var at int64
	for _, digit := range r.Extra[4:20] {
		at = at<<4 | int64(strings.IndexByte("0123456789abcdef", digit))
	}
	toc, err := gzip.NewReader(bytes.NewReader(b[at:]))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(toc)
	h, err := archive.Next()
	if err != nil || h.Name != "stargz.index.json" {
		t.Fatalf("the footer points to %v (%v)", h, err)
	}
	var contents table
	if err := json.NewDecoder(archive).Decode(&contents); err != nil {
		t.Fatal(err)
	}
	if len(contents.Entries) != 5 || contents.Entries[2].Name != "bin/sh" || contents.Entries[2].Size != 70_000 {
		t.Errorf("table of contents: %+v", contents.Entries)
	}
}

func TestBreaking(t *testing.T) {
	img := sample(Gzip)
	good := img.OCI()
	at := Blob(Digest(img.Layers[0].Stored()))
	if got := good.Without(at); len(got) != len(good)-1 || len(good.Body(at)) == 0 {
		t.Error("Without did not leave exactly one name out, or changed the original")
	}
	if got := good.Flip(at).Body(at); Digest(got) == Digest(good.Body(at)) || len(got) != len(good.Body(at)) {
		t.Error("Flip kept the content or changed its size")
	}
	if got := len(good.Truncate(at, -5).Body(at)); got != len(good.Body(at))-5 {
		t.Errorf("%d bytes after Truncate, want %d", got, len(good.Body(at))-5)
	}
	if got := good.First("index.json").Names(); got[0] != "index.json" || len(got) != len(good) {
		t.Errorf("First gives %v", got)
	}
	if got := good.With("new", nil).Names(); got[len(got)-1] != "new" {
		t.Errorf("With gives %v", got)
	}
	if got := good.Prefixed("./").Names()[0]; got != "./oci-layout" {
		t.Errorf("Prefixed gives %v", got)
	}
}

func TestWriteDirMakesLinksAndDirectories(t *testing.T) {
	dir := t.TempDir()
	img := Image{Layers: []Layer{{Files: []File{Text("a", "x")}}}}
	if err := img.Podman().WriteDir(dir); err != nil {
		t.Skipf("this machine makes no symbolic links: %v", err)
	}
	links, err := filepath.Glob(filepath.Join(dir, "*", "layer.tar"))
	if err != nil || len(links) != 1 {
		t.Fatalf("links %v (%v), want one", links, err)
	}
	b, err := os.ReadFile(links[0])
	if err != nil || Digest(b) != img.Layers[0].DiffID() {
		t.Errorf("the link does not lead to the layer (%v)", err)
	}
}

func TestForeignLayersAreNotStored(t *testing.T) {
	img := Image{Layers: []Layer{{
		Files: []File{Text("a", "x")}, MediaType: types.DockerForeignLayer, URLs: []string{"https://example.com/layer"},
	}}}
	if got := len(img.OCI()); got != 4 { // oci-layout, config, manifest, index.json
		t.Errorf("%d names in %v, want 4", got, img.OCI().Names())
	}
}

func TestMistakesPanicWithASentence(t *testing.T) {
	defer func() {
		if got, _ := recover().(string); !strings.Contains(got, `no "nowhere" in the archive`) {
			t.Errorf("panic %q", got)
		}
	}()
	Archive{}.Body("nowhere")
}
