package imagetest

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Layer is one item of the image's history, with the layer it made unless Empty
// is set.
type Layer struct {
	Files       []File
	Compression Compression
	MediaType   types.MediaType // "" takes the usual one for the image and the compression
	Annotations map[string]string
	URLs        []string // of a foreign layer

	// Tar, when not nil, is the uncompressed layer instead of Files.
	Tar []byte
	// Blob, when not nil, is the layer as stored, whatever Tar and Compression
	// say. The diff ID stays that of the tar.
	Blob []byte

	CreatedBy string
	Comment   string    // "buildkit.dockerfile.v0", …
	Created   time.Time // Epoch when zero
	Empty     bool      // a history item without a layer
	NoHistory bool      // a layer without a history item
}

// Uncompressed returns the layer's tar: the bytes that its diff ID names.
func (l Layer) Uncompressed() []byte {
	return bytes.Clone(l.pack().whole)
}

// Stored returns the layer as a registry stores it: the bytes that its digest
// names.
func (l Layer) Stored() []byte { return bytes.Clone(l.pack().blob) }

// DiffID is the digest of the uncompressed tar.
func (l Layer) DiffID() v1.Hash { return l.pack().diffID }

// Digest is the sha256 digest of bytes.
func Digest(b []byte) v1.Hash {
	sum := sha256.Sum256(b)
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
}

// Tar packs entries as a tar archive with its two closing blocks of zeros.
func Tar(files ...File) []byte {
	whole, _ := pieces(files)
	return whole
}

// pieces packs entries as a tar archive, which it also returns in pieces: one slice an
// entry (its headers, content and padding) and a last one for the end of the archive.
func pieces(files []File) (whole []byte, each [][]byte) {
	const block = 512
	size := 2 * block
	for _, f := range files {
		size += block + (len(f.Body)+block-1)/block*block + len(f.Raw)
	}
	buf := bytes.NewBuffer(make([]byte, 0, size)) // grows where a header takes more than a block
	w := tar.NewWriter(buf)
	ends := make([]int, 0, len(files)+1)
	for _, f := range files {
		f.writeTo(w, buf)
		ends = append(ends, buf.Len())
	}
	check("end the archive", w.Close())
	ends = append(ends, buf.Len())

	whole = buf.Bytes()
	each, start := make([][]byte, 0, len(ends)), 0
	for _, end := range ends {
		each = append(each, whole[start:end:end])
		start = end
	}
	return whole, each
}

// history is the item that the layer leaves in the config.
func (l Layer) history() v1.History {
	created := l.Created
	if created.IsZero() {
		created = Epoch
	}
	return v1.History{
		Created: v1.Time{Time: created}, CreatedBy: l.CreatedBy, Comment: l.Comment, EmptyLayer: l.Empty,
	}
}
