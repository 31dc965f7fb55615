package source

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// shapes are the ways in which tools save an image.
func shapes() map[string]imagetest.Archive {
	zstd := sample()
	for n := range zstd.Layers {
		zstd.Layers[n].Compression = imagetest.Zstd
	}
	return map[string]imagetest.Archive{
		"legacy":          sample().Legacy(),
		"docker 25":       sample().Docker25(),
		"containerd":      sample().Containerd(),
		"kaniko":          sample().Kaniko(),
		"podman":          sample().Podman(),
		"oci":             sample().OCI(),
		"oci zstd":        zstd.OCI(),
		"manifest first":  sample().Docker25().First("manifest.json"),
		"index first":     sample().OCI().First("index.json"),
		"./ before names": sample().Docker25().Prefixed("./"),
		"nested index":    imagetest.Index{Images: []imagetest.Image{sample()}, Nested: true, Attestations: true}.OCI(),
	}
}

func TestEveryShapeEveryWay(t *testing.T) {
	for name, archive := range shapes() {
		t.Run(name, func(t *testing.T) {
			packed := archive.Tar()
			docker := name != "oci" && name != "oci zstd" && name != "index first" && name != "nested index"
			source := viaOCIArchive
			if docker {
				source = viaDockerArchive
			}
			ways := map[string]struct {
				reference, source string
				opt               Options
			}{
				"file":       {write(t, "image.tar", packed), source, Options{}},
				"gzip file":  {write(t, "image.tar.gz", gzipped(t, packed)), source, Options{}},
				"zstd file":  {write(t, "image", zstandard(t, packed)), source, Options{}},
				"stdin":      {"-", viaStdin, Options{Stdin: bytes.NewReader(packed)}},
				"stdin gzip": {"-", viaStdin, Options{Stdin: bytes.NewReader(gzipped(t, packed))}},
				"named":      {source + ":" + write(t, "image.tar", packed) + ":example.org/team/app:1.2", source, Options{}},
			}
			if name == "kaniko" {
				ways["named"] = ways["file"]
			}
			for way, w := range ways {
				t.Run(way, func(t *testing.T) {
					img := mustOpen(t, w.reference, w.opt)
					checkLayers(t, img)
					checkSample(t, img, !docker)
					if img.Source != w.source {
						t.Errorf("source is %q, want %q", img.Source, w.source)
					}
				})
			}
		})
	}
}

// checkSample compares what an image says about itself with the sample.
func checkSample(t *testing.T, img *Image, wire bool) {
	t.Helper()
	want := sample().ConfigFile()
	if diff := cmp.Diff(want.History, img.Config.History); diff != "" {
		t.Errorf("history: %s", diff)
	}
	if diff := cmp.Diff(diffIDs(&want), diffIDs(img.Config)); diff != "" {
		t.Errorf("diff IDs: %s", diff)
	}
	if img.ID != sample().ID().String() {
		t.Errorf("ID is %s, want %s", img.ID, sample().ID())
	}
	if img.Platform != "linux/amd64" {
		t.Errorf("platform is %q", img.Platform)
	}
	for n, l := range img.Layers {
		if l.Wire != wire {
			t.Errorf("layer %d: Wire is %v", n, l.Wire)
		}
		if wire && (l.Digest == "" || l.MediaType == "") {
			t.Errorf("layer %d has no digest or media type", n)
		}
	}
	if (img.Digest != "") != wire {
		t.Errorf("digest is %q", img.Digest)
	}
	if wire && img.Annotations["org.opencontainers.image.base.name"] != "example.org/team/base:1" {
		t.Errorf("annotations are %v", img.Annotations)
	}
}

func TestFolders(t *testing.T) {
	for name, archive := range shapes() {
		if name == "./ before names" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			img := mustOpen(t, folderOf(t, archive), Options{})
			checkLayers(t, img)
			layout := name != "legacy" && name != "podman" && name != "kaniko"
			if layout != (img.Source == viaOCIDir) {
				t.Errorf("source is %q", img.Source)
			}
			if layout != (img.Digest != "") {
				t.Errorf("digest is %q", img.Digest)
			}
		})
	}
}

