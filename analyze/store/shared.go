package store

import (
	"context"
	"strings"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
)

// Generation names what a scan finds out, for whoever keeps indexes elsewhere: those of
// another generation cannot be used.
var Generation = strings.NewReplacer("tare ", "", " ", "", "\n", "").Replace(magic)

// Shared keeps indexes where other machines find them, as package indexstore does. Its methods
// are safe for concurrent use.
type Shared interface {
	// Load returns the index of a layer, nil where there is none that can be believed.
	Load(ctx context.Context, l image.Layer) *scan.Index
	// Save keeps the index of a layer.
	Save(ctx context.Context, l image.Layer, x *scan.Index)
	// Has reports whether there seems to be an index of a layer.
	Has(ctx context.Context, digest string) bool
}

// ShareWith makes the store use what other machines keep, and the secret that they all hash
// contents with, in the place of the directory's own. It is to be called before anything else.
func (s *Store) ShareWith(shared Shared, secret [scan.KeySize]byte) {
	s.shared = shared
	s.keyOnce.Do(func() { s.key = scan.NewKey(secret) })
}

// SharedLayer returns the index of a layer that another machine read, and keeps it here; nil
// where there is none.
func (s *Store) SharedLayer(ctx context.Context, key Key, l image.Layer) *scan.Index {
	if !s.Shares() || !sharable(key, l) {
		return nil
	}
	x := s.shared.Load(ctx, l)
	if x != nil {
		x.Key = s.HashKey() // the same secret
		s.PutLayer(key, x)
	}
	return x
}

// ShareLayer keeps the index of a layer that was read where other machines find it.
func (s *Store) ShareLayer(ctx context.Context, key Key, l image.Layer, x *scan.Index) {
	if s.Shares() && sharable(key, l) && x.Digest == l.Digest {
		s.shared.Save(ctx, l, x)
	}
}

// ShareKnown keeps the index of a layer that is kept here where other machines find it, unless it is
// there.
func (s *Store) ShareKnown(ctx context.Context, key Key, l image.Layer) {
	if !s.Shares() || !sharable(key, l) || s.shared.Has(ctx, l.Digest) {
		return
	}
	if x := s.Layer(key); x != nil {
		s.ShareLayer(ctx, key, l, x)
	}
}

// Shares reports whether other machines use what is kept here. Then a layer's diff ID has to
// be computed, which its index is tied to there.
func (s *Store) Shares() bool { return s != nil && s.shared != nil }

// KnownLayer reports whether an index of the blob with a digest is kept here or where other
// machines find it. It may turn out damaged.
func (s *Store) KnownLayer(ctx context.Context, digest string) bool {
	return s.HasLayer(Key(digest)) || s.Shares() && s.shared.Has(ctx, digest)
}

// PublishedLayer reports whether an index of the blob with a digest is kept here and, where other
// machines use it, also there.
func (s *Store) PublishedLayer(ctx context.Context, digest string) bool {
	return s.HasLayer(Key(digest)) && (!s.Shares() || s.shared.Has(ctx, digest))
}

// sharable reports whether a key is true of a layer wherever it is: it is the digest of its
// blob, and no file of this machine.
func sharable(key Key, l image.Layer) bool {
	return l.At == nil && l.Digest != "" && key == Key(l.Digest)
}
