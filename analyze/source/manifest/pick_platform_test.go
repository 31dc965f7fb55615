package manifest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// listing is an image as an index lists it.
type listing struct {
	platform string // of the index; "" for none
	config   string // platform of the config
	text     string // content of its only file, which tells the images apart
}

func (l listing) image() imagetest.Image {
	return sourcetest.Holding(l.config, l.text)
}

// indexed is a layout whose index.json names one index of images, with the same
// documents by path. Equal images are stored once.
func indexed(t *testing.T, all ...listing) imagetest.Archive {
	t.Helper()
	var archive imagetest.Archive
	var manifests []v1.Descriptor
	for _, l := range all {
		img := l.image()
		raw := img.RawManifest()
		for _, f := range img.OCI() {
			if f.Path != "index.json" {
				archive = archive.With(f.Path, f.Body)
			}
		}
		d := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: img.Digest(), Size: int64(len(raw))}
		if l.platform != "" {
			p, err := v1.ParsePlatform(l.platform)
			if err != nil {
				t.Fatal(err)
			}
			d.Platform = p
		}
		manifests = append(manifests, d)
	}
	return archive.With("index.json", sourcetest.IndexDoc(t, manifests...))
}

func TestTheIndexDecidesThePlatform(t *testing.T) {
	six, seven := listing{"linux/arm/v6", "linux/arm", "six"}, listing{"linux/arm/v7", "linux/arm", "seven"}
	amd := listing{"linux/amd64", "linux/amd64", "amd"}
	liar := listing{"linux/arm64", "linux/amd64", "liar"}
	for name, c := range map[string]struct {
		all      []listing
		asked    string
		text     string // which image opens
		platform string
		note     string // part of the only one; "" for none
	}{
		"v7":                      {[]listing{six, seven, amd}, "linux/arm/v7", "seven", "linux/arm/v7", "its config says linux/arm"},
		"v6":                      {[]listing{six, seven, amd}, "linux/arm/v6", "six", "linux/arm/v6", "its config says linux/arm"},
		"arm is v7":               {[]listing{six, seven, amd}, "arm", "seven", "linux/arm/v7", "its config says linux/arm"},
		"arm, only v6":            {[]listing{amd, six}, "linux/arm", "six", "linux/arm/v6", "its config says linux/arm"},
		"v8 takes v7":             {[]listing{six, {"linux/arm/v7", "linux/arm/v7", "seven"}, amd}, "linux/arm/v8", "seven", "linux/arm/v7", "there is no image for linux/arm/v8;"},
		"the config contradicts":  {[]listing{liar, amd}, "linux/arm64", "liar", "linux/arm64", "lists this image for linux/arm64, but its config says linux/amd64"},
		"and is not taken for it": {[]listing{liar, amd}, "linux/amd64", "amd", "linux/amd64", ""},
		"arm64 is v8":             {[]listing{{"linux/arm64/v8", "linux/arm64", "arm"}, amd}, "arm64", "arm", "linux/arm64", ""},
		"amd64 before its v3":     {[]listing{{"linux/amd64/v3", "linux/amd64", "three"}, amd}, "amd64", "amd", "linux/amd64", ""},
		"amd64/v3":                {[]listing{amd, {"linux/amd64/v3", "linux/amd64", "three"}}, "linux/amd64/v3", "three", "linux/amd64/v3", "its config says linux/amd64"},
		"v2 from amd64":           {[]listing{amd}, "linux/amd64/v2", "amd", "linux/amd64", "there is no image for linux/amd64/v2;"},
		"two for one digest":      {[]listing{{"linux/amd64", "linux/amd64", "same"}, {"linux/s390x", "linux/amd64", "same"}}, "linux/s390x", "same", "linux/s390x", "but its config says linux/amd64"},
		"the first of the two":    {[]listing{{"linux/amd64", "linux/amd64", "same"}, {"linux/s390x", "linux/amd64", "same"}}, "linux/amd64", "same", "linux/amd64", ""},
		"no platform but one":     {[]listing{{"", "linux/s390x", "s390x"}, {"", "linux/ppc64le", "ppc"}}, "ppc64le", "ppc", "linux/ppc64le", ""},
		"unknown/unknown alone":   {[]listing{{"unknown/unknown", "linux/amd64", "lost"}}, "", "lost", "linux/amd64", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyWay(t, indexed(t, c.all...), c.asked, func(t *testing.T, img *source.Image, err error) {
				if err != nil {
					t.Fatal(err)
				}
				defer img.Close()
				want := listing{text: c.text}.image().ConfigFile().RootFS.DiffIDs[0].String()
				if img.Layers[0].DiffID != want {
					t.Error("another image opened")
				}
				if img.Platform != c.platform {
					t.Errorf("platform is %s, want %s", img.Platform, c.platform)
				}
				if notes := fmt.Sprint(img.Notes); c.note == "" && len(img.Notes) > 0 || c.note != "" && len(img.Notes) != 1 || !strings.Contains(notes, c.note) {
					t.Errorf("notes are %s, want %q", notes, c.note)
				}
			})
		})
	}
}

func TestNoPlatformNoAdvice(t *testing.T) {
	for name, c := range map[string]struct {
		all   []listing
		asked string
		says  []string
		not   string
	}{
		"several":  {[]listing{{"linux/amd64", "linux/amd64", "a"}, {"linux/s390x", "linux/s390x", "b"}}, "linux/mips", []string{"no image for linux/mips, only for linux/amd64, linux/s390x", "choose one with --platform"}, ""},
		"just one": {[]listing{{"linux/s390x", "linux/s390x", "b"}}, "linux/mips", []string{"only for linux/s390x", "leave out --platform"}, "choose one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyWay(t, indexed(t, c.all...), c.asked, func(t *testing.T, _ *source.Image, err error) {
				sourcetest.WantError(t, err, c.says...)
				if c.not != "" && strings.Contains(err.Error(), c.not) {
					t.Errorf("%v has %q", err, c.not)
				}
			})
		})
	}
}

// TestConfigWithoutVariant: without an index the config decides, as far as it says.
func TestConfigWithoutVariant(t *testing.T) {
	img := listing{config: "linux/arm", text: "arm"}.image()
	img.Tag = "app:1"
	for platform, note := range map[string]string{"linux/arm/v7": "", "arm": "", "linux/arm/v6": "without a variant", "linux/arm64": "no image for linux/arm64;"} {
		for name, archive := range map[string]imagetest.Archive{"docker": img.Docker25(), "oci": img.OCI()} {
			opened := mustOpen(t, sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{Platform: platform})
			if notes := fmt.Sprint(opened.Notes); note == "" && len(opened.Notes) > 0 || !strings.Contains(notes, note) {
				t.Errorf("%s, %s: notes are %s", name, platform, notes)
			}
		}
	}
	_, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", img.OCI().Tar()), source.Options{Platform: "linux/amd64"})
	sourcetest.WantError(t, err, "no image for linux/amd64, only for linux/arm", "leave out --platform")
}
