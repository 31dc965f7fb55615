package manifest_test

import (
	"bytes"
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

// sharing is a layout of two different images under one name.
func sharing(t *testing.T, name string) (archive imagetest.Archive, one, two imagetest.Image) {
	t.Helper()
	one, two = listing{config: "linux/amd64", text: "one"}.image(), listing{config: "linux/amd64", text: "two"}.image()
	var all []v1.Descriptor
	for _, img := range []imagetest.Image{one, two} {
		for _, f := range img.OCI() {
			archive = archive.With(f.Path, f.Body)
		}
		d := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: img.Digest(), Size: int64(len(img.RawManifest()))}
		if name != "" {
			tag(&d, name)
		}
		all = append(all, d)
	}
	return archive.With("index.json", sourcetest.IndexDoc(t, all...)), one, two
}

func TestTwoImagesOfOneName(t *testing.T) {
	for _, name := range []string{"1.0.0", ""} {
		archive, one, two := sharing(t, name)
		for transport, path := range map[string]string{"oci-archive:": sourcetest.WriteFile(t, "image.tar", archive.Tar()), "oci-dir:": sourcetest.Directory(t, archive)} {
			ask := transport + path
			if name != "" {
				ask += ":" + name
			}
			_, err := source.Open(context.Background(), ask, source.Options{})
			sourcetest.WantError(t, err, "there are 2 images", one.Digest().String()[:19], two.Digest().String()[:19])
			// The advice, typed as it is, opens the image.
			_, advice, ok := strings.Cut(err.Error(), "choose one, for example ")
			if !ok || advice == ask {
				t.Fatalf("advice is %q", err)
			}
			if img := mustOpen(t, advice, source.Options{}); img.ID != one.ID().String() {
				t.Error("another image opened")
			}
			for _, digest := range []string{two.Digest().String(), two.Digest().String()[:19]} {
				if img := mustOpen(t, ask+"@"+digest, source.Options{}); img.ID != two.ID().String() {
					t.Error("another image opened")
				}
			}
			if name != "" {
				_, err = source.Open(context.Background(), transport+path+":other@"+two.Digest().String(), source.Options{})
				sourcetest.WantError(t, err, "no image", "it holds 1.0.0")
			}
		}
		path := sourcetest.WriteFile(t, "image.tar", archive.Tar())
		if img := mustOpen(t, path+"@"+two.Digest().String(), source.Options{}); img.ID != two.ID().String() {
			t.Error("another image opened by digest alone")
		}
	}
}

func TestAllNamesAreListed(t *testing.T) {
	docker, oci := sourcetest.Sample().Docker25(), sourcetest.Sample().OCI()
	manifest := bytes.Replace(docker.Body("manifest.json"), []byte(`["example.org/team/app:1.2"]`), []byte(`["a/app:1","b/app:2"]`), 1)
	for transport, archive := range map[string]imagetest.Archive{"docker-archive:": docker.With("manifest.json", manifest)} {
		_, err := source.Open(context.Background(), transport+sourcetest.WriteFile(t, "image.tar", archive.Tar())+":b/app:3", source.Options{})
		sourcetest.WantError(t, err, `no image "b/app:3" in it; it holds a/app:1, b/app:2`)
	}
	var twice []v1.Descriptor
	for _, name := range []string{"1", "latest"} {
		d := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: sourcetest.Sample().Digest(), Size: int64(len(sourcetest.Sample().RawManifest()))}
		tag(&d, name)
		twice = append(twice, d)
	}
	path := sourcetest.WriteFile(t, "image.tar", oci.With("index.json", sourcetest.IndexDoc(t, twice...)).Tar())
	_, err := source.Open(context.Background(), "oci-archive:"+path+":2", source.Options{})
	sourcetest.WantError(t, err, "it holds 1, latest")
	for _, name := range []string{":1", ":latest", ""} {
		mustOpen(t, "oci-archive:"+path+name, source.Options{})
	}
}

// TestTwoSavedImagesOfOneName: a docker archive may have two images of one name,
// with configs whose file names tell no digest.
func TestTwoSavedImagesOfOneName(t *testing.T) {
	for _, names := range [][2]string{{"one.json", "two.json"}, {"", ""}} {
		var archive imagetest.Archive
		var ids []string
		var entries []string
		for n, text := range []string{"one", "two"} {
			img := listing{config: "linux/amd64", text: text}.image()
			id := img.ConfigFile().RootFS.DiffIDs[0].Hex
			name := names[n]
			if name == "" {
				name = img.ID().Hex + ".json"
			}
			ids = append(ids, img.ID().String())
			archive = archive.With(name, img.RawConfig()).With(id+".tar", img.Podman().Body(id+".tar"))
			entries = append(entries, fmt.Sprintf(`{"Config":%q,"RepoTags":["app:1"],"Layers":[%q]}`, name, id+".tar"))
		}
		path := sourcetest.WriteFile(t, "image.tar", archive.With("manifest.json", []byte("["+strings.Join(entries, ",")+"]")).Tar())
		_, err := source.Open(context.Background(), path, source.Options{})
		sourcetest.WantError(t, err, "there are 2 images", "app:1@"+ids[0][:19], "app:1@"+ids[1][:19])
		for _, id := range ids {
			for _, ask := range []string{":app:1@" + id, ":app:1@" + id[:19], "@" + id, ":" + id[:19], ":" + id[7:19]} {
				if img := mustOpen(t, "docker-archive:"+path+ask, source.Options{}); img.ID != id {
					t.Errorf("%s opens %s", ask, img.ID)
				}
			}
		}
	}
}

func TestOnlyAttestations(t *testing.T) {
	archive, one := shapesOfArtifacts["in-toto"].store(t)
	more, two := shapesOfArtifacts["cosign SBOM"].store(t)
	for _, d := range []*v1.Descriptor{&one, &two} {
		d.Platform = &v1.Platform{OS: "unknown", Architecture: "unknown"}
	}
	everyWay(t, append(archive, more...).With("index.json", sourcetest.IndexDoc(t, one, two)), "", func(t *testing.T, _ *source.Image, err error) {
		sourcetest.WantError(t, err, "lists no image, only an SBOM (SPDX) and an attestation (in-toto)")
	})
	one.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest"}
	two.Annotations = one.Annotations
	everyWay(t, append(archive, more...).With("index.json", sourcetest.IndexDoc(t, one, two)), "", func(t *testing.T, _ *source.Image, err error) {
		sourcetest.WantError(t, err, "lists no image, only an attestation")
	})
}

// TestOneLayerIsNoTar: an image with a layer of another kind among its tars.
func TestOneLayerIsNoTar(t *testing.T) {
	for media, says := range map[string]string{
		"application/vnd.in-toto+json": "is not a file system but an attestation (in-toto)", "application/json": "is not a file system but an artifact of type application/json",
	} {
		img := sourcetest.Sample()
		img.Layers[2].MediaType = types.MediaType(media)
		_, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", img.OCI().Tar()), source.Options{})
		sourcetest.WantError(t, err, "layer 1", says)
	}
}
