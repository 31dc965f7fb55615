// Package store remembers what was learned about images, so that a second look at one does not
// read any layers: a [Store] on disk from one run to the next, and [Layers] in memory from one
// analysis to the next.
//
//	st, err := store.Open(dir, 1<<30) // at most 1 GiB
//	index := st.Layer(store.LayerKey(layer)) // nil if it is not there
//
// Four things are stored: the index of a layer, the report of an image (report.go), the snapshot
// of what an engine says about an image, and the blob of a layer that somebody looked into. Each
// has a [Key], and all keys are made in this package (key.go).
//
// A layer's index takes a few bytes an entry. Of the contents it has only what the scan captures,
// package databases and scripts. Its key is either a digest that was computed from the very bytes
// that were scanned (of the blob, of the tar, or of the table of contents), or the identity of a
// file (device, inode, size, times of modification and of change, and where in the file the layer
// is). So no image can plant data that is found under the layers of another: to make a layer with
// a given digest is to have that layer. The file "key" has the secret that contents are hashed
// with ([Store.HashKey]).
//
// The directory belongs to the user, and nobody else can read it. An entry has the key it was
// written for and a checksum; one that is damaged, foreign or of another format version is
// deleted and never trusted. Entries are written to a temporary file and renamed, so any number
// of processes can share the directory. A full or read-only disk costs speed and nothing else: no
// method for layers returns an error.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/scan"
)

// DefaultSize is how many bytes the cache may take, unless told otherwise.
const DefaultSize = 2 << 30

// maxEntry bounds what is read as one entry: an index of ten million entries
// stays below it.
const maxEntry = 1 << 30

// touchAfter is how old an entry's time has to be before a use renews it: the
// order of use need not be exact, and every renewal is a write.
const touchAfter = time.Hour

// Store is a directory of layer indexes. It is safe for concurrent use, by several
// goroutines and by several processes. A nil Store keeps nothing.
type Store struct {
	dir    string
	limit  int64
	wrote  atomic.Int64 // bytes, since the last pruning
	hits   atomic.Int64
	misses atomic.Int64
	shared Shared // nil for none

	keyOnce sync.Once
	key     *scan.Key
}

// Dir is where the cache of this user is: $XDG_CACHE_HOME/tare or what the
// system has in its place.
func Dir() (string, error) {
	base, err := os.UserCacheDir()
	if err == nil && !filepath.IsAbs(base) { // the working directory can be anybody's
		err = fmt.Errorf("%s is not an absolute path", base)
	}
	if err != nil {
		return "", fmt.Errorf("there is no directory for caches: %w; set XDG_CACHE_HOME", err)
	}
	return filepath.Join(base, "tare"), nil
}

// Open opens the cache in a directory, which is made when something is first kept.
// The error says why the directory that is there is not to be trusted: it is a
// link, or others own it or may write to it.
func Open(dir string, limit int64) (*Store, error) {
	if err := trusted(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &Store{dir: dir, limit: limit}, nil
}

// trusted checks that a directory is this user's own.
func trusted(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("the cache %s is not a directory; remove it, or use --no-cache", dir)
	case !ours(info):
		return fmt.Errorf("the cache %s belongs to somebody else or others may write to it; remove it, or use --no-cache", dir)
	}
	return nil
}

// path is where a key's entry lies. Keys hold paths and colons; their hash holds
// neither.
func (s *Store) path(key Key) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:16])
	return filepath.Join(s.dir, "layers", name[:2], name[2:])
}

// Layer returns the index of a layer, nil where none is kept. The
// caller may do with it what it likes.
func (s *Store) Layer(key Key) *scan.Index {
	if s == nil || key == "" {
		return nil
	}
	key = s.indexKey(key)
	x, err := readEntry(s.path(key), key)
	s.used(key, err)
	if x != nil {
		x.Key = s.HashKey()
	}
	return x
}

// indexKey is what the index of a key is kept under. Hashes of contents that were
// made with another [scan.Key] mean nothing, so that such an index is not found.
func (s *Store) indexKey(key Key) Key { return "sums " + Key(s.HashKey().ID()) + " " + key }

// document returns what [Store.putDocument] kept under a key, nil for nothing.
func (s *Store) document(key Key) []byte {
	if s == nil || key == "" {
		return nil
	}
	doc, err := readDocument(s.path(key), key)
	s.used(key, err)
	return doc
}

// used counts a look at an entry, removes one that is damaged and renews the time
// of one that was found.
func (s *Store) used(key Key, err error) {
	path := s.path(key)
	if err != nil {
		s.misses.Add(1)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			os.Remove(path)
		}
		return
	}
	s.hits.Add(1)
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > touchAfter {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // it only goes sooner
	}
}

// HasLayer reports whether an index is kept under a key, which may turn out damaged.
func (s *Store) HasLayer(key Key) bool {
	if s == nil || key == "" {
		return false
	}
	_, err := os.Lstat(s.path(s.indexKey(key)))
	return err == nil
}

// PutLayer keeps the index of a layer. Its contents have to be hashed with the
// store's own key, [Store.HashKey].
func (s *Store) PutLayer(key Key, x *scan.Index) {
	if s != nil && key != "" && x.Key == s.HashKey() {
		key = s.indexKey(key)
		s.write(key, encodeEntry(key, x))
	}
}

// putDocument keeps some bytes under a key that is no layer's.
func (s *Store) putDocument(key Key, doc []byte) {
	if s != nil && key != "" && len(doc) > 0 {
		s.write(key, encodeDocument(key, doc))
	}
}

func (s *Store) write(key Key, entry []byte) {
	if int64(len(entry)) > min(maxEntry, s.limit) {
		return
	}
	path := s.path(key)
	if err := s.makeDirs(filepath.Dir(path)); err != nil {
		return
	}
	if writeFile(path, func(to *os.File) error { _, err := to.Write(entry); return err }) == nil {
		s.wrote.Add(int64(len(entry)))
	}
}

func (s *Store) makeDirs(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return trusted(s.dir)
}

// writeFile makes an entry's file, which this user alone can read.
func writeFile(path string, write func(*os.File) error) error {
	return atomicfile.Write(path, atomicfile.Options{Perm: 0o600}, write)
}

// Counts says how often a look-up found an entry and how often it did not.
func (s *Store) Counts() (hits, misses int64) {
	if s == nil {
		return 0, 0
	}
	return s.hits.Load(), s.misses.Load()
}

// Close brings the cache down to its limit, if this process wrote to it.
func (s *Store) Close() {
	if s != nil && s.wrote.Swap(0) > 0 {
		s.Prune(s.limit)
	}
}