func TestTransportChoosesTheFormat(t *testing.T) {
	path := write(t, "image.tar", sample().Containerd().Tar())
	img := mustOpen(t, "oci-archive:"+path, Options{})
	checkLayers(t, img)
	checkSample(t, img, true)
	if img.Source != viaOCIArchive || img.Reference != path {
		t.Errorf("source %q, reference %q", img.Source, img.Reference)
	}
	img = mustOpen(t, "docker-archive:"+path, Options{})
	checkSample(t, img, false)
	if img.Source != viaDockerArchive {
		t.Errorf("source %q", img.Source)
	}
}

// merged is an archive of two images, as docker save a b writes it.
func merged(a, b imagetest.Archive) imagetest.Archive {
	out := append(imagetest.Archive{}, a...)
	for _, f := range b {
		switch {
		case f.Path == "manifest.json":
			both := append(bytes.TrimRight(a.Body("manifest.json"), "]\n"), ',')
			out = out.With(f.Path, append(both, bytes.TrimLeft(f.Body, "[")...))
		case f.Path == "index.json":
			at := bytes.LastIndexByte(a.Body("index.json"), ']')
			from := bytes.Index(f.Body, []byte(`"manifests":[`)) + len(`"manifests":[`)
			both := append(bytes.Clone(a.Body("index.json")[:at]), ',')
			out = out.With(f.Path, append(both, f.Body[from:]...))
		default:
			out = append(out, f)
		}
	}
	return out
}

func other() imagetest.Image {
	return imagetest.Image{Tag: "example.org/team/base:1", Layers: sample().Layers[:1]}
}

func TestSeveralImages(t *testing.T) {
	for name, archive := range map[string]imagetest.Archive{
		viaDockerArchive: merged(sample().Legacy(), other().Legacy()),
		viaOCIArchive:    merged(sample().OCI(), other().OCI()),
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "image.tar", archive.Tar())
			_, err := Open(context.Background(), path, Options{})
			wantError(t, err, path, "there are 2 images", "example.org/team/app:1.2", "example.org/team/base:1", name+":"+path+":example.org")

			img := mustOpen(t, name+":"+path+":example.org/team/base:1", Options{})
			if len(img.Layers) != 1 {
				t.Errorf("%d layers, want 1", len(img.Layers))
			}
			checkLayers(t, img)

			img = mustOpen(t, path+":example.org/team/app:1.2", Options{})
			ids, err := img.LayersOf(context.Background(), "example.org/team/base:1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{img.Layers[0].DiffID}, ids); diff != "" {
				t.Error(diff)
			}
			_, err = img.LayersOf(context.Background(), "nowhere:1")
			wantError(t, err, "nowhere:1", "it holds")

			_, err = Open(context.Background(), name+":"+path+":nowhere:1", Options{})
			wantError(t, err, "nowhere:1", "example.org/team/app:1.2")

			img = mustOpen(t, "-", Options{Stdin: bytes.NewReader(archive.Tar())})
			_, err = readStream(img)
			wantError(t, err, "reading standard input", "there are 2 images")
		})
	}
}

func TestByDigest(t *testing.T) {
	oci := write(t, "image.tar", merged(sample().OCI(), other().OCI()).Tar())
	img := mustOpen(t, "oci-archive:"+oci+":"+other().Digest().String(), Options{})
	if img.ID != other().ID().String() {
		t.Errorf("got %s", img.ID)
	}
	docker := write(t, "image.tar", merged(sample().Legacy(), other().Legacy()).Tar())
	img = mustOpen(t, "docker-archive:"+docker+":"+other().ID().Hex[:12], Options{})
	if img.ID != other().ID().String() {
		t.Errorf("got %s", img.ID)
	}
}

func TestLinksStayInside(t *testing.T) {
	outside := write(t, "secret", []byte("{}"))
	dir := t.TempDir()
	archive := sample().OCI()
	blob := imagetest.Blob(sample().ID())
	if err := archive.Without(blob).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	symlink(t, outside, dir+"/"+blob)
	_, err := Open(context.Background(), "oci-dir:"+dir, Options{})
	wantError(t, err, blob, "leads out of the folder")
}
