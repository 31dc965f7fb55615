package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestDirectoryOfSkopeo(t *testing.T) {
	docker := sourcetest.Sample()
	docker.DockerTypes = true
	for name, img := range map[string]imagetest.Image{"oci": sourcetest.Sample(), "docker": docker} {
		dir := sourcetest.Directory(t, img.Directory())
		for _, reference := range []string{dir, "dir:" + dir, "dir:" + dir + "@" + img.Digest().String()} {
			opened := mustOpen(t, reference, source.Options{})
			sourcetest.CheckLayers(t, opened)
			if opened.Source != "dir" || opened.ID != img.ID().String() || opened.Digest != img.Digest().String() {
				t.Errorf("%s: source %s, ID %s, digest %s", name, opened.Source, opened.ID, opened.Digest)
			}
		}
		_, err := source.Open(context.Background(), "dir:"+dir+":1.2", source.Options{})
		sourcetest.WantError(t, err, "no image", "it holds sha256:")
	}
}

func TestDirectoryOfSeveralPlatforms(t *testing.T) {
	amd, arm := sourcetest.Holding("linux/amd64", "amd"), sourcetest.Holding("linux/arm64", "arm")
	var all []v1.Descriptor
	for _, img := range []imagetest.Image{amd, arm} {
		p := img.ConfigFile()
		all = append(all, v1.Descriptor{
			MediaType: types.OCIManifestSchema1, Digest: img.Digest(), Size: int64(len(img.RawManifest())),
			Platform: &v1.Platform{OS: p.OS, Architecture: p.Architecture},
		})
	}
	both := append(amd.Directory(), arm.Directory()...).With("manifest.json", sourcetest.IndexDoc(t, all...))
	for _, img := range []imagetest.Image{amd, arm} {
		both = both.With(img.Digest().Hex+".manifest.json", img.RawManifest())
	}
	dir := sourcetest.Directory(t, both.Without("manifest.json").With("manifest.json", sourcetest.IndexDoc(t, all...)))
	for platform, want := range map[string]imagetest.Image{"linux/amd64": amd, "arm64": arm} {
		img := mustOpen(t, "dir:"+dir, source.Options{Platform: platform})
		sourcetest.CheckLayers(t, img)
		if img.ID != want.ID().String() {
			t.Errorf("%s: another image opened", platform)
		}
	}
	if img := mustOpen(t, "dir:"+dir+"@"+arm.Digest().String(), source.Options{}); img.ID != arm.ID().String() {
		t.Error("another image opened by digest")
	}
	_, err := source.Open(context.Background(), "dir:"+dir, source.Options{Platform: "linux/mips"})
	sourcetest.WantError(t, err, "only for linux/amd64, linux/arm64")
}

func TestBrokenDirectories(t *testing.T) {
	good := sourcetest.Sample().Directory()
	layer, config := imagetest.Digest(sourcetest.Sample().Layers[0].Stored()).Hex, sourcetest.Sample().ID().Hex
	for name, c := range map[string]struct {
		reference string
		want      []string
	}{
		"no manifest":      {"dir:" + t.TempDir(), []string{"there is no manifest.json"}},
		"a file":           {"dir:" + sourcetest.WriteFile(t, "f", []byte("x")), []string{"it is a file, not a directory"}},
		"missing layer":    {sourcetest.Directory(t, good.Without(layer)), []string{"layer 0", "is missing"}},
		"short layer":      {sourcetest.Directory(t, good.Truncate(layer, -3)), []string{"layer 0", "bytes, not the"}},
		"missing config":   {sourcetest.Directory(t, good.Without(config)), []string{config, "is missing"}},
		"changed config":   {sourcetest.Directory(t, good.Flip(config)), []string{"is not what it should be"}},
		"another document": {sourcetest.Directory(t, good.With("manifest.json", []byte(`{"name":"a web app"}`))), []string{"neither an index nor a manifest"}},
		"a web page":       {sourcetest.Directory(t, good.With("manifest.json", []byte(`<html>`))), []string{"manifest.json is a web page"}},
		"docker's":         {"dir:" + sourcetest.Directory(t, sourcetest.Sample().Legacy()), []string{"it is a list, not an object"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := source.Open(context.Background(), c.reference, source.Options{})
			sourcetest.WantError(t, err, c.want...)
		})
	}
}

