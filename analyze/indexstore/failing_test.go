package indexstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/source"
)

// TestFailingPlace: that a place fails is told once, whatever it is asked for and why it fails, and it is
// left alone after three times.
func TestFailingPlace(t *testing.T) {
	keys := GenerateKeys()
	place := &memory{docs: make(map[string]func() io.Reader)}
	m, said := machineAt(place, keys, Options{})
	var l source.Layer
	for i := range 6 {
		layer, x := layerOf(t, fmt.Sprint("layer ", i), keys)
		place.fail = fmt.Errorf("no\nroute %d", i)
		m.Load(t.Context(), layer)
		m.Has(t.Context(), layer.Digest)
		m.Save(t.Context(), layer, x)
		l = layer
	}
	want := []string{"the index store memory does not work: no route 0; going on without it: layers are read where it fails, with the same figures and exit code"}
	if diff := cmp.Diff(want, *said); diff != "" {
		t.Error(diff)
	}
	place.fail = nil
	_, x := layerOf(t, "layer 5", keys)
	if m.Save(t.Context(), l, x); len(place.docs) > 0 {
		t.Error("it is used again")
	}
}

// TestReadOnlyPlace: a place that takes nothing is told once, and goes on to give.
func TestReadOnlyPlace(t *testing.T) {
	keys := GenerateKeys()
	place := &memory{docs: make(map[string]func() io.Reader)}
	m, said := machineAt(place, keys, Options{})
	known, index := layerOf(t, "known", keys)
	m.Save(t.Context(), known, index)
	for i := range 5 {
		l, x := layerOf(t, fmt.Sprint("layer ", i), keys)
		m.Load(t.Context(), l)
		place.fail = errors.New("it answers AccessDenied")
		m.Save(t.Context(), l, x)
		place.fail = nil
	}
	want := []string{"the index store memory takes no indexes: it answers AccessDenied; going on: what is read now is not kept there, with the same figures and exit code"}
	if diff := cmp.Diff(want, *said); diff != "" {
		t.Error(diff)
	}
	if m.Load(t.Context(), known) == nil {
		t.Error("it is no longer read")
	}
}

// TestPlacesThatAreDown: of a bucket and a registry that do not answer, are cut off, or do not end, one
// line is told that names them, whatever the layers.
func TestPlacesThatAreDown(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "made-up")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "made-up-secret")
	for name, server := range map[string]*httptest.Server{"refuses": down(t), "cuts": cutting(t), "stalls": stalling(t)} {
		host := strings.TrimPrefix(server.URL, "http://")
		for place, open := range map[string]func() (Place, error){
			"s3://some-bucket/a/ at " + host: func() (Place, error) {
				return newBucket("some-bucket/a", func(n string) string { return map[string]string{"AWS_ENDPOINT_URL": server.URL}[n] }, source.Options{})
			},
			"oci://" + host + "/a/b": func() (Place, error) { return newRepository(host+"/a/b", source.Options{}) },
		} {
			t.Run(name+" "+place[:3], func(t *testing.T) {
				t.Parallel()
				at, err := open()
				if err != nil {
					t.Fatal(err)
				}
				keys := GenerateKeys()
				wait := 2 * time.Second // longer than either library tries again
				if name == "stalls" {
					wait = 200 * time.Millisecond // which passes in any case
				}
				m, said := machineAt(at, keys, Options{Timeout: wait})
				for i := range 2 {
					l, x := layerOf(t, fmt.Sprint("layer ", i), keys)
					m.Load(t.Context(), l)
					if i == 1 {
						m.Save(t.Context(), l, x)
					}
				}
				if len(*said) != 1 || !strings.HasPrefix((*said)[0], "the index store "+place+" does not work: ") || strings.Contains((*said)[0], generation) {
					t.Errorf("%q", *said)
				}
			})
		}
	}
}

// down is the address of a server that is not there any more.
func down(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s
}

// cutting answers by closing the connection.
func cutting(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			connection.Close()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// stalling takes connections and never answers.
func stalling(t *testing.T) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return &httptest.Server{URL: "http://" + listener.Addr().String()}
}

// TestManyRefusals: of very many indexes that are refused not each is told.
func TestManyRefusals(t *testing.T) {
	keys := GenerateKeys()
	place := &memory{docs: make(map[string]func() io.Reader)}
	m, said := machineAt(place, keys, Options{})
	for i := range maxRefusals + 30 {
		l, _ := layerOf(t, fmt.Sprint("layer ", i), keys)
		place.docs[l.Digest] = func() io.Reader { return strings.NewReader("nothing") }
		m.Load(t.Context(), l)
		m.Load(t.Context(), l)
	}
	if n := len(*said); n != maxRefusals+1 || !strings.HasPrefix((*said)[n-1], "more indexes in memory are refused") {
		t.Errorf("%d lines: %q", n, *said)
	}
}

// TestLinksInTheDirectory: whatever link somebody leaves in the place of a directory or a file of the store,
// nothing outside is read or written: what holds links is refused in one line, or replaced.
func TestLinksInTheDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	keys := GenerateKeys()
	l, x := layerOf(t, "one", keys)
	whole := New(&memory{}, Options{Keys: keys, Generation: generation}).name(l)
	for depth, part := range strings.Split(whole.path(), "/") {
		for _, inside := range []bool{false, true} {
			t.Run(fmt.Sprint(part[:2], depth, inside), func(t *testing.T) {
				dir, outside := t.TempDir(), t.TempDir()
				if inside {
					outside = filepath.Join(dir, "elsewhere")
				}
				// Outside lies a good index, which only the link leads to.
				other := t.TempDir()
				place, err := newDirectory(other, Options{})
				if err != nil {
					t.Fatal(err)
				}
				m, _ := machineAt(place, keys, Options{})
				m.Save(t.Context(), l, x)
				if err := os.CopyFS(outside, os.DirFS(other)); err != nil {
					t.Fatal(err)
				}
				below := filepath.FromSlash(strings.Join(strings.Split(whole.path(), "/")[:depth+1], "/"))
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, below)), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(filepath.Join(outside, below), filepath.Join(dir, below)); err != nil {
					t.Fatal(err)
				}
				before := filesBelow(t, outside)
				if place, err = newDirectory(dir, Options{}); err != nil {
					t.Fatal(err)
				}
				m, said := machineAt(place, keys, Options{})
				if m.Load(t.Context(), l) != nil {
					t.Error("it is read through the link")
				}
				m2, y := layerOf(t, "one", keys)
				m.Save(t.Context(), m2, y)
				if len(*said) != 1 || !strings.Contains((*said)[0], "link") || !strings.Contains((*said)[0], "remove it") {
					t.Errorf("%q", *said)
				}
				if diff := cmp.Diff(before, filesBelow(t, outside)); diff != "" {
					t.Errorf("outside has changed:\n%s", diff)
				}
				if again, _ := machineAt(place, keys, Options{}); depth == 2 && again.Load(t.Context(), l) == nil {
					t.Error("the link in the place of a file is not replaced")
				}
			})
		}
	}
}

// filesBelow lists the files of a directory with their contents' lengths.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all = append(all, fmt.Sprint(path, info.Mode(), info.Size(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(all))
}
