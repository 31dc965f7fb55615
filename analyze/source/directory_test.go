package source

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
)

func TestDirectoryOfSkopeo(t *testing.T) {
	docker := sample()
	docker.DockerTypes = true
	for name, img := range map[string]imagetest.Image{"oci": sample(), "docker": docker} {
		dir := folderOf(t, img.Directory())
		for _, reference := range []string{dir, "dir:" + dir, "dir:" + dir + "@" + img.Digest().String()} {
			opened := mustOpen(t, reference, Options{})
			checkLayers(t, opened)
			if opened.Source != viaDir || opened.ID != img.ID().String() || opened.Digest != img.Digest().String() {
				t.Errorf("%s: source %s, ID %s, digest %s", name, opened.Source, opened.ID, opened.Digest)
			}
		}
		_, err := Open(context.Background(), "dir:"+dir+":1.2", Options{})
		wantError(t, err, "no image", "it holds sha256:")
	}
}

func TestDirectoryOfSeveralPlatforms(t *testing.T) {
	amd, arm := holding("linux/amd64", "amd"), holding("linux/arm64", "arm")
	var all []v1.Descriptor
	for _, img := range []imagetest.Image{amd, arm} {
		p := img.ConfigFile()
		all = append(all, v1.Descriptor{
			MediaType: types.OCIManifestSchema1, Digest: img.Digest(), Size: int64(len(img.RawManifest())),
			Platform: &v1.Platform{OS: p.OS, Architecture: p.Architecture},
		})
	}
	both := append(amd.Directory(), arm.Directory()...).With("manifest.json", indexDoc(t, all...))
	for _, img := range []imagetest.Image{amd, arm} {
		both = both.With(img.Digest().Hex+".manifest.json", img.RawManifest())
	}
	dir := folderOf(t, both.Without("manifest.json").With("manifest.json", indexDoc(t, all...)))
	for platform, want := range map[string]imagetest.Image{"linux/amd64": amd, "arm64": arm} {
		img := mustOpen(t, "dir:"+dir, Options{Platform: platform})
		checkLayers(t, img)
		if img.ID != want.ID().String() {
			t.Errorf("%s: another image opened", platform)
		}
	}
	if img := mustOpen(t, "dir:"+dir+"@"+arm.Digest().String(), Options{}); img.ID != arm.ID().String() {
		t.Error("another image opened by digest")
	}
	_, err := Open(context.Background(), "dir:"+dir, Options{Platform: "linux/mips"})
	wantError(t, err, "only for linux/amd64, linux/arm64")
}

func TestBrokenDirectories(t *testing.T) {
	good := sample().Directory()
	layer, config := imagetest.Digest(sample().Layers[0].Stored()).Hex, sample().ID().Hex
	for name, c := range map[string]struct {
		reference string
		want      []string
	}{
		"no manifest":      {"dir:" + t.TempDir(), []string{"there is no manifest.json"}},
		"a file":           {"dir:" + write(t, "f", []byte("x")), []string{"it is a file, not a folder"}},
		"missing layer":    {folderOf(t, good.Without(layer)), []string{"layer 0", "is missing"}},
		"short layer":      {folderOf(t, good.Truncate(layer, -3)), []string{"layer 0", "bytes, not the"}},
		"missing config":   {folderOf(t, good.Without(config)), []string{config, "is missing"}},
		"changed config":   {folderOf(t, good.Flip(config)), []string{"is not what it should be"}},
		"another document": {folderOf(t, good.With("manifest.json", []byte(`{"name":"a web app"}`))), []string{"neither an index nor a manifest"}},
		"a web page":       {folderOf(t, good.With("manifest.json", []byte(`<html>`))), []string{"manifest.json is a web page"}},
		"docker's":         {"dir:" + folderOf(t, sample().Legacy()), []string{"it is a list, not an object"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), c.reference, Options{})
			wantError(t, err, c.want...)
		})
	}
}

