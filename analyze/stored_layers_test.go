package analyze_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
)

func newCache(t testing.TB) *store.Store {
	t.Helper()
	c, err := store.Open(filepath.Join(t.TempDir(), "tare"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSecondLookReadsNoLayer: what is known of a layer is not pulled again, for
// this image or another, and the report is the same to the byte. The registry is
// still asked for manifest and config, so it decides who may see an image.
func TestSecondLookReadsNoLayer(t *testing.T) {
	m := newMeter(t)
	before, after := pair()
	references := []string{m.push(t, before), m.push(t, after)}
	kept := newCache(t)
	look := func(reference string, opt analyze.Options) (json string, layers []string) {
		t.Helper()
		r, err := analyze.Image(t.Context(), reference, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range r.Layers {
			layers = append(layers, *l.Digest)
		}
		return written(t, r), layers
	}
	alone, _ := look(references[0], analyze.Options{})
	first, layers := look(references[0], analyze.Options{Store: kept})
	m.fetched()
	second, _ := look(references[0], analyze.Options{Store: kept})
	if diff := cmp.Diff(alone, first) + cmp.Diff(alone, second); diff != "" {
		t.Error(diff)
	}
	fetched := m.fetched()
	for _, digest := range layers {
		if fetched[digest] > 0 {
			t.Errorf("layer %s was fetched again", digest)
		}
	}
	_, others := look(references[1], analyze.Options{Store: kept})
	got := 0
	fetched = m.fetched()
	for _, digest := range others {
		got += fetched[digest]
	}
	if got != 1 {
		t.Errorf("%d layers of the other image were fetched; one is new: %v", got, fetched)
	}
	look(references[0], analyze.Options{Store: kept, Verify: true})
	if m.fetched()[layers[0]] != 1 {
		t.Error("verification took the cache's word")
	}
	m.closed.Store(true)
	if _, err := analyze.Image(t.Context(), references[0], analyze.Options{Store: kept}); err == nil {
		t.Error("the cache shows an image that the registry refuses")
	}
}

// TestSecondLookMakesNoLayer: the layers of a sample are known by their digests, as it is opened
// by name and with a Dockerfile.
func TestSecondLookMakesNoLayer(t *testing.T) {
	kept, sample := newCache(t), "multi-stage"
	open := map[string]func() (*analyze.Handle, error){
		"by name": func() (*analyze.Handle, error) {
			return analyze.Open(t.Context(), "demo:"+sample, analyze.Options{Store: kept})
		},
		"in memory": func() (*analyze.Handle, error) {
			at, size, err := demo.Archive(sample)
			if err != nil {
				return nil, err
			}
			return analyze.OpenInMemory(t.Context(), analyze.InMemory{Name: sample, Archive: at, Size: size, BuiltIn: true}, analyze.Options{Store: kept})
		},
	}
	first := image(t, "demo:"+sample)
	if _, err := analyze.Image(t.Context(), "demo:"+sample, analyze.Options{Store: kept}); err != nil {
		t.Fatal(err)
	}
	for name, open := range open {
		h, err := open()
		if err != nil {
			t.Fatal(err)
		}
		for i := range h.Image.Layers {
			h.Image.Layers[i].At = strings.NewReader("")
			h.Image.Layers[i].Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("it is read again") }
		}
		again, err := h.Analyze(t.Context())
		h.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(first.Layers, again.Report.Layers); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestFilesAreKeptAsFiles: a layer in an archive is known by the file it lies
// in. A file that changed is read anew, and a digest that is known does not
// answer for another file's bytes.
func TestFilesAreKeptAsFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files have no identity to go by there: none is kept")
	}
	kept := newCache(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "image.tar")
	write := func(path string, archive imagetest.Archive, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	look := func(path string) (string, error) {
		r, err := analyze.Image(t.Context(), path, analyze.Options{Store: kept})
		if err != nil {
			return "", err
		}
		return written(t, r), nil
	}
	for _, c := range imagetest.Compressions() {
		one := imagetest.Image{Layers: []imagetest.Layer{{Compression: c, Files: []imagetest.File{imagetest.Fill("a", 10_000)}}}}
		two := imagetest.Image{Layers: []imagetest.Layer{{Compression: c, Files: []imagetest.File{imagetest.Fill("b", 10_000)}}}}
		write(path, one.OCI(), time.Unix(1_000_000, 0))
		first, err := look(path)
		if err != nil {
			t.Fatal(c, err)
		}
		hits, _ := kept.Counts()
		second, err := look(path)
		if err != nil || first != second {
			t.Errorf("%s: the second look differs: %v %s", c, err, cmp.Diff(first, second))
		}
		if now, _ := kept.Counts(); now != hits+1 {
			t.Errorf("%s: the second look read the layer again", c)
		}
		write(path, two.OCI(), time.Unix(2_000_000, 0))
		if third, err := look(path); err != nil || third == first || !strings.Contains(third, `"b"`) {
			t.Errorf("%s: a file that changed is not read anew (%v)", c, err)
		}
		if c == imagetest.None {
			continue
		}
		// The blob of the one under the digest of the other: known, and a lie.
		lie := filepath.Join(dir, "lie.tar")
		write(lie, one.OCI().With(imagetest.Blob(layerDigest(t, one)), two.OCI().Body(imagetest.Blob(layerDigest(t, two)))), time.Unix(3_000_000, 0))
		if _, err := look(lie); err == nil || !strings.Contains(err.Error(), "digest mismatch") && !strings.Contains(err.Error(), "its manifest says") {
			t.Errorf("%s: an archive whose blob is not what its digest says: %v", c, err)
		}
	}
}

func layerDigest(t *testing.T, img imagetest.Image) v1.Hash {
	t.Helper()
	layers, err := img.V1().Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// TestKnownLayerOfAnotherSize: a manifest that gives a layer a size that it has
// not is refused whether the layer is known or not.
func TestKnownLayerOfAnotherSize(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	img, _ := pair()
	to, err := name.ParseReference(host + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(to, img.V1()); err != nil {
		t.Fatal(err)
	}
	manifest, err := img.V1().RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.V1().Layers()
	if err != nil {
		t.Fatal(err)
	}
	size, err := layers[0].Size()
	if err != nil {
		t.Fatal(err)
	}
	lie := strings.Replace(string(manifest), fmt.Sprintf(`"size":%d`, size), fmt.Sprintf(`"size":%d`, size+7), 1)
	put, err := http.NewRequest(http.MethodPut, server.URL+"/v2/app/manifests/lie", strings.NewReader(lie))
	if err != nil || lie == string(manifest) {
		t.Fatal(err, lie)
	}
	put.Header.Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
	answer, err := http.DefaultClient.Do(put)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatal(err, answer)
	}
	answer.Body.Close()
	kept := newCache(t)
	for _, look := range []struct {
		tag  string
		fits bool
	}{{"1", true}, {"lie", false}, {"1", true}} {
		_, err := analyze.Image(t.Context(), "registry:"+host+"/app:"+look.tag, analyze.Options{Store: kept, NoTree: true})
		if (err == nil) != look.fits {
			t.Errorf("app:%s: %v", look.tag, err)
		}
	}
}
