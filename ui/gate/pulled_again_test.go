package gate

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// rebuilt is an image whose layers hold what they held before, under other digests.
func rebuilt(own int64) (older, newer *model.Report) {
	at := func(digest string, times uint64) *model.Report {
		r := release(own, 0)
		for i := range r.Layers {
			l := &r.Layers[i]
			id := digest + string(rune('0'+i))
			l.Digest, l.DiffID, l.CompressedSize = &id, &id, &l.Size
			l.Content = &model.LayerContent{Tree: [32]byte{byte(i + 1)}, Times: times}
		}
		return r
	}
	return at("sha256:a", 1), at("sha256:b", 2)
}

func TestMaxPulledAgain(t *testing.T) {
	older, newer := rebuilt(5_000_000)
	for most, passed := range map[string]bool{"5.5MB": true, "5.4MB": false, "99%": true, "90%": false, "0": false} {
		got := against(t, older, newer, NameMaxPulledAgain, most, Options{})
		if got.Passed != passed {
			t.Errorf("%s: passed is %t: %s", most, got.Passed, got.Reason)
		}
		if !passed && (!strings.Contains(got.Reason, "line 3: RUN apt-get update (5.5 MB): the same content; only the times of its files differ. Fix the times: ") || strings.Contains(got.Reason, "\n")) {
			t.Errorf("the reason is %q", got.Reason)
		}
	}
	// The base's layer is nobody's here to change, unless somebody asks for all.
	if got := against(t, older, newer, NameMaxPulledAgain, "5.5MB", Options{Scope: model.ScopeAll}); got.Passed {
		t.Errorf("in all: %s", got.Reason)
	}
	if got := against(t, older, older, NameMaxPulledAgain, "0", Options{}); !got.Passed {
		t.Errorf("the same image: %s", got.Reason)
	}
	small, again := rebuilt(400_000)
	if got := against(t, small, again, NameMaxPulledAgain, "0", Options{}); !got.Passed || !strings.Contains(got.Reason, "floor") {
		t.Errorf("below the floor: %s", got.Reason)
	}
}

// TestPulledAgainUnknown: a gate that cannot count does not guess.
func TestPulledAgainUnknown(t *testing.T) {
	saved := release(10, 0)
	g, _, err := Against(saved, saved, Options{})
	if err != nil {
		t.Fatal(err)
	}
	limit := []Limit{{Bound: MaxPulledAgain{}}}
	if _, err := Judge(saved, Options{Growth: g, Limits: limit}); err == nil || !strings.Contains(err.Error(), "not a saved report") {
		t.Errorf("of saved reports: %v", err)
	}
	if _, err := Judge(saved, Options{Limits: limit}); err == nil || !strings.Contains(err.Error(), "--against") {
		t.Errorf("without an older image: %v", err)
	}
	older, newer := rebuilt(5_000_000)
	for i := range newer.Layers {
		newer.Layers[i].CompressedSize = nil
	}
	newer.Image.CompressedSize = nil
	if g, _, err = Against(older, newer, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Judge(newer, Options{Growth: g, Limits: limit}); err == nil || !strings.Contains(err.Error(), "compressed") {
		t.Errorf("of an engine's image: %v", err)
	}
}
