package archive

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// FuzzArchive gives any bytes to both ways of reading an archive. Where the
// archive is good either way, both have to find the same image.
func FuzzArchive(f *testing.F) {
	for _, archive := range sourcetest.Shapes() {
		f.Add(archive.Tar())
	}
	f.Add(sourcetest.Ancient().Tar())
	f.Add(sourcetest.Merged(sourcetest.Sample().Legacy(), sourcetest.Other().Legacy()).Tar())
	f.Fuzz(func(t *testing.T, content []byte) {
		ctx := context.Background()
		inPlace := &image.Image{}
		defer inPlace.Close()
		errPlace := openFile(ctx, bytes.NewReader(content), int64(len(content)), expected{where: "FILE"}, "", inPlace, image.Options{})
		streamed := &image.Image{Reference: "-"}
		defer streamed.Close()
		startStream(bytes.NewReader(content), expected{where: "FILE"}, "", streamed, image.Options{}, 0)
		blobs, errStream := sourcetest.ReadStream(streamed)
		if errPlace != nil || errStream != nil || inPlace.Stream != nil {
			return
		}
		if inPlace.ID != streamed.ID || inPlace.Digest != streamed.Digest || len(inPlace.Layers) != len(streamed.Layers) {
			t.Fatalf("in place %s, streamed %s", inPlace.ID, streamed.ID)
		}
		for n, l := range inPlace.Layers {
			r, err := l.Open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			stored, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(stored, blobs[streamed.Layers[n].Blob]) {
				t.Fatalf("layer %d differs", n)
			}
		}
	})
}

// FuzzManifestJSON puts any bytes in the place of docker save's manifest.json.
func FuzzManifestJSON(f *testing.F) {
	archive := sourcetest.Sample().Docker25()
	f.Add(archive.Body("manifest.json"))
	f.Add([]byte(`[{"Config":"../../etc/passwd","Layers":["/etc/passwd","blobs/../../x"]},{}]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		open := &image.Image{}
		defer open.Close()
		tarred := archive.With("manifest.json", doc).Tar()
		err := openFile(context.Background(), bytes.NewReader(tarred), int64(len(tarred)), expected{where: "FILE"}, "", open, image.Options{})
		if err == nil && len(open.Layers) != len(open.Config.RootFS.DiffIDs) {
			t.Fatal("layers and diff IDs do not match")
		}
	})
}

// FuzzIndex puts any bytes in the place of a layout's index.json and of the
// manifest behind it.
func FuzzIndex(f *testing.F) {
	archive := imagetest.Index{Images: []imagetest.Image{sourcetest.Sample(), sourcetest.Other()}, Nested: true, Attestations: true}.OCI()
	f.Add(archive.Body("index.json"), "linux/amd64")
	f.Add([]byte(`{"manifests":[{"digest":"sha256:../../x"}]}`), "")
	f.Add([]byte(`{"manifests":null,"config":{}}`), "linux/arm/v7")
	f.Fuzz(func(t *testing.T, doc []byte, platform string) {
		open := &image.Image{}
		defer open.Close()
		hash := imagetest.Digest(doc)
		index := []byte(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","size":1,"digest":"` + hash.String() + `"}]}`)
		for _, tarred := range [][]byte{
			archive.With("index.json", doc).Tar(),
			archive.With("index.json", index).With(imagetest.Blob(hash), doc).Tar(),
		} {
			err := openFile(context.Background(), bytes.NewReader(tarred), int64(len(tarred)), expected{where: "FILE"}, "", open, image.Options{Platform: platform})
			if err == nil && open.Digest == "" {
				t.Fatal("an image of a layout has no digest")
			}
		}
	})
}
