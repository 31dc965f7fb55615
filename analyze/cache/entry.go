package cache

import (
	"bytes"
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
const magic = "tare layer 3\n"

// magicDocument begins entries that hold a document instead of an index.
const magicDocument = "tare image 1\n"

// errEntry says that a file is not the entry it is looked up as.
var errEntry = errors.New("not a cache entry")

// encodeEntry is an entry's file: magic, the key with its length, the index, and
// a checksum of all that.
func encodeEntry(key string, x *scan.Index) []byte {
	b := make([]byte, 0, 1<<10+48*len(x.Entries))
	b = append(b, magic...)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = x.AppendBinary(b)
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b))
}

// encodeDocument is the same with a document for the index.
func encodeDocument(key string, doc []byte) []byte {
	b := append([]byte(nil), magicDocument...)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, doc...)
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b))
}

// openEntry checks an entry that begins with some magic, and returns its key and what
// it holds.
func openEntry(b []byte, magic string) (key string, body []byte, err error) {
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
	return string(b[size : size+int(n)]), b[size+int(n):], nil
}

// decodeEntry reads an entry and the key it was written for.
func decodeEntry(b []byte) (key string, x *scan.Index, err error) {
	key, body, err := openEntry(b, magic)
	if err != nil {
		return "", nil, err
	}
	x, err = scan.Decode(body)
	return key, x, err
}

// readEntry reads a file that ought to hold a key's entry.
func readEntry(path, key string) (*scan.Index, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	wrote, x, err := decodeEntry(b)
	if err != nil {
		return nil, err
	}
	if key != "" && wrote != key {
		return nil, errOther
	}
	return x, nil
}

// readDocument is the same for a document.
func readDocument(path, key string) ([]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	wrote, doc, err := openEntry(b, magicDocument)
	if err != nil {
		return nil, err
	}
	if key != "" && wrote != key {
		return nil, errOther
	}
	return doc, nil
}

var errOther = fmt.Errorf("%w: it was written for another layer", errEntry)

// readFile reads an entry's file. What is no regular file is not opened: a pipe
// would never end.
func readFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxEntry {
		return nil, fmt.Errorf("%w: it is no file, or too large", errEntry)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(file, b); err != nil {
		return nil, fmt.Errorf("%w: %w", errEntry, err)
	}
	return b, nil
}
