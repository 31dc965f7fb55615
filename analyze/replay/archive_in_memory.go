package replay

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/rope"
)

// Digests remembers what layers hash to. Counting the SHA-256 of a hundred megabytes
// takes longer than all the rest of a replay, and most layers are those of the replay
// before. It may be used by any number of goroutines; the zero value is ready.
type Digests struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]v1.Hash // by what the layer is made of
}

// zeros is what invented contents are made of, besides their heads.
var zeros [1 << 20]byte

// Archive returns the image as an uncompressed OCI archive (image-layout.md) in memory.
// It holds next to nothing, however large the image is. What stands for the digest of a
// layer is one of what the layer is made of: layers of equal content have equal ones, and
// nothing of a hundred megabytes is hashed. Such an archive is for counting, not for an
// engine; WriteOCI writes one.
func (img *Image) Archive() (*rope.Rope, error) {
	config := v1.ConfigFile{
		Created: v1.Time{Time: epoch}, OS: "linux", Architecture: "amd64", Config: img.Config,
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{}},
	}
	manifest := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Layers: []v1.Descriptor{}}
	blobs := rope.Tar{ModTime: epoch}
	written := map[v1.Hash]bool{}
	for _, l := range img.Layers {
		config.History = append(config.History, v1.History{
			Created: v1.Time{Time: epoch}, CreatedBy: l.CreatedBy, Comment: comment, EmptyLayer: l.Empty,
		})
		if l.Empty {
			continue
		}
		blob, err := l.rope()
		if err != nil {
			return nil, err
		}
		hash := (*Digests)(nil).of(blob)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, hash)
		manifest.Layers = append(manifest.Layers, v1.Descriptor{MediaType: types.OCIUncompressedLayer, Size: blob.Size(), Digest: hash})
		if written[hash] {
			continue
		}
		written[hash] = true
		if err := blobs.File(rope.BlobName(hash), blob); err != nil {
			return nil, err
		}
	}
	documents, err := rope.Documents(config, &manifest, nil)
	if err != nil {
		return nil, err
	}
	return rope.Layout(&blobs, documents)
}

// rope is the tar of a layer.
func (l Layer) rope() (*rope.Rope, error) {
	var r rope.Rope
	for _, e := range l.Entries {
		size, head := e.Size(), []byte(nil)
		if size > 0 {
			head = e.node.beginning()
		}
		b := bytes.NewBuffer(make([]byte, 0, rope.BlockSize+len(head))) // grows where a header takes more
		// A writer for this header alone: the content takes another way.
		if err := tar.NewWriter(b).WriteHeader(e.Header()); err != nil {
			return nil, err
		}
		if size > 0 {
			b.Write(head)
			r.Add(b.Bytes())
			for left := size - int64(len(head)); left > 0; left -= int64(len(zeros)) {
				r.Add(zeros[:min(left, int64(len(zeros)))])
			}
			r.Add(rope.Zeros[:-size&(rope.BlockSize-1)])
			continue
		}
		r.Add(b.Bytes())
	}
	r.Add(rope.Zeros[:])
	return &r, nil
}

// of returns the SHA-256 of a layer, or with no digests one of what it is made of.
func (d *Digests) of(blob *rope.Rope) v1.Hash {
	made := sha256.New()
	for piece := range blob.Pieces() {
		// A piece of zeros is identified by its length alone.
		if &piece[0] == &zeros[0] {
			_ = binary.Write(made, binary.LittleEndian, int64(-len(piece)))
			continue
		}
		_ = binary.Write(made, binary.LittleEndian, int64(len(piece)))
		made.Write(piece)
	}
	key := [sha256.Size]byte(made.Sum(nil))
	if d == nil {
		return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(key[:])}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if h, ok := d.known[key]; ok {
		return h
	}
	whole := sha256.New()
	for piece := range blob.Pieces() {
		whole.Write(piece)
	}
	h := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(whole.Sum(nil))}
	if d.known == nil {
		d.known = map[[sha256.Size]byte]v1.Hash{}
	}
	d.known[key] = h
	return h
}
