package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"github.com/tare-oci/tare/analyze/ctxio"
)

// magicBlob begins entries that hold a layer as its source sent it.
const magicBlob = "tare blob 1\n"

// Blob is a layer's bytes, to be read any number of times and concurrently. Its
// owner closes it.
type Blob struct {
	io.SectionReader
	file *os.File
}

// Close closes the file.
func (b *Blob) Close() error { return b.file.Close() }

// Blob opens what PutBlob kept under a digest, all of which it checks first; nil
// where there is nothing.
func (s *Store) Blob(ctx context.Context, digest string) *Blob {
	if s == nil || digest == "" {
		return nil
	}
	key := blobKey(digest)
	b, err := openBlob(ctx, s.path(key), key)
	if ctx.Err() == nil {
		s.used(key, err)
	}
	if err != nil {
		return nil
	}
	return b
}

// LargestBlob is how many bytes a blob may have, and all of one image together,
// to be kept: half of what the cache may take, as the rest is worth more.
func (s *Store) LargestBlob() int64 {
	if s == nil {
		return 0
	}
	return s.limit / 2
}

// PutBlob reads size bytes and keeps them under their SHA-256 digest, if they
// have it, and reports whether they are there. Then r was read to its end or, where
// they were there before, not at all; else perhaps in part.
func (s *Store) PutBlob(digest string, r io.Reader, size int64) bool {
	if s == nil || digest == "" || size <= 0 || size > s.LargestBlob() {
		return false
	}
	key := blobKey(digest)
	if s.HasLayer(key) {
		return true
	}
	path := s.path(key)
	if s.makeDirs(filepath.Dir(path)) != nil {
		return false
	}
	err := writeFile(path, func(to *os.File) error {
		check, sum := xxhash.New(), sha256.New()
		if _, err := io.MultiWriter(to, check).Write(begin(magicBlob, key, 0)); err != nil {
			return err
		}
		n, err := io.Copy(io.MultiWriter(to, check, sum), r)
		if err != nil {
			return err
		}
		if n != size || "sha256:"+hex.EncodeToString(sum.Sum(nil)) != digest {
			return errOther
		}
		_, err = to.Write(binary.LittleEndian.AppendUint64(nil, check.Sum64()))
		return err
	})
	if err != nil {
		return false
	}
	s.wrote.Add(size)
	return true
}

// openBlob opens a file that ought to hold the blob of a key, "" for any.
func openBlob(ctx context.Context, path string, key Key) (*Blob, error) {
	file, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	b, err := checkBlob(ctx, file, size, key)
	if err != nil {
		file.Close()
		return nil, err
	}
	return b, nil
}

func checkBlob(ctx context.Context, file *os.File, size int64, key Key) (*Blob, error) {
	const longest = 200 // of a key, which holds a digest
	head := make([]byte, len(magicBlob)+binary.MaxVarintLen64+longest)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(head[:n], []byte(magicBlob))
	if !ok {
		return nil, fmt.Errorf("%w: it begins otherwise", errEntry)
	}
	length, used := binary.Uvarint(rest)
	if used <= 0 || length > longest || int(length) > len(rest)-used {
		return nil, fmt.Errorf("%w: it has no key", errEntry)
	}
	wrote := Key(rest[used : used+int(length)])
	if key != "" && wrote != key {
		return nil, errOther
	}
	start := int64(len(begin(magicBlob, wrote, 0)))
	end := size - 8
	if end < start {
		return nil, fmt.Errorf("%w: it ends early", errEntry)
	}
	check := xxhash.New()
	if _, err := io.CopyBuffer(check, ctxio.NewReader(ctx, io.NewSectionReader(file, 0, end)), make([]byte, 1<<20)); err != nil {
		return nil, err
	}
	var want [8]byte
	if _, err := file.ReadAt(want[:], end); err != nil {
		return nil, err
	}
	if check.Sum64() != binary.LittleEndian.Uint64(want[:]) {
		return nil, fmt.Errorf("%w: the checksum is wrong", errEntry)
	}
	return &Blob{*io.NewSectionReader(file, start, end-start), file}, nil
}
