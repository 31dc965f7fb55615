package source

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

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
				"stdin":      {"-", "stdin", Options{Stdin: bytes.NewReader(packed)}},
				"stdin gzip": {"-", "stdin", Options{Stdin: bytes.NewReader(gzipped(t, packed))}},
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