// TestBareWordsThatAreDirectories: a project's directory may have a manifest.json of
// its own, and the name of an image.
func TestBareWordsThatAreDirectories(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, archive := range map[string]imagetest.Archive{
		"skopeo":  sample().Directory().Without(imagetest.Digest(sample().Layers[0].Stored()).Hex),
		"website": {imagetest.Text("manifest.json", `{"name":"a web app"}`)},
	} {
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := archive.WriteDir(name); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(context.Background(), "skopeo", Options{Offline: true})
	wantError(t, err, "layer 0")
	_, err = Open(context.Background(), "website", Options{Offline: true})
	wantError(t, err, "the folder of that name is no image", "docker:")
}

func TestImageInAFolderInside(t *testing.T) {
	for name, c := range map[string]struct {
		archive imagetest.Archive
		says    string
	}{
		"docker": {sample().Legacy().Prefixed("img/"), "it holds img/manifest.json"},
		"layout": {sample().OCI().Prefixed("./img/"), "it holds img/index.json"},
	} {
		packed := c.archive.Tar()
		for _, reference := range []string{write(t, "image.tar", packed), write(t, "image.tgz", gzipped(t, packed)), "-"} {
			t.Run(name, func(t *testing.T) {
				img, err := Open(context.Background(), reference, Options{Stdin: bytes.NewReader(packed)})
				if err == nil {
					defer img.Close()
					_, err = readStream(img)
				}
				wantError(t, err, c.says, "tar -C img -cf image.tar .")
			})
		}
	}
	// The command that the hint gives makes an image of it.
	mustOpen(t, write(t, "image.tar", sample().OCI().Prefixed("./").Tar()), Options{})

	for name, archive := range map[string]imagetest.Archive{"index.json": sample().OCI(), "manifest.json": sample().Directory()} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "img"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := archive.WriteDir(filepath.Join(dir, "img")); err != nil {
			t.Fatal(err)
		}
		_, err := Open(context.Background(), dir, Options{})
		wantError(t, err, "it holds img/"+name, "name that folder: "+filepath.ToSlash(dir)+"/img")
	}
	for _, odd := range []imagetest.Archive{
		{imagetest.Text("a/b/manifest.json", "[]")}, {imagetest.Text("web/index.json", "{}")}, {imagetest.Text("etc/os-release", "ID=x")},
	} {
		_, err := Open(context.Background(), write(t, "image.tar", odd.Tar()), Options{})
		wantError(t, err, "it has neither manifest.json nor index.json")
	}
}

// TestStreamsAreCalledByTheirTag: "-" says nothing of what came.
func TestStreamsAreCalledByTheirTag(t *testing.T) {
	untagged := sample()
	untagged.Tag = ""
	hostile := sample()
	hostile.Tag = "app\x1b[31m:1\n::error::"
	for name, c := range map[string]struct {
		archive imagetest.Archive
		names   []string
	}{
		"docker":   {sample().Docker25(), []string{"example.org/team/app:1.2"}},
		"podman":   {sample().Podman(), []string{"example.org/team/app:1.2"}},
		"oci":      {sample().OCI(), []string{"example.org/team/app:1.2", "1.2"}},
		"ancient":  {ancient(), []string{"app:1"}},
		"untagged": {untagged.Docker25(), []string{"-"}},
		"hostile":  {hostile.Docker25(), []string{"-"}},
	} {
		img := mustOpen(t, "-", Options{Stdin: bytes.NewReader(c.archive.Tar())})
		if img.Reference != "-" {
			t.Errorf("%s is called %q before it was read", name, img.Reference)
		}
		if _, err := readStream(img); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(c.names, img.Reference) && name != "ancient" || img.Reference == "" {
			t.Errorf("%s is called %q, want one of %s", name, img.Reference, fmt.Sprint(c.names))
		}
		file := write(t, "image.tgz", gzipped(t, c.archive.Tar()))
		img = mustOpen(t, file, Options{})
		if _, err := readStream(img); err != nil || img.Reference != file {
			t.Errorf("a file is called %q (%v)", img.Reference, err)
		}
	}
}
