package fleet_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/indexstore"
	"github.com/tare-oci/tare/analyze/store"
)

// machine is a machine with a cache of its own, which shares indexes in a place.
type machine struct {
	fleet.Options
	mu   sync.Mutex
	said []string
}

func newMachine(t testing.TB, place string, keys *indexstore.Keys) *machine {
	t.Helper()
	m := &machine{Options: options(t)}
	if filepath.IsAbs(place) {
		if err := os.MkdirAll(place, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	indexes, err := indexstore.Open(place, indexstore.Options{Keys: keys, Generation: store.Generation, Warn: func(line string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.said = append(m.said, line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	m.Analyze.Store.ShareWith(indexes, keys.Secret)
	return m
}

// shard runs a share on the machine.
func (m *machine) shard(t testing.TB, all []fleet.Ref, n, of int) *fleet.PartFile {
	t.Helper()
	m.Share = fleet.Share{Number: n, Of: of}
	part, err := fleet.Run(t.Context(), all, m.Options)
	if err != nil {
		t.Fatal(err)
	}
	return &fleet.PartFile{Name: m.Share.String(), Part: part, Head: fleet.PartHead{Version: "1.0", List: fleet.ListDigest(all), Shard: n, Of: of}}
}

func (m *machine) merge(t testing.TB, files ...*fleet.PartFile) *fleet.Part {
	t.Helper()
	part, err := fleet.JoinParts("1.0", files)
	if err == nil {
		err = fleet.Complete(t.Context(), part, m.Options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return part
}

// TestMachinesShareIndexes: machines that share nothing but indexes in some place fetch each layer once in all, and
// make what one run makes; a later run on a machine that reads only fetches none.
func TestMachinesShareIndexes(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	all := refs(crowdOf(t, h, imagetest.Rounds(6, 6, 10))...)
	one, _ := run(t, options(t), all)
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			h.fetched()
			keys := indexstore.GenerateKeys()
			var files []*fleet.PartFile
			for n := range 4 {
				m := newMachine(t, place, keys)
				files = append(files, m.shard(t, all, n, 4))
				if len(m.said) > 0 {
					t.Error(m.said)
				}
			}
			part := newMachine(t, place, keys).merge(t, files...)
			if diff := cmp.Diff(encoded(t, one), encoded(t, part)); diff != "" {
				t.Fatalf("(-one run +merged):\n%s", diff)
			}
			for blob, times := range layersOf(one, h.fetched()) {
				if times != 1 {
					t.Errorf("%s was fetched %d times", blob, times)
				}
			}
			reader, err := indexstore.ParseKeys(keys.ReaderText())
			if err != nil {
				t.Fatal(err)
			}
			m := newMachine(t, place, reader)
			m.Share = fleet.Share{}
			later, _ := run(t, m.Options, all)
			if diff := cmp.Diff(encoded(t, one), encoded(t, later)); diff != "" {
				t.Errorf("a later run (-one run +it):\n%s", diff)
			}
			if got := layersOf(one, h.fetched()); len(got) > 0 || len(m.said) > 0 {
				t.Errorf("a later run fetches %d layers and says %q", len(got), m.said)
			}
		})
	}
}

// places are where indexes may lie, by kind.
func places(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{
		"directory":               filepath.Join(t.TempDir(), "shared"),
		"registry":                "oci://" + newHub(t).host + "/tare/indexes",
		"registry with referrers": "oci://" + newHubOf(t, registry.WithReferrersSupport(true)).host + "/tare/indexes",
	}
}

// TestKilledShard: a shard that is killed in the middle, run again on another machine, reads
// what is missing and nothing else.
func TestKilledShard(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	all := refs(crowdOf(t, h, 12)...)
	whole, want := run(t, options(t), all)
	h.fetched()
	place, keys := t.TempDir(), indexstore.GenerateKeys()
	m := newMachine(t, place, keys)
	m.Share = fleet.Share{Number: 0, Of: 1}
	ctx, kill := context.WithCancel(t.Context())
	m.Progress = func(e fleet.Event) {
		if e.Step == "layers" && e.Done == e.All/2 && e.Done > 0 {
			kill()
		}
	}
	if _, err := fleet.Run(ctx, all, m.Options); err == nil {
		t.Fatal("it was not killed")
	}
	h.fetched()
	done := kept(t, place)
	if done == 0 || done == len(whole.Layers) {
		t.Fatalf("%d of %d layers were kept", done, len(whole.Layers))
	}
	again := newMachine(t, place, keys)
	part := again.merge(t, again.shard(t, all, 0, 1))
	if got := layersOf(whole, h.fetched()); len(got) != len(whole.Layers)-done {
		t.Errorf("of %d layers %d were kept, and %d are read", len(whole.Layers), done, len(got))
	}
	if got := fleet.Finish("1.0", part); !cmp.Equal(want, got) {
		t.Error(cmp.Diff(want, got))
	}
}

// kept is how many indexes lie in a directory.
func kept(t testing.TB, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestForgedIndex: an index that somebody else planted is refused in one line, the layer is
// read, and its true index takes the place of the other.
func TestForgedIndex(t *testing.T) {
	h := newHub(t)
	all := refs(h.push(t, "a:1", app("a", 100, base("one", 1000))))
	one, _ := run(t, options(t), all)
	place, keys := t.TempDir(), indexstore.GenerateKeys()
	stranger := indexstore.GenerateKeys()
	stranger.Secret = keys.Secret // he has the secret, but no key that is trusted
	newMachine(t, place, stranger).shard(t, all, 0, 1)
	h.fetched()
	for i, want := range []int{2, 0} {
		m := newMachine(t, place, keys)
		part := m.merge(t, m.shard(t, all, 0, 1))
		if got := layersOf(one, h.fetched()); len(got) != want || len(m.said) != want {
			t.Errorf("run %d: %d layers are read, and it says %q", i, len(got), m.said)
		}
		for _, line := range m.said {
			if !strings.Contains(line, "is not signed by a key that you trust; the layer is read instead") {
				t.Error(line)
			}
		}
		if diff := cmp.Diff(encoded(t, one), encoded(t, part)); diff != "" {
			t.Error(diff)
		}
	}
}
