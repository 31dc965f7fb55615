// Package sourcetest has what the tests of several sources share: images in every form that a
// tool saves them in, registries and servers that misbehave, and checks of an opened image. It
// does not import package source, so the tests of the packages below source can use it too.
package sourcetest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Sample is an image of three different layers, of which the last is the first
// again where the compression leaves plain tars.
func Sample() imagetest.Image {
	first := imagetest.Layer{CreatedBy: "ADD base / # buildkit", Files: []imagetest.File{
		imagetest.Dir("etc"), imagetest.Text("etc/os-release", "ID=test\n"), imagetest.Fill("bin/sh", 1000),
	}}
	return imagetest.Image{
		Tag:         "example.org/team/app:1.2",
		Annotations: map[string]string{"org.opencontainers.image.base.name": "example.org/team/base:1"},
		Layers: []imagetest.Layer{
			first,
			{CreatedBy: "ENV A=b", Empty: true},
			{CreatedBy: "RUN make # buildkit", Files: []imagetest.File{imagetest.Fill("app", 20_000)}},
			{CreatedBy: "RUN rm app # buildkit", Files: []imagetest.File{imagetest.Whiteout("app")}},
			first,
		},
	}
}

// Other is an image of the sample's first layer alone, with a tag of its own.
func Other() imagetest.Image {
	return imagetest.Image{Tag: "example.org/team/base:1", Layers: Sample().Layers[:1]}
}

// Shapes are the ways in which tools save an image.
func Shapes() map[string]imagetest.Archive {
	zstd := Sample()
	for n := range zstd.Layers {
		zstd.Layers[n].Compression = imagetest.Zstd
	}
	return map[string]imagetest.Archive{
		"legacy":          Sample().Legacy(),
		"docker 25":       Sample().Docker25(),
		"containerd":      Sample().Containerd(),
		"kaniko":          Sample().Kaniko(),
		"podman":          Sample().Podman(),
		"oci":             Sample().OCI(),
		"oci zstd":        zstd.OCI(),
		"manifest first":  Sample().Docker25().First("manifest.json"),
		"index first":     Sample().OCI().First("index.json"),
		"./ before names": Sample().Docker25().Prefixed("./"),
		"nested index":    imagetest.Index{Images: []imagetest.Image{Sample()}, Nested: true, Attestations: true}.OCI(),
	}
}

// Merged is an archive of two images, as docker save a b writes it.
func Merged(a, b imagetest.Archive) imagetest.Archive {
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

// Ancient is what docker save wrote before Docker 1.10.
func Ancient() imagetest.Archive {
	base, top := strings.Repeat("b", 64), strings.Repeat("a", 64)
	return imagetest.Archive{
		imagetest.Text("repositories", `{"app":{"1":"`+top+`"}}`),
		imagetest.Dir(top),
		imagetest.Text(top+"/json", `{"id":"`+top+`","parent":"`+base+`","os":"linux","architecture":"amd64","created":"2014-01-02T03:04:05Z",
			"container_config":{"Cmd":["/bin/sh","-c","make"]},"config":{"Cmd":["/app"]}}`),
		{Path: top + "/layer.tar", Body: Sample().Layers[2].Uncompressed()},
		imagetest.Dir(base),
		imagetest.Text(base+"/json", `{"id":"`+base+`","os":"linux","architecture":"amd64","created":"2013-01-02T03:04:05Z","container_config":{"Cmd":null}}`),
		{Path: base + "/layer.tar", Body: Sample().Layers[0].Uncompressed()},
	}
}

// IndexDoc is an index that lists manifests.
func IndexDoc(t *testing.T, manifests ...v1.Descriptor) []byte {
	t.Helper()
	doc, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: manifests})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Holding is an image for a platform, of one file that tells it apart.
func Holding(platform, text string) imagetest.Image {
	return imagetest.Image{Platform: platform, Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("is", text)}}}}
}
