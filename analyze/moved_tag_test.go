package analyze_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestARegistrysTagThatMoves: a tag is asked for once, and everything after it by
// digest. However a tag moves, a report is of one image, and the cache gives each
// image its own.
func TestARegistrysTagThatMoves(t *testing.T) {
	before, after := pair()
	after.Tag = before.Tag
	m := newMeter(t)
	var byTag atomic.Int64
	move := func(to imagetest.Image) (reference string) {
		m.served.Store(nil)
		return m.push(t, to)
	}
	reference := move(after)
	look := func(opt analyze.Options) string {
		t.Helper()
		r, err := analyze.Image(t.Context(), reference, opt)
		if err != nil {
			t.Fatal(err)
		}
		r.Tree = nil // which the cache need not give
		return asJSON(t, r)
	}
	wantAfter := look(analyze.Options{})
	move(before)
	wantBefore := look(analyze.Options{})
	kept := newCache(t)
	for _, opt := range []analyze.Options{{}, {Store: kept}, {Store: kept, NoTree: true}, {Store: kept, Verify: true}, {Store: kept, NoTree: true}} {
		move(before)
		byTag.Store(0)
		moves := func(r *http.Request) {
			if r.Method != http.MethodPut && strings.HasSuffix(r.URL.Path, "/manifests/1") {
				byTag.Add(1)
				move(after)
			}
		}
		m.served.Store(&moves)
		if diff := cmp.Diff(wantBefore, look(opt)); diff != "" {
			t.Errorf("the tag moved while the image was read (-before +now):\n%s", diff)
		}
		if n := byTag.Load(); n != 1 {
			t.Errorf("the tag was asked for %d times", n)
		}
		if diff := cmp.Diff(wantAfter, look(opt)); diff != "" {
			t.Errorf("the tag has moved (-after +now):\n%s", diff)
		}
	}
}
