// Package scan reads one layer once, front to back, and keeps what the rest of tare needs to
// know about it: an [Index] of its entries, with the size, the content hash and the compressed
// share of every file version.
//
//	index, err := scan.Layer(ctx, layer, scan.Options{}) // layer is from package source
//
// An entry is one header of the layer's tar with the content that follows it. The share of a
// file is the part of the stored blob that it takes up, which is what it costs to pull. Shares
// are computed from marks: positions in the blob whose offset is known both compressed and
// decompressed.
//
// A compressed layer streams through: it is decompressed (package inflate for gzip,
// klauspost/compress for zstd), its tar is parsed (tar.go) and its contents are hashed. An
// uncompressed layer in a local file is read in place: only headers, skipping the contents,
// which are hashed later and only if the answer needs it. A layer with a table of contents
// (eStargz, zstd:chunked) need not be read at all ([TOC]).
//
// Formats: POSIX pax, ustar and GNU tar; whiteouts as in layer.md of the OCI image spec
// (whiteout_names.go). Limits are listed in docs/limits.md. An Index takes about 50 bytes an entry
// plus its names; layers can be scanned at the same time, and a finished Index may be read by
// any number of goroutines.
package scan

import (
	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/model"
)

// Index is what tare keeps of one layer. It is immutable once made.
type Index struct {
	Entries []Entry
	// Times are the entries' times of modification, in seconds since 1970 and modulo
	// 2^32, in the order of Entries. They tell why two tars of the same tree differ.
	Times []uint32
	// Extras are what some entries have beside what an Entry says: extended
	// attributes and the numbers of devices, as a hash, in the order of the entries.
	Extras []Extra
	// OwnerNames tells apart what names the tar gives to the owners of its entries,
	// which engines do not heed: they go by the numbers.
	OwnerNames uint64
	// Dirs are the directories that entries lie in: clean paths, "" for the root.
	Dirs []string
	// Attributes are the distinct modes and owners.
	Attributes []model.Attributes
	// Links are the targets of symbolic links (as written) and of hard links
	// (clean paths).
	Links []string
	// Captured are the contents that Options.Capture asked for.
	Captured [][]byte
	// Executables are the programs and scripts among the entries, where Options asked
	// for them, in the order of the entries.
	Executables []Executable
	// Secrets are what was found in the contents of files, where Options asked for it, in the
	// order of the entries. A layer that was read by its table of contents has none.
	Secrets []Secret
	// Libraries are what files say of packages of programming languages, where Options asked
	// for it, in the order of the entries. A layer that was read by its table of contents has
	// none.
	Libraries []Library
	// Notes tell what was odd about the layer, one sentence each.
	Notes []string

	MediaType string // by content
	Digest    string // of the blob, "sha256:…", if all of it was read and hashed; else ""
	DiffID    string // of the decompressed tar, likewise
	BlobSize  int64  // bytes of the blob
	TarSize   int64  // bytes of the decompressed tar
	// AsPushed is true where BlobSize and the shares are what a registry would send.
	AsPushed bool
	// TOC is true where the layer was read by its table of contents: TarSize is not
	// known and 0.
	TOC bool
	// Key is what the entries' hashes were made with. It is not encoded.
	Key *Key

	names []byte
}

// Entry is one tar entry that matters: one that puts something at a path, or a
// whiteout that takes something away.
type Entry struct {
	Size   int64  // real size; 0 unless Kind is model.File
	Stored int64  // bytes of content in the tar; less than Size for a sparse file
	Offset int64  // of the content in the decompressed tar
	Share  int64  // of the blob
	Hash   Sum    // of the content, as Flags tell
	Dir    uint32 // in Index.Dirs
	Link   uint32 // links: in Index.Links; a captured file: in Index.Captured, plus one
	Owner  uint32 // in Index.Attributes
	name   uint32 // offset of the base name
	length uint16
	Kind   model.Kind
	Flags  Flags
}

// Executable is what the headers of a program or script say.
type Executable struct {
	Entry int32 // in Index.Entries
	executable.File
}

// Extra is a hash of an entry's extended attributes and device numbers. Whoever makes a
// layer can make two of them collide; it is for finding differences, not for proving
// that there is none.
type Extra struct {
	Entry int32 // in Index.Entries
	Hash  uint64
}

// Flags are an entry's particulars.
type Flags uint8

const (
	// Hashed: Hash is the content's.
	Hashed Flags = 1 << iota
	// Sparse: the content is stored with holes; it is never hashed.
	Sparse
	// Aside: the entry lies in AUFS's link directory (.wh..wh.plnk): no path of the
	// filesystem, but hard links may point to it.
	Aside
	// HashedSHA256: Hash is that of the content's SHA-256, not of its bytes.
	HashedSHA256
	// HashedPrefix: Hash is that of the content's first HeadBytes, which is all that was
	// read of it.
	HashedPrefix
	// Device: the whiteout is a device of the numbers 0 and 0, which stands at the
	// path itself and so also takes the place of what the layer had there.
	Device
)

// HeadBytes is how much of a content a scan in place looks at. It lies behind
// the header, in what has been read anyway, and tells most contents apart.
const HeadBytes = 4096

// Name returns the last component of an entry's path. The bytes belong to the
// index.
func (x *Index) Name(e *Entry) []byte { return x.names[e.name : e.name+uint32(e.length)] }

// Path returns an entry's clean path.
func (x *Index) Path(e *Entry) string {
	if dir := x.Dirs[e.Dir]; dir != "" {
		return dir + "/" + string(x.Name(e))
	}
	return string(x.Name(e))
}

// Totals adds up the layer's file versions: how many, their sizes, what the tar
// stores beside their content (meaningless where TOC is set), and what the blob
// does.
func (x *Index) Totals() (files int, size, overhead, compressedOverhead int64) {
	overhead, compressedOverhead = x.TarSize, x.BlobSize
	for i := range x.Entries {
		if e := &x.Entries[i]; e.Kind == model.File {
			files++
			size += e.Size
			overhead -= e.Stored
			compressedOverhead -= e.Share
		}
	}
	return files, size, overhead, compressedOverhead
}
