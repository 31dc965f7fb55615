package engines

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// TestTablesOfContents reads a real image, as containerd's library stores it in
// eStargz and as skopeo does in zstd:chunked, by its tables of contents and
// whole: sizes, verdicts, packages and findings are the same, for less than 3 %
// of the bytes.
func TestTablesOfContents(t *testing.T) {
	needEngine(t)
	plain := image(t, "recommends")
	for how, convert := range map[string]func(t *testing.T, from, host string) string{"estargz": toEStargz, "zstd:chunked": toChunked} {
		t.Run(how, func(t *testing.T) {
			// Pushed through a host of its own, too: skopeo reuses blobs that it
			// knows of a registry, without their annotations.
			sent, host := countBlobs(t)
			reference := "registry:" + convert(t, plain, host)
			sent.Store(0)
			got := looseJSON(t, "show", reference)
			byTables := sent.Swap(0)
			want := looseJSON(t, "check", reference)
			whole := sent.Load()
			if byTables*100 > whole*3 {
				t.Errorf("%d of %d bytes were fetched", byTables, whole)
			}
			t.Logf("%s: %d of %d bytes fetched, %.2f %%", how, byTables, whole, float64(byTables)*100/float64(whole))
			if _, ok := want["check"]; !ok {
				t.Fatal("that is no check")
			}
			delete(want, "check")
			if diff := cmp.Diff(strip(want), strip(got)); diff != "" {
				t.Errorf("(-whole +by tables):\n%.5000s", diff)
			}
		})
	}
}

// strip takes out of a report what a table of contents does not tell.
func strip(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if key == "notes" || key == "overheadBytes" || key == "reference" {
				delete(v, key)
				continue
			}
			v[key] = strip(value)
		}
	case []any:
		v = slices.DeleteFunc(v, func(row any) bool { // a package of a programming language
			p, ok := row.(map[string]any)
			_, place := p["location"].(string)
			return ok && place && p["manager"] != nil
		})
		for i := range v {
			v[i] = strip(v[i])
		}
		return v
	}
	return v
}

// looseJSON runs tare, which may find that an image fails its check.
func looseJSON(t *testing.T, how, reference string) map[string]any {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	args := []string{reference, "--files", "-o", "json=" + file, "--no-cache"}
	if how == "check" {
		args = append([]string{"check"}, append(args, "--min-efficiency", "0")...)
	}
	command(t, nil, nil, tare, args...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// countBlobs stands in front of the registry and counts what it sends of blobs.
func countBlobs(t *testing.T) (sent *atomic.Int64, host string) {
	t.Helper()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: registry})
	sent = new(atomic.Int64)
	proxy.ModifyResponse = func(answer *http.Response) error {
		if strings.Contains(answer.Request.URL.Path, "/blobs/") {
			answer.Body = &counted{answer.Body, sent}
		}
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return sent, strings.TrimPrefix(server.URL, "http://")
}

type counted struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func toChunked(t *testing.T, reference, host string) string {
	t.Helper()
	to := host + "/tare-engines/chunked:1"
	archive := filepath.Join(t.TempDir(), "image.tar")
	docker(t, "save", "-o", archive, reference)
	command(t, nil, nil, "skopeo", "copy", "-q", "--format", "oci", "--dest-compress-format", "zstd:chunked", "--dest-tls-verify=false", "docker-archive:"+archive, "docker://"+to)
	return to
}

func toEStargz(t *testing.T, reference, host string) string {
	t.Helper()
	to := host + "/tare-engines/estargz:1"
	from, err := name.ParseReference(reference)
	check(t, err)
	img, err := remote.Image(from)
	check(t, err)
	config, err := img.ConfigFile()
	check(t, err)
	layers, err := img.Layers()
	check(t, err)
	var converted []mutate.Addendum
	for _, h := range config.History {
		a := mutate.Addendum{History: h}
		if !h.EmptyLayer {
			a.Layer, a.Annotations = stargz(t, layers[0])
			a.MediaType = types.OCILayer
			layers = layers[1:]
		}
		converted = append(converted, a)
	}
	fresh := config.DeepCopy()
	fresh.History, fresh.RootFS.DiffIDs = nil, nil
	out, err := mutate.ConfigFile(mutate.MediaType(empty.Image, types.OCIManifestSchema1), fresh)
	check(t, err)
	out, err = mutate.Append(out, converted...)
	check(t, err)
	target, err := name.ParseReference(to)
	check(t, err)
	check(t, remote.Write(target, out))
	return to
}

// stargz converts a layer, with the annotation that goes with it.
func stargz(t *testing.T, l v1.Layer) (v1.Layer, map[string]string) {
	t.Helper()
	plain, err := l.Uncompressed()
	check(t, err)
	defer plain.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "layer.tar"))
	check(t, err)
	defer file.Close()
	size, err := io.Copy(file, plain)
	check(t, err)
	blob, err := estargz.Build(io.NewSectionReader(file, 0, size))
	check(t, err)
	defer blob.Close()
	packed := filepath.Join(t.TempDir(), "layer.stargz")
	out, err := os.Create(packed)
	check(t, err)
	_, err = io.Copy(out, blob)
	check(t, err)
	check(t, out.Close())
	made, err := tarball.LayerFromFile(packed, tarball.WithMediaType(types.OCILayer))
	check(t, err)
	return made, map[string]string{estargz.TOCJSONDigestAnnotation: blob.TOCDigest().String()}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
