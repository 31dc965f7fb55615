package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
)

// index scans a layer of so many files.
func index(t testing.TB, files int) *scan.Index {
	t.Helper()
	var l imagetest.Layer
	for i := range files {
		l.Files = append(l.Files, imagetest.Fill(fmt.Sprintf("directory%d/file%d", i/100, i), 10))
	}
	blob := l.Stored()
	x, err := scan.Layer(t.Context(), image.Layer{Size: int64(len(blob)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(blob)), nil
	}}, scan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func open(t testing.TB, limit int64) *Store {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "tare"), limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// put keeps an index as if its contents were hashed with the cache's own key.
func put(c *Store, key Key, x *scan.Index) {
	own := *x
	own.Key = c.HashKey()
	c.PutLayer(key, &own)
}

func same(t *testing.T, want, got *scan.Index) {
	t.Helper()
	if got == nil {
		t.Fatal("nothing is found")
	}
	if diff := cmp.Diff(want.AppendBinary(nil), got.AppendBinary(nil)); diff != "" {
		t.Error(diff)
	}
}

func TestGetPut(t *testing.T) {
	c := open(t, DefaultSize)
	x, y := index(t, 300), index(t, 3)
	if c.Layer("sha256:x") != nil {
		t.Error("something is there before it was put")
	}
	put(c, "sha256:x", x)
	put(c, "sha256:y", y)
	same(t, x, c.Layer("sha256:x"))
	same(t, y, c.Layer("sha256:y"))
	if hits, misses := c.Counts(); hits != 2 || misses != 1 {
		t.Errorf("%d hits and %d misses", hits, misses)
	}
	if u := c.Usage(); u.Entries != 2 || u.Bytes < 100 {
		t.Errorf("it holds %+v", u)
	}
	var none *Store
	none.PutLayer("sha256:x", x)
	if none.Layer("sha256:x") != nil {
		t.Error("a nil cache holds something")
	}
	none.Close()
}

// TestPrivate: nobody but the user can read the cache, or plant anything in it.
func TestPrivate(t *testing.T) {
	c := open(t, DefaultSize)
	put(c, "k", index(t, 1))
	filepath.Walk(c.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v (%v)", path, info.Mode(), err)
		}
		return nil
	})
	if err := os.Chmod(c.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(c.dir, 1); err == nil {
		t.Error("a directory that anybody may write to is trusted")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(c.dir, link); err != nil {
		t.Skip("no symbolic links here")
	}
	if _, err := Open(link, 1); err == nil {
		t.Error("a link is trusted")
	}
}

// TestDamage: whatever happened to an entry, it is dropped and can be made anew.
func TestDamage(t *testing.T) {
	x := index(t, 20)
	c := open(t, DefaultSize)
	whole := encodeEntry(c.indexKey("k"), x)
	damaged := map[string][]byte{
		"empty": {}, "cut": whole[:len(whole)/2], "longer": append(bytes.Clone(whole), 0),
		"of another layer":      encodeEntry("other", x),
		"of another generation": bytes.Replace(whole, []byte(magic), []byte("tare layer 1\n"), 1),
	}
	for at := range whole {
		flipped := bytes.Clone(whole)
		flipped[at] ^= 4
		damaged[fmt.Sprintf("bit flipped at %d", at)] = flipped
	}
	put(c, "k", x)
	path := c.path(c.indexKey("k"))
	for name, entry := range damaged {
		if err := os.WriteFile(path, entry, 0o600); err != nil {
			t.Fatal(err)
		}
		if c.Layer("k") != nil {
			t.Errorf("%s: it is trusted", name)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s: it stays", name)
		}
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if c.Layer("k") != nil {
		t.Error("a directory is an entry")
	}
	put(c, "k", x)
	same(t, x, c.Layer("k"))
	if err := os.WriteFile(path, whole[:9], 0o600); err != nil {
		t.Fatal(err)
	}
	if whole, removed := c.Verify(); whole != 0 || removed != 1 {
		t.Errorf("%d are whole, %d removed", whole, removed)
	}
}

// TestReadOnly: a cache that cannot be written to costs nothing but speed.
func TestReadOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Store{dir: filepath.Join(file, "below"), limit: DefaultSize}
	put(c, "k", index(t, 1))
	if c.Layer("k") != nil {
		t.Error("something is kept in a file")
	}
	c.Close()
}

// TestPrune: what was used last stays.
func TestPrune(t *testing.T) {
	c := open(t, DefaultSize)
	x := index(t, 50)
	for i := range 10 {
		key := Key(fmt.Sprint(i))
		put(c, key, x)
		then := time.Now().Add(time.Duration(i-20) * time.Hour)
		if err := os.Chtimes(c.path(c.indexKey(key)), then, then); err != nil {
			t.Fatal(err)
		}
	}
	c.Layer("0") // now the newest
	each := c.Usage().Bytes / 10
	c.limit = 3 * each
	c.wrote.Store(1)
	c.Close()
	for i := range 10 {
		if got, want := c.Layer(Key(fmt.Sprint(i))) != nil, i == 0 || i > 7; got != want {
			t.Errorf("entry %d is there: %v, want %v", i, got, want)
		}
	}
	half := filepath.Join(filepath.Dir(c.path(c.indexKey("0"))), atomicfile.Prefix+"1")
	young := filepath.Join(filepath.Dir(c.path(c.indexKey("0"))), atomicfile.Prefix+"2")
	for _, name := range []string{half, young} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(half, then, then); err != nil {
		t.Fatal(err)
	}
	c.Prune(0)
	if _, err := os.Stat(half); err == nil {
		t.Error("what was left half-written stays")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("what is being written goes")
	}
	if u := c.Usage(); u.Entries != 0 {
		t.Errorf("left: %+v", u)
	}
}

// TestManyAtOnce: writers, readers and pruners of one directory get in nobody's way.
func TestManyAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tare")
	x := index(t, 200)
	want := x.AppendBinary(nil)
	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			c, err := Open(dir, DefaultSize)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range 50 {
				key := Key(fmt.Sprint(i % 5))
				switch (worker + i) % 4 {
				case 0:
					put(c, key, x)
				case 1:
					c.Prune(int64(i) << 12)
				default:
					if got := c.Layer(key); got != nil && !bytes.Equal(got.AppendBinary(nil), want) {
						t.Error("half an entry is read")
					}
				}
			}
		})
	}
	all.Wait()
}