// TestBareWordsThatAreDirectories: a project's directory may have a manifest.json of
// its own, and the name of an image.
func TestBareWordsThatAreDirectories(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, archive := range map[string]imagetest.Archive{
		"skopeo":  sourcetest.Sample().Directory().Without(imagetest.Digest(sourcetest.Sample().Layers[0].Stored()).Hex),
		"website": {imagetest.Text("manifest.json", `{"name":"a web app"}`)},
	} {
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := archive.WriteDir(name); err != nil {
			t.Fatal(err)
		}
	}
	_, err := source.Open(context.Background(), "skopeo", source.Options{Offline: true})
	sourcetest.WantError(t, err, "layer 0")
	_, err = source.Open(context.Background(), "website", source.Options{Offline: true})
	sourcetest.WantError(t, err, "the directory of that name is not an image", "docker:")
}

func TestImageInADirectoryInside(t *testing.T) {
	for name, c := range map[string]struct {
		archive imagetest.Archive
		says    string
	}{
		"docker": {sourcetest.Sample().Legacy().Prefixed("img/"), "it holds img/manifest.json"},
		"layout": {sourcetest.Sample().OCI().Prefixed("./img/"), "it holds img/index.json"},
	} {
		packed := c.archive.Tar()
		for _, reference := range []string{sourcetest.WriteFile(t, "image.tar", packed), sourcetest.WriteFile(t, "image.tgz", sourcetest.Gzipped(t, packed)), "-"} {
			t.Run(name, func(t *testing.T) {
				img, err := source.Open(context.Background(), reference, source.Options{Stdin: bytes.NewReader(packed)})
				if err == nil {
					defer img.Close()
					_, err = sourcetest.ReadStream(img)
				}
				sourcetest.WantError(t, err, c.says, "tar -C img -cf image.tar .")
			})
		}
	}
	// The command that the hint gives makes an image of it.
	mustOpen(t, sourcetest.WriteFile(t, "image.tar", sourcetest.Sample().OCI().Prefixed("./").Tar()), source.Options{})

	for name, archive := range map[string]imagetest.Archive{"index.json": sourcetest.Sample().OCI(), "manifest.json": sourcetest.Sample().Directory()} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "img"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := archive.WriteDir(filepath.Join(dir, "img")); err != nil {
			t.Fatal(err)
		}
		_, err := source.Open(context.Background(), dir, source.Options{})
		sourcetest.WantError(t, err, "it holds img/"+name, "name that directory: "+filepath.ToSlash(dir)+"/img")
	}
	for _, odd := range []imagetest.Archive{
		{imagetest.Text("a/b/manifest.json", "[]")}, {imagetest.Text("web/index.json", "{}")}, {imagetest.Text("etc/os-release", "ID=x")},
	} {
		_, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", odd.Tar()), source.Options{})
		sourcetest.WantError(t, err, "it has neither manifest.json nor index.json")
	}
}

// TestStreamsAreCalledByTheirTag: "-" says nothing of what came.
func TestStreamsAreCalledByTheirTag(t *testing.T) {
	untagged := sourcetest.Sample()
	untagged.Tag = ""
	hostile := sourcetest.Sample()
	hostile.Tag = "app\x1b[31m:1\n::error::"
	for name, c := range map[string]struct {
		archive imagetest.Archive
		names   []string
	}{
		"docker":   {sourcetest.Sample().Docker25(), []string{"example.org/team/app:1.2"}},
		"podman":   {sourcetest.Sample().Podman(), []string{"example.org/team/app:1.2"}},
		"oci":      {sourcetest.Sample().OCI(), []string{"example.org/team/app:1.2", "1.2"}},
		"ancient":  {sourcetest.Ancient(), []string{"app:1"}},
		"untagged": {untagged.Docker25(), []string{"-"}},
		"hostile":  {hostile.Docker25(), []string{"-"}},
	} {
		img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(c.archive.Tar())})
		if img.Reference != "-" {
			t.Errorf("%s is called %q before it was read", name, img.Reference)
		}
		if _, err := sourcetest.ReadStream(img); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(c.names, img.Reference) && name != "ancient" || img.Reference == "" {
			t.Errorf("%s is called %q, want one of %s", name, img.Reference, fmt.Sprint(c.names))
		}
		file := sourcetest.WriteFile(t, "image.tgz", sourcetest.Gzipped(t, c.archive.Tar()))
		img = mustOpen(t, file, source.Options{})
		if _, err := sourcetest.ReadStream(img); err != nil || img.Reference != file {
			t.Errorf("a file is called %q (%v)", img.Reference, err)
		}
	}
}
