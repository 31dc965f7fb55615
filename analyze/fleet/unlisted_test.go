package fleet_test

import (
	"bytes"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
)

// TestUnlistedLayersAreUnknown: standard input, as an engine, lists its layers only when they are read; until
// then no sum with them is known, and none is 0.
func TestUnlistedLayersAreUnknown(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	opt := fleet.Options{Manifests: true}
	opt.Analyze.Stdin = bytes.NewReader(app("b", 1000, one).Docker25().Tar())
	_, got := run(t, opt, refs(h.push(t, "shop/a:1", app("a", 1000, one)), "-"))
	if s := got.Totals; s.Images != 2 || s.PullBytes != nil || s.AloneBytes != nil || s.RegistryBytes == nil || len(got.Notes) != 2 {
		t.Errorf("%+v, notes %q", s, got.Notes)
	}
	for i := range got.Images {
		img := &got.Images[i]
		listed := img.References[0] != "-"
		if (img.CompressedSize != nil) != listed || img.OwnBytes != nil {
			t.Errorf("%s: %v to pull, %v of its own", img.References[0], img.CompressedSize, img.OwnBytes)
		}
	}
	for _, team := range got.Teams {
		if listed := team.Name == "shop"; (team.PullBytes != nil) != listed || team.SharedBytes != nil {
			t.Errorf("%+v", team)
		}
	}
}
