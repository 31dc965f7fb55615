package analyze_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestARegistrysTagThatMoves: a tag is asked for once, and everything after it by
// digest. However a tag moves, a report is of one image, and the cache gives each
// image its own.
func TestARegistrysTagThatMoves(t *testing.T) {
	before, after := pair()
	after.Tag = before.Tag
	var healthy http.Handler = registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	var byTag atomic.Int64
	var onTag atomic.Pointer[func()]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		healthy.ServeHTTP(w, r)
		if move := onTag.Load(); move != nil && r.Method != http.MethodPut && strings.HasSuffix(r.URL.Path, "/manifests/1") {
			byTag.Add(1)
			(*move)()
		}
	}))
	t.Cleanup(server.Close)
	reference, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/" + before.Tag)
	if err != nil {
		t.Fatal(err)
	}
	move := func(to imagetest.Image) {
		onTag.Store(nil)
		if err := remote.Write(reference, to.V1()); err != nil {
			t.Error(err)
		}
	}
	look := func(opt analyze.Options) string {
		t.Helper()
		r, err := analyze.Image(t.Context(), "registry:"+reference.String(), opt)
		if err != nil {
			t.Fatal(err)
		}
		r.Tree = nil // which the cache need not give
		return asJSON(t, r)
	}
	move(after)
	wantAfter := look(analyze.Options{})
	move(before)
	wantBefore := look(analyze.Options{})
	kept := newCache(t)
	for _, opt := range []analyze.Options{{}, {Store: kept}, {Store: kept, NoTree: true}, {Store: kept, Verify: true}, {Store: kept, NoTree: true}} {
		move(before)
		byTag.Store(0)
		moves := func() { move(after) }
		onTag.Store(&moves)
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
