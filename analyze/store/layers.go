package store

import (
	"sync"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
)

// Layers carries scanned layers in memory from one analysis to the next, so that
// what two images share is read once. Give the same one to both, one after the
// other: the first puts its layers there, the second takes those that it has too,
// and the others are dropped as soon as its layers are known. A nil *Layers
// carries nothing. It is safe for concurrent use.
//
// Only layers that were read whole and verified are carried, by the digest of
// their blob: what a digest names is the same bytes wherever it lies. Those that
// are read in place, headers only, are read again; so are the layers of archives
// and engines that name them by no digest.
type Layers struct {
	mu      sync.Mutex
	indexes map[string]*scan.Index
	second  bool // the first analysis has ended
}

// Put leaves a layer for the second analysis.
func (s *Layers) Put(x *scan.Index) {
	if s == nil || x.Digest == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.second {
		return
	}
	if s.indexes == nil {
		s.indexes = make(map[string]*scan.Index)
	}
	s.indexes[x.Digest] = x
}

// Take returns the layer of a digest and forgets it, or nil. With verify it must
// be known to have that diff ID.
func (s *Layers) Take(l image.Layer, verify bool) *scan.Index {
	if s == nil || l.Digest == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.indexes[l.Digest]
	if !s.second || x == nil || x.CheckPromises(l, verify) != nil {
		return nil
	}
	delete(s.indexes, l.Digest)
	here := *x
	here.AsPushed = l.AsPushed || x.MediaType != scan.MediaTar // that depends on where a blob lies
	return &here
}

// TakeBlob is Take for a blob of a stream, which then need not be looked into: its
// place promises a digest. That promise is checked where verify asks for it.
func (s *Layers) TakeBlob(b *image.Blob, verify bool) *scan.Index {
	if verify {
		return nil
	}
	return s.Take(image.Layer{Digest: b.Digest}, false)
}

// Retain drops all but the layers of the second image.
func (s *Layers) Retain(layers []image.Layer) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.second {
		return
	}
	wanted := make(map[string]bool)
	for _, l := range layers {
		wanted[l.Digest] = true
	}
	for digest := range s.indexes {
		if !wanted[digest] {
			delete(s.indexes, digest)
		}
	}
}

// Release ends an analysis. After the second one nothing is left.
func (s *Layers) Release() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.second {
		s.indexes = nil
	}
	s.second = true
}