func FuzzEntry(f *testing.F) {
	f.Add(encodeEntry("k", index(f, 3)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, x, err := decodeEntry(b)
		if err != nil {
			return
		}
		if again, _, err := decodeEntry(encodeEntry(key, x)); err != nil || again != key {
			t.Errorf("key %q becomes %q (%v)", key, again, err)
		}
	})
}

func BenchmarkGet(b *testing.B) {
	c := open(b, DefaultSize)
	x := index(b, 100_000)
	put(c, "k", x)
	b.ReportMetric(float64(c.Usage().Bytes)/100_000, "B/entry")
	for b.Loop() {
		if c.Layer("k") == nil {
			b.Fatal("it is gone")
		}
	}
}

// TestDamagedBlobs: no byte of a kept layer may be another one.
func TestDamagedBlobs(t *testing.T) {
	body := []byte("a layer, as an engine sends it")
	sum := sha256.Sum256(body)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	c := open(t, DefaultSize)
	for name, r := range map[string]struct {
		body []byte
		size int
	}{"another": {[]byte("another layer"), 13}, "short": {body[:9], len(body)}, "long": {append(body[:len(body):len(body)], 0), len(body)}, "empty": {nil, 0}} {
		if c.PutBlob(digest, bytes.NewReader(r.body), int64(r.size)) || c.Blob(t.Context(), digest) != nil {
			t.Errorf("%s: it is kept", name)
		}
	}
	if !c.PutBlob(digest, bytes.NewReader(body), int64(len(body))) {
		t.Fatal("it is not kept")
	}
	path := c.path(blobKey(digest))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{nil, whole[:len(whole)/2], whole[:len(whole)-1], append(bytes.Clone(whole), 0), begin(magicBlob, blobKey(digest), 0)}
	for at := range whole {
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1
		damaged = append(damaged, flipped)
	}
	for _, b := range damaged {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if c.Blob(t.Context(), digest) != nil {
			t.Errorf("it is trusted: %q", b)
		}
		if c.HasLayer(blobKey(digest)) {
			t.Errorf("it stays: %q", b)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	b := c.Blob(t.Context(), digest)
	if b == nil {
		t.Fatal("the whole one is not found")
	}
	defer b.Close()
	if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, body) {
		t.Errorf("it reads as %q, %v", got, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := os.Lstat(path); c.Blob(cancelled, digest) != nil || err != nil {
		t.Error("a cancelled look finds it, or takes it away")
	}
}

// FuzzBlob holds that no file makes opening a kept layer panic, and that what is
// opened lies within the file.
func FuzzBlob(f *testing.F) {
	f.Add(seal(append(begin(magicBlob, "blob sha256:00", 0), "layer"...)))
	f.Add(begin(magicBlob, "", 0))
	f.Add([]byte(magicBlob + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	path := filepath.Join(f.TempDir(), "blob")
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := openBlob(t.Context(), path, "")
		if err != nil {
			return
		}
		defer b.Close()
		if got, err := io.ReadAll(b); err != nil || int64(len(got)) != b.Size() || !bytes.Contains(file, got) {
			t.Errorf("%d bytes of %d, %v", len(got), b.Size(), err)
		}
	})
}

// TestKey: whoever shares the directory shares the key, nobody else can read it, and
// what was hashed with another key is not found.
func TestKey(t *testing.T) {
	c := open(t, DefaultSize)
	put(c, "k", index(t, 1))
	again := &Store{dir: c.dir, limit: DefaultSize}
	if x := again.Layer("k"); x == nil || x.Key != again.HashKey() || again.HashKey().ID() != c.HashKey().ID() {
		t.Error("another process has another key")
	}
	foreign := index(t, 1)
	c.PutLayer("foreign", foreign)
	if c.HasLayer("foreign") {
		t.Error("hashes of another key are kept")
	}
	path := filepath.Join(c.dir, "key")
	for name, damage := range map[string]func() error{
		"cut":     func() error { return os.Truncate(path, 5) },
		"removed": func() error { return os.Remove(path) },
		"a directory": func() error {
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
		},
	} {
		before := (&Store{dir: c.dir, limit: DefaultSize}).HashKey().ID()
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		a, b := &Store{dir: c.dir, limit: DefaultSize}, &Store{dir: c.dir, limit: DefaultSize}
		if a.HashKey().ID() == before || a.Layer("k") != nil {
			t.Errorf("%s: the old key is known", name)
		}
		if a.HashKey().ID() != b.HashKey().ID() {
			t.Errorf("%s: no new key is kept", name)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	before := (&Store{dir: c.dir, limit: DefaultSize}).HashKey().ID()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if (&Store{dir: c.dir, limit: DefaultSize}).HashKey().ID() == before {
		t.Error("a key that others can read is used")
	}
}

// TestKeyOfMany: processes that draw the key at once agree on one.
func TestKeyOfMany(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tare")
	ids := make([]string, 32)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i] = (&Store{dir: dir, limit: DefaultSize}).HashKey().ID() })
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("they have the keys %v", ids)
		}
	}
}
