package fleet_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// lie stores an image whose manifest says that a layer has so many bytes.
func (h *hub) lie(t testing.TB, repository string, img imagetest.Image, layer imagetest.Layer, size int64) string {
	t.Helper()
	honest := h.push(t, repository+":honest", img)
	raw, err := img.V1().RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	kind, err := img.V1().MediaType()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), fmt.Sprintf(`"size":%d`, len(layer.Stored())), fmt.Sprintf(`"size":%d`, size), 1)
	if text == string(raw) {
		t.Fatal("the manifest has no such size")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+h.host+"/v2/"+repository+"/manifests/1", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", string(kind))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatal(answer.Status)
	}
	return strings.TrimSuffix(honest, "honest") + "1"
}

// TestSizesThatAreLies: a manifest that says another size of a layer shrinks nobody's figures: what was read
// counts, and where nothing was read the size is unknown. Notes name the images.
func TestSizesThatAreLies(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	a := app("a", 1000, one)
	whole := int64(len(one.Stored()) + len(a.Layers[1].Stored()))
	names := []string{h.push(t, "shop/a:1", a), h.lie(t, "evil/liar", a, one, 1)}

	_, got := run(t, options(t), refs(names...))
	honest := &got.Images[1]
	if honest.CompressedSize == nil || *honest.CompressedSize != whole || honest.Error != "" {
		t.Errorf("%+v", honest)
	}
	if s := got.Totals; s.PullBytes == nil || *s.PullBytes != whole || s.Unread != 1 {
		t.Errorf("%+v", s)
	}
	told := func(notes []string, text string) bool {
		return len(notes) == 1 && strings.Contains(notes[0], text) && strings.Contains(notes[0], h.host+"/evil/liar:1 says 1 bytes")
	}
	if !told(got.Notes, "were counted") {
		t.Errorf("notes: %q", got.Notes)
	}

	_, quick := run(t, fleet.Options{Manifests: true}, refs(names...))
	if s := quick.Totals; s.PullBytes != nil || s.AloneBytes != nil || quick.Images[1].CompressedSize != nil || quick.Images[1].OwnBytes == nil {
		t.Errorf("%+v", s)
	}
	if !told(quick.Notes, "disagree") {
		t.Errorf("notes: %q", quick.Notes)
	}
}

// TestImpossibleSizes: sizes that no sum could hold are refused, and make no total wrong, whether
// layers are read or not.
func TestImpossibleSizes(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	names := []string{h.push(t, "shop/a:1", app("a", 1000, one)), h.lie(t, "evil/huge", app("b", 1000, one), one, 1<<62), h.lie(t, "evil/more", app("c", 1000, one), one, 1<<41)}
	for _, noLayers := range []bool{false, true} {
		o := options(t)
		o.Manifests = noLayers
		_, got := run(t, o, refs(names...))
		if sum := got.Totals.PullBytes; sum != nil && *sum < 0 {
			t.Errorf("a node pulls %d bytes", *sum)
		}
		for _, img := range got.Images {
			honest := strings.Contains(img.References[0], "/shop/")
			if refused := strings.Contains(img.Error, "more than 1 TiB"); refused == honest {
				t.Errorf("no layers %v: %v: %q", noLayers, img.References, img.Error)
			}
		}
	}
}
