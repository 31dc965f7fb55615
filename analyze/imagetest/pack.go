package imagetest

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// packed is a layer in both its forms.
type packed struct {
	whole []byte   // the tar
	tar   [][]byte // the same, entry by entry
	blob  []byte

	annotations    map[string]string // that go with the blob
	diffID, digest v1.Hash           // of tar and blob
}

// pack writes a layer as a tar and compresses it.
func (l Layer) pack() packed {
	var p packed
	if l.Tar != nil {
		p.whole = bytes.Clone(l.Tar)
		p.tar = [][]byte{p.whole}
	} else {
		files := l.Files
		if l.Compression == EStargz {
			files = append([]File{landmark}, files...)
		}
		p.whole, p.tar = pieces(files)
	}
	key := keyOf(l.Compression, p.tar)
	if !made.get(key, &p) {
		p.blob = l.Compression.pack(&p)
		p.diffID = Digest(p.whole)
		p.digest = p.diffID
		if l.Compression != None {
			p.digest = Digest(p.blob)
		}
		made.put(key, p)
	}
	if l.Blob != nil {
		p.blob, p.annotations, p.digest = l.Blob, nil, Digest(l.Blob)
	}
	return p
}

// made remembers what layers were packed to. A test makes the same image many times: its
// config, its manifest and each form of archive begin with the layers. Compressing them and
// computing their digests takes thirty times as long as recognizing them.
var made packedLayers

// packedLayers may be used by many tests at the same time.
type packedLayers struct {
	sync.Mutex
	by    map[layerKey]packed
	bytes int
}

// maxMade is how many bytes of blobs are remembered.
const maxMade = 32 << 20

// layerKey tells layers apart that tests make, which nobody forges.
type layerKey struct {
	Compression
	pieces, bytes int
	sum           uint64
}

func keyOf(c Compression, tar [][]byte) layerKey {
	key, sum := layerKey{Compression: c, pieces: len(tar)}, xxhash.New()
	for _, piece := range tar {
		key.bytes += len(piece)
		_, _ = sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(piece))))
		_, _ = sum.Write(piece)
	}
	key.sum = sum.Sum64()
	return key
}

// get completes a layer whose tar is written already. The blob is a copy: some tests damage
// it.
func (m *packedLayers) get(key layerKey, p *packed) bool {
	m.Lock()
	defer m.Unlock()
	known, ok := m.by[key]
	if !ok {
		return false
	}
	p.blob, p.annotations = slices.Clone(known.blob), known.annotations
	p.diffID, p.digest = known.diffID, known.digest
	if known.tar != nil {
		p.tar = append(p.tar[:len(p.tar)-1:len(p.tar)-1], known.tar[0])
		p.whole = bytes.Join(p.tar, nil)
	}
	return true
}

// put remembers a packed layer, but of its tar only the table of contents that eStargz adds.
func (m *packedLayers) put(key layerKey, p packed) {
	if len(p.blob) > maxMade/2 {
		return
	}
	m.Lock()
	defer m.Unlock()
	if m.by == nil || m.bytes+len(p.blob) > maxMade {
		m.by, m.bytes = make(map[layerKey]packed), 0
	}
	m.bytes += len(p.blob)
	p.whole, p.blob = nil, slices.Clone(p.blob)
	if key.Compression == EStargz {
		p.tar = [][]byte{slices.Clone(p.tar[len(p.tar)-1])}
	} else {
		p.tar = nil
	}
	m.by[key] = p
}
