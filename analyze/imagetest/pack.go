package imagetest

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/cespare/xxhash/v2"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// packed is a layer in both its forms. Many images share it, so whoever hands out whole or blob
// hands out a copy: some tests damage what they get.
type packed struct {
	whole []byte   // the tar
	tar   [][]byte // the same, entry by entry
	blob  []byte

	annotations    map[string]string // that go with the blob
	diffID, digest v1.Hash           // of tar and blob
}

// pack writes a layer as a tar and compresses it.
func (l Layer) pack() packed {
	files := l.Files
	if l.Compression == EStargz {
		files = append([]File{landmark}, files...)
	}
	key := l.key(files)
	p, ok := made.get(key)
	if !ok {
		if l.Tar != nil {
			p.whole = bytes.Clone(l.Tar)
			p.tar = [][]byte{p.whole}
		} else {
			p.whole, p.tar = pieces(files)
		}
		p.blob = l.Compression.pack(&p)
		p.diffID = Digest(p.whole)
		p.digest = p.diffID
		if l.Compression != None {
			p.digest = Digest(p.blob)
		}
		p.tar = nil
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

// maxMade is how many bytes of tars and blobs are remembered.
const maxMade = 64 << 20

// layerKey tells layers apart that tests make, which nobody forges.
type layerKey struct {
	Compression
	bytes int
	sum   uint64
}

// key is made of the layer's tar and of where its entries end. The tar is written for it, but
// into nothing: of most layers nobody asks for more than the digests, once they are known.
func (l Layer) key(files []File) layerKey {
	s := summing{sum: xxhash.New()}
	if l.Tar != nil {
		_, _ = s.Write(l.Tar)
		s.end()
	} else {
		w := tar.NewWriter(&s)
		for _, f := range files {
			f.writeTo(w, &s)
			s.end()
		}
		check("end the archive", w.Close())
		s.end()
	}
	return layerKey{Compression: l.Compression, bytes: s.bytes, sum: s.sum.Sum64()}
}

// summing adds up what is written.
type summing struct {
	sum   *xxhash.Digest
	bytes int
}

func (s *summing) Write(p []byte) (int, error) {
	s.bytes += len(p)
	return s.sum.Write(p)
}

// end ends an entry.
func (s *summing) end() { _, _ = s.sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(s.bytes))) }

func (m *packedLayers) get(key layerKey) (packed, bool) {
	m.Lock()
	defer m.Unlock()
	p, ok := m.by[key]
	return p, ok
}

func (m *packedLayers) put(key layerKey, p packed) {
	size := len(p.blob)
	if key.Compression != None { // else they are the same bytes
		size += len(p.whole)
	}
	if size > maxMade/2 {
		return
	}
	m.Lock()
	defer m.Unlock()
	if m.by == nil || m.bytes+size > maxMade {
		m.by, m.bytes = make(map[layerKey]packed), 0
	}
	m.bytes += size
	m.by[key] = p
}
