package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/fileid"
	"github.com/tare-oci/tare/analyze/source/image"
)

// Key names something in the store by what it is true of: a digest that was
// computed from the very bytes, or the identity of a file. Keys are made by the
// functions below and nowhere else. The zero Key names nothing: nothing is kept
// under it, and nothing is found.
type Key string

// LayerKey is the key of a layer's index, zero where none can be kept.
//
// A layer in a local file has the file's identity: its bytes may not be what the
// manifest beside it promises, so a digest must not answer for them. A layer
// from elsewhere has its digest; what a registry sends under it is checked. That of
// a sample has it, too, in a name of its own.
func LayerKey(l image.Layer) Key {
	if l.BuiltIn {
		return Key("built in " + l.Digest)
	}
	if l.At != nil {
		file, offset := fileOf(l.At)
		return fileKey(file, offset, l.Size)
	}
	return Key(l.Digest)
}

// fileOf finds the file that a reader reads, and where in it; nil for none.
func fileOf(at io.ReaderAt) (file *os.File, offset int64) {
	for {
		switch r := at.(type) {
		case *os.File:
			return r, offset
		case *io.SectionReader:
			outer, off, _ := r.Outer()
			at, offset = outer, offset+off
		default:
			return nil, 0
		}
	}
}

// fileKey is the key of size bytes at offset of an open file. Whoever writes to
// the file changes the key, also where its size, inode and time of modification
// stay what they were: the system's time of change cannot be set. Zero where the
// file cannot be told from others, or was written to a moment ago; then nothing
// is to be kept of it.
func fileKey(file *os.File, offset, size int64) Key {
	identity := fileid.Of(file)
	if identity == "" {
		return ""
	}
	return Key(fmt.Sprintf("file %s %d+%d", identity, offset, size))
}

// WholeFileKey is the key of all of an open file, zero where it has no identity.
func WholeFileKey(file *os.File) Key {
	if file == nil {
		return ""
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return fileKey(file, 0, info.Size())
}

// ByDigests is the key of a layer's index in which contents are not hashed: they
// have the digests that a table of contents names.
func (k Key) ByDigests() Key {
	if k == "" {
		return ""
	}
	return "digests:" + k
}

// TOCKey is the key of an index that was made from a layer's table of contents
// alone. It names both digests: whoever can make a table with that digest has
// made that table, but how long the last content of an eStargz layer is shows
// only where the table lies in the blob.
func TOCKey(l image.Layer) Key { return Key("toc:" + l.TOC.Digest + " " + l.Digest) }

// SentKeys are what the index of a layer that an engine sent may be kept under:
// the diff ID of a plain tar, else the digest of the blob.
func SentKeys(l image.Layer) []Key {
	var keys []Key
	if l.DiffID != "" {
		keys = append(keys, tarKey(l.DiffID))
	}
	if l.Digest != "" {
		keys = append(keys, Key(l.Digest))
	}
	return keys
}

// SentKey is the one of [SentKeys] that an index of such a layer is kept under.
func SentKey(x *scan.Index) Key {
	if x.MediaType == scan.MediaTar {
		return tarKey(x.Digest)
	}
	return Key(x.Digest)
}

func tarKey(diffID string) Key { return Key("tar " + diffID) }

// SnapshotKey is the key of what an engine says of an image, by the name that the
// source gives that.
func SnapshotKey(name string) Key { return Key(name) }

func blobKey(digest string) Key { return Key("blob " + digest) }

// ReportKey is the key of the answer to a question: all that the report follows
// from, and this build of the program. Zero where a part cannot be told from
// others.
func ReportKey(question ...any) Key {
	build := program()
	if build == "" {
		return ""
	}
	all, err := json.Marshal(append(question, build))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(all)
	return Key("report " + hex.EncodeToString(sum[:]))
}

// program tells this build of tare from every other: what another one found out
// does not count. Zero where the system does not say.
var program = sync.OnceValue(func() Key {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	return WholeFileKey(file)
})
