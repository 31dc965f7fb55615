package store

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/scan"
)

// HashKey is what the contents of layers that are kept here are hashed with, by all
// processes that share the directory. The secret that it is made from lies in the
// directory, for the user alone. Nil without a cache. Where the secret cannot be
// kept, this process has a key of its own, and finds nothing that others left.
func (s *Store) HashKey() *scan.Key {
	if s == nil {
		return nil
	}
	s.keyOnce.Do(func() {
		if secret, err := s.secret(); err == nil {
			s.key = keyOf(secret)
		} else {
			s.key = scan.RandomKey()
		}
	})
	return s.key
}

// keys are the keys of secrets, by the secret.
var keys sync.Map

// keyOf returns the one key of a secret. Contents are compared where they were hashed with the very
// same key, and the layers of two images may have come through two stores of one directory.
func keyOf(secret [scan.KeySize]byte) *scan.Key {
	if key, ok := keys.Load(secret); ok {
		return key.(*scan.Key)
	}
	key, _ := keys.LoadOrStore(secret, scan.NewKey(secret))
	return key.(*scan.Key)
}

// secret reads the directory's secret, or draws it.
func (s *Store) secret() (secret [scan.KeySize]byte, err error) {
	path := filepath.Join(s.dir, "key")
	if err := s.makeDirs(s.dir); err != nil {
		return readSecret(path) // the directory may be there, for reading only
	}
	if secret, err = readSecret(path); err == nil {
		return secret, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		os.Remove(path) // damaged, or others may read it
	}
	rand.Read(secret[:]) // never fails
	if err := atomicfile.CreateWhole(path, 0o600, secret[:]); err != nil {
		return secret, err
	}
	return readSecret(path) // of two processes that draw one, the first is right
}

var errSecret = errors.New("the key of the cache is damaged")

// readSecret reads a secret that nobody else could read.
func readSecret(path string) (secret [scan.KeySize]byte, err error) {
	file, size, err := openRegular(path)
	if err != nil {
		return secret, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return secret, err
	}
	if size != scan.KeySize || !private(info) {
		return secret, errSecret
	}
	n, err := file.Read(secret[:])
	if err == nil && n < len(secret) {
		err = errSecret
	}
	return secret, err
}
