package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cespare/xxhash/v2"

	"github.com/tare-oci/tare/analyze/scan"
)

// magic begins every entry. Its number is the generation of what a scan finds
// out: it goes up when an index would come out differently from the same bytes,
// so that no old answer is given to a new question.
const magic = "tare layer 23\n"

// magicDocument begins entries that hold a document instead of an index.
const magicDocument = "tare image 9\n"

// errEntry says that a file is not the entry it is looked up as.
var errEntry = errors.New("not a cache entry")

// begin starts an entry: magic, and the key with its length. size is about how
// many bytes follow.
func begin(magic string, key Key, size int) []byte {
	b := make([]byte, 0, len(magic)+len(key)+size+32)
	b = append(b, magic...)
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(b, key...)
}

// seal ends an entry with a checksum of all of it.
func seal(b []byte) []byte { return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b)) }

// encodeEntry is the entry of an index.
func encodeEntry(key Key, x *scan.Index) []byte {
	return seal(x.AppendBinary(begin(magic, key, 48*len(x.Entries))))
}

// encodeDocument is the entry of a document.
func encodeDocument(key Key, doc []byte) []byte {
	return seal(append(begin(magicDocument, key, len(doc)), doc...))
}

// openEntry checks an entry that begins with some magic, and returns its key and what
// it holds.
func openEntry(b []byte, magic string) (key Key, body []byte, err error) {
	end := len(b) - 8
	if end < len(magic) || !bytes.HasPrefix(b, []byte(magic)) {
		return "", nil, fmt.Errorf("%w: it begins otherwise", errEntry)
	}
	if xxhash.Sum64(b[:end]) != binary.LittleEndian.Uint64(b[end:]) {
		return "", nil, fmt.Errorf("%w: the checksum is wrong", errEntry)
	}
	b = b[len(magic):end]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return "", nil, fmt.Errorf("%w: it has no key", errEntry)
	}
	return Key(b[size : size+int(n)]), b[size+int(n):], nil
}

// decodeEntry reads an entry and the key it was written for.
func decodeEntry(b []byte) (key Key, x *scan.Index, err error) {
	key, body, err := openEntry(b, magic)
	if err != nil {
		return "", nil, err
	}
	x, err = scan.Decode(body)
	return key, x, err
}

// readEntry reads the file of a key's index.
func readEntry(path string, key Key) (*scan.Index, error) {
	body, err := readBody(path, key, magic)
	if err != nil {
		return nil, err
	}
	return scan.Decode(body)
}

// readDocument reads the file of a key's document.
func readDocument(path string, key Key) ([]byte, error) { return readBody(path, key, magicDocument) }

func readBody(path string, key Key, magic string) ([]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	wrote, body, err := openEntry(b, magic)
	if err != nil {
		return nil, err
	}
	if wrote != key {
		return nil, errOther
	}
	return body, nil
}

// whole reports whether a file holds an entry of any kind.
func whole(path string) bool {
	if b, err := openBlob(context.Background(), path, ""); err == nil {
		return b.Close() == nil
	}
	b, err := readFile(path)
	if err != nil {
		return false
	}
	if _, _, err := decodeEntry(b); err == nil {
		return true
	}
	_, _, err = openEntry(b, magicDocument)
	return err == nil
}

var errOther = fmt.Errorf("%w: it was written under another key", errEntry)

// readFile reads an entry's file.
func readFile(path string) ([]byte, error) {
	file, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > maxEntry {
		return nil, fmt.Errorf("%w: it is too large", errEntry)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(file, b); err != nil {
		return nil, fmt.Errorf("%w: %w", errEntry, err)
	}
	return b, nil
}

// openRegular opens an entry's file and tells its size. What is not a regular file
// is not opened: a pipe would never end.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%w: it is no file", errEntry)
	}
	file, err := os.Open(path)
	return file, info.Size(), err
}
