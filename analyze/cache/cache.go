// Package cache keeps what was learnt of layers on disk, so that a second look
// at an image reads no layer.
//
// What is kept is the scan's index of a layer, some bytes an entry; of contents
// only what the scan captures, package databases and scripts. A key says what the
// index is true of: a digest that was computed from the very bytes that were
// scanned (of the blob, of the tar or of the table of contents), or a file's
// identity (device, inode, size, times of modification and of change, and where in it the
// layer lies).
// So no image can leave anything behind that another one's layers are found
// under: whoever can make a layer with a given digest has made that layer. Beside
// them lie small documents of images: what an engine told of one, its report; and
// the layers of images that come as a stream, once somebody has looked into their
// files. The file "key" holds the secret that contents are hashed with ([Cache.Key]).
//
// The directory belongs to the user and nobody else can read it. An entry carries
// the key it was written for and a checksum; one that is damaged, foreign or of
// another generation is dropped and never trusted. Entries are written beside
// their place and renamed, so that any number of processes can share the directory.
// A disk that is full or read-only costs speed and nothing else: no method for
// layers returns an error.
package cache

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
	"github.com/tare-oci/tare/analyze/source"
)

// DefaultSize is how many bytes the cache may take, unless told otherwise.
const DefaultSize = 2 << 30

// maxEntry bounds what is read as one entry: an index of ten million entries
// stays below it.
const maxEntry = 1 << 30

// touchAfter is how old an entry's time has to be before a use renews it: the
// order of use need not be exact, and every renewal is a write.
const touchAfter = time.Hour

// Cache is a directory of layer indexes. It is safe for concurrent use, by several
// goroutines and by several processes. A nil Cache keeps nothing.
type Cache struct {
	dir    string
	limit  int64
	wrote  atomic.Int64 // bytes, since the last pruning
	hits   atomic.Int64
	misses atomic.Int64

	keyOnce sync.Once
	key     *scan.Key
}

// FileKey returns the key of a layer that is read in place: size bytes at offset
// of an open file. Whoever writes to the file changes the key, also where its
// size, inode and time of modification stay what they were: the system's time of
// change cannot be set. "" where the file cannot be told from others, or was
// written to a moment ago; then nothing is to be kept of it.
func FileKey(file *os.File, offset, size int64) string {
	identity := source.Identity(file)
	if identity == "" {
		return ""
	}
	return fmt.Sprintf("file %s %d+%d", identity, offset, size)
}

// Dir is where the cache of this user is: $XDG_CACHE_HOME/tare or what the
// system has in its place.
func Dir() (string, error) {
	base, err := os.UserCacheDir()
	if err == nil && !filepath.IsAbs(base) { // the working directory can be anybody's
		err = fmt.Errorf("%s is no absolute path", base)
	}
	if err != nil {
		return "", fmt.Errorf("there is no folder for caches: %w; set XDG_CACHE_HOME", err)
	}
	return filepath.Join(base, "tare"), nil
}

// Open opens the cache in a directory, which is made when something is first kept.
// The error says why the directory that is there is not to be trusted: it is a
// link, or others own it or may write to it.
func Open(dir string, limit int64) (*Cache, error) {
	if err := trusted(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &Cache{dir: dir, limit: limit}, nil
}

// trusted checks that a directory is this user's own.
func trusted(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("the cache %s is no folder; remove it, or use --no-cache", dir)
	case !ours(info):
		return fmt.Errorf("the cache %s belongs to somebody else or others may write to it; remove it, or use --no-cache", dir)
	}
	return nil
}

// path is where a key's entry lies. Keys hold paths and colons; their hash holds
// neither.
func (c *Cache) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:16])
	return filepath.Join(c.dir, "layers", name[:2], name[2:])
}

// Get returns the index that is kept under a key, nil if there is none. The
// caller may do with it what it likes.
func (c *Cache) Get(key string) *scan.Index {
	if c == nil || key == "" {
		return nil
	}
	key = c.indexKey(key)
	x, err := readEntry(c.path(key), key)
	c.used(key, err)
	if x != nil {
		x.Key = c.Key()
	}
	return x
}

// indexKey is what the index of a key is kept under. Hashes of contents that were
// made with another [scan.Key] mean nothing, so that such an index is not found.
func (c *Cache) indexKey(key string) string { return "sums " + c.Key().ID() + " " + key }

// Document returns what is kept under a key of PutDocument, nil for nothing.
func (c *Cache) Document(key string) []byte {
	if c == nil || key == "" {
		return nil
	}
	doc, err := readDocument(c.path(key), key)
	c.used(key, err)
	return doc
}

// used counts a look at an entry, removes one that is damaged and renews the time
// of one that was found.
func (c *Cache) used(key string, err error) {
	path := c.path(key)
	if err != nil {
		c.misses.Add(1)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			os.Remove(path)
		}
		return
	}
	c.hits.Add(1)
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > touchAfter {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // it only goes sooner
	}
}

// Has reports whether an index is kept under a key, which may turn out damaged.
func (c *Cache) Has(key string) bool {
	if c == nil || key == "" {
		return false
	}
	_, err := os.Lstat(c.path(c.indexKey(key)))
	return err == nil
}

// Put keeps an index under a key. Its contents have to be hashed with the cache's
// own Key.
func (c *Cache) Put(key string, x *scan.Index) {
	if c != nil && key != "" && x.Key == c.Key() {
		key = c.indexKey(key)
		c.write(key, encodeEntry(key, x))
	}
}

// PutDocument keeps some bytes under a key that is no layer's.
func (c *Cache) PutDocument(key string, doc []byte) {
	if c != nil && key != "" && len(doc) > 0 {
		c.write(key, encodeDocument(key, doc))
	}
}

func (c *Cache) write(key string, entry []byte) {
	if int64(len(entry)) > min(maxEntry, c.limit) {
		return
	}
	path := c.path(key)
	if err := c.makeFolders(filepath.Dir(path)); err != nil {
		return
	}
	if writeFile(path, func(to *os.File) error { _, err := to.Write(entry); return err }) == nil {
		c.wrote.Add(int64(len(entry)))
	}
}

func (c *Cache) makeFolders(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return trusted(c.dir)
}

// writeFile makes an entry's file, which this user alone can read.
func writeFile(path string, write func(*os.File) error) error {
	return atomicfile.Write(path, atomicfile.Options{Perm: 0o600}, write)
}

// Counts says how often Get found an entry and how often it did not.
func (c *Cache) Counts() (hits, misses int64) {
	if c == nil {
		return 0, 0
	}
	return c.hits.Load(), c.misses.Load()
}

// Close brings the cache down to its limit, if this process wrote to it.
func (c *Cache) Close() {
	if c != nil && c.wrote.Swap(0) > 0 {
		c.Prune(c.limit)
	}
}
