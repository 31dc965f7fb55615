package archive_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestEveryShapeEveryWay(t *testing.T) {
	t.Parallel()
	for name, archive := range sourcetest.Shapes() {
		t.Run(name, func(t *testing.T) {
			packed := archive.Tar()
			docker := name != "oci" && name != "oci zstd" && name != "index first" && name != "nested index"
			want := "oci-archive"
			if docker {
				want = "docker-archive"
			}
			ways := map[string]struct {
				reference, want string
				opt             source.Options
			}{
				"file":       {sourcetest.WriteFile(t, "image.tar", packed), want, source.Options{}},
				"gzip file":  {sourcetest.WriteFile(t, "image.tar.gz", sourcetest.Gzipped(t, packed)), want, source.Options{}},
				"zstd file":  {sourcetest.WriteFile(t, "image", sourcetest.Zstd(t, packed)), want, source.Options{}},
				"stdin":      {"-", "stdin", source.Options{Stdin: bytes.NewReader(packed)}},
				"stdin gzip": {"-", "stdin", source.Options{Stdin: bytes.NewReader(sourcetest.Gzipped(t, packed))}},
				"named":      {want + ":" + sourcetest.WriteFile(t, "image.tar", packed) + ":example.org/team/app:1.2", want, source.Options{}},
			}
			if name == "kaniko" {
				ways["named"] = ways["file"]
			}
			for way, w := range ways {
				t.Run(way, func(t *testing.T) {
					img := mustOpen(t, w.reference, w.opt)
					sourcetest.CheckLayers(t, img)
					sourcetest.CheckSample(t, img, !docker)
					if img.Source != w.want {
						t.Errorf("source is %q, want %q", img.Source, w.want)
					}
				})
			}
		})
	}
}

func TestDirectories(t *testing.T) {
	t.Parallel()
	for name, archive := range sourcetest.Shapes() {
		if name == "./ before names" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			img := mustOpen(t, sourcetest.Directory(t, archive), source.Options{})
			sourcetest.CheckLayers(t, img)
			layout := name != "legacy" && name != "podman" && name != "kaniko"
			if layout != (img.Source == "oci-dir") {
				t.Errorf("source is %q", img.Source)
			}
			if layout != (img.Digest != "") {
				t.Errorf("digest is %q", img.Digest)
			}
		})
	}
}

func TestTransportChoosesTheFormat(t *testing.T) {
	path := sourcetest.WriteFile(t, "image.tar", sourcetest.Sample().Containerd().Tar())
	img := mustOpen(t, "oci-archive:"+path, source.Options{})
	sourcetest.CheckLayers(t, img)
	sourcetest.CheckSample(t, img, true)
	if img.Source != "oci-archive" || img.Reference != path {
		t.Errorf("source %q, reference %q", img.Source, img.Reference)
	}
	img = mustOpen(t, "docker-archive:"+path, source.Options{})
	sourcetest.CheckSample(t, img, false)
	if img.Source != "docker-archive" {
		t.Errorf("source %q", img.Source)
	}
}

func TestSeveralImages(t *testing.T) {
	for name, archive := range map[string]imagetest.Archive{
		"docker-archive": sourcetest.Merged(sourcetest.Sample().Legacy(), sourcetest.Other().Legacy()),
		"oci-archive":    sourcetest.Merged(sourcetest.Sample().OCI(), sourcetest.Other().OCI()),
	} {
		t.Run(name, func(t *testing.T) {
			path := sourcetest.WriteFile(t, "image.tar", archive.Tar())
			_, err := source.Open(context.Background(), path, source.Options{})
			sourcetest.WantError(t, err, path, "there are 2 images", "example.org/team/app:1.2", "example.org/team/base:1", name+":"+path+":example.org")

			img := mustOpen(t, name+":"+path+":example.org/team/base:1", source.Options{})
			if len(img.Layers) != 1 {
				t.Errorf("%d layers, want 1", len(img.Layers))
			}
			sourcetest.CheckLayers(t, img)

			img = mustOpen(t, path+":example.org/team/app:1.2", source.Options{})
			ids, err := img.LayersOf(context.Background(), "example.org/team/base:1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{img.Layers[0].DiffID}, ids); diff != "" {
				t.Error(diff)
			}
			_, err = img.LayersOf(context.Background(), "nowhere:1")
			sourcetest.WantError(t, err, "nowhere:1", "it holds")

			_, err = source.Open(context.Background(), name+":"+path+":nowhere:1", source.Options{})
			sourcetest.WantError(t, err, "nowhere:1", "example.org/team/app:1.2")

			img = mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(archive.Tar())})
			_, err = sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, "reading standard input", "there are 2 images")
		})
	}
}

func TestByDigest(t *testing.T) {
	oci := sourcetest.WriteFile(t, "image.tar", sourcetest.Merged(sourcetest.Sample().OCI(), sourcetest.Other().OCI()).Tar())
	img := mustOpen(t, "oci-archive:"+oci+":"+sourcetest.Other().Digest().String(), source.Options{})
	if img.ID != sourcetest.Other().ID().String() {
		t.Errorf("got %s", img.ID)
	}
	docker := sourcetest.WriteFile(t, "image.tar", sourcetest.Merged(sourcetest.Sample().Legacy(), sourcetest.Other().Legacy()).Tar())
	img = mustOpen(t, "docker-archive:"+docker+":"+sourcetest.Other().ID().Hex[:12], source.Options{})
	if img.ID != sourcetest.Other().ID().String() {
		t.Errorf("got %s", img.ID)
	}
}

func TestLinksStayInside(t *testing.T) {
	outside := sourcetest.WriteFile(t, "secret", []byte("{}"))
	dir := t.TempDir()
	archive := sourcetest.Sample().OCI()
	blob := imagetest.Blob(sourcetest.Sample().ID())
	if err := archive.Without(blob).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	sourcetest.Symlink(t, outside, dir+"/"+blob)
	_, err := source.Open(context.Background(), "oci-dir:"+dir, source.Options{})
	sourcetest.WantError(t, err, blob, "leads out of the directory")
}
