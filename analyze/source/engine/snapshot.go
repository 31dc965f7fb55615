package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/image"
)

// inspected is what an engine says of an image before it sends it.
type inspected struct {
	named  string         // engine and image
	id     string         // of the image: the digest of its config, manifest or index
	config *v1.ConfigFile // with every item of the history, layer or not
	open   func(ctx context.Context) (*image.Image, error)
}

// snapshot is what has to be kept of an engine's image, so that it need not be
// sent again: what the engine does not tell in a small answer.
type snapshot struct {
	ID      string // of the config; the engine's own may be of a manifest or an index
	Created time.Time
	History []snapshotItem // for each of the engine's
	Layers  []snapshotLayer
	Source  string
	Notes   []string
}

type snapshotItem struct {
	Created time.Time
	Empty   bool
	Author  string
}

type snapshotLayer struct {
	Blob, Digest, DiffID, MediaType string
	Size                            int64
	AsPushed                        bool `json:"Wire"` // as snapshots in caches have it
}

func (t *inspected) Key() string { return t.named }

func (t *inspected) ID() string { return t.id }

func (t *inspected) Again(ctx context.Context) (*image.Image, error) { return t.open(ctx) }

// Matches compares by the image's ID, and where the engine's is of another kind by
// all that it said.
func (t *inspected) Matches(img *image.Image) bool {
	if sent, ok := img.Stream.(*archive.Stream); ok && sent.LeadsTo(t.id, img.ID) {
		return true
	}
	return img.Config != nil && t.take(img) != nil
}

func (t *inspected) Snapshot(img *image.Image) []byte {
	if img.Config == nil || img.Provenance != nil || len(img.Annotations) > 0 || img.Digest != "" {
		return nil
	}
	s := t.take(img)
	if s == nil {
		return nil
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return doc
}

// take is a snapshot that makes an image of what the engine said; nil where that
// is another image.
func (t *inspected) take(img *image.Image) *snapshot {
	s := snapshot{ID: img.ID, Created: img.Config.Created.Time, Source: img.Source, Notes: img.Notes}
	for _, h := range img.Config.History {
		s.History = append(s.History, snapshotItem{h.Created.Time, h.EmptyLayer, h.Author})
	}
	for _, l := range img.Layers {
		s.Layers = append(s.Layers, snapshotLayer{l.Blob, l.Digest, l.DiffID, l.MediaType, l.Size, l.AsPushed})
	}
	if config, ok := s.complete(t.config); !ok || !sameConfig(config, img.Config) {
		return nil
	}
	return &s
}

func (t *inspected) Restore(img *image.Image, doc []byte) bool {
	var s snapshot
	if json.Unmarshal(doc, &s) != nil || s.ID == "" {
		return false
	}
	config, ok := s.complete(t.config)
	if !ok || len(s.Layers) != len(config.RootFS.DiffIDs) {
		return false
	}
	layers := make([]image.Layer, len(s.Layers))
	for n, l := range s.Layers {
		if l.DiffID != config.RootFS.DiffIDs[n].String() {
			return false
		}
		layers[n] = image.Layer{Blob: l.Blob, Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType, Size: l.Size, AsPushed: l.AsPushed}
	}
	img.Config, img.Layers, img.ID, img.Source, img.Notes, img.Stream = config, layers, s.ID, s.Source, s.Notes, nil
	return true
}

// complete adds to what the engine said what it did not.
func (s *snapshot) complete(said *v1.ConfigFile) (*v1.ConfigFile, bool) {
	if len(said.History) != len(s.History) {
		return nil, false
	}
	config := said.DeepCopy()
	config.Created.Time = s.Created
	for i := range config.History {
		h := &config.History[i]
		h.Created.Time, h.EmptyLayer, h.Author = s.History[i].Created, s.History[i].Empty, s.History[i].Author
	}
	return config, true
}

// sameConfig compares what tare looks at in a config.
func sameConfig(a, b *v1.ConfigFile) bool {
	return bytes.Equal(essence(a), essence(b))
}

func essence(c *v1.ConfigFile) []byte {
	doc, err := json.Marshal(v1.ConfigFile{
		Created: c.Created, History: c.History, RootFS: c.RootFS, Config: c.Config, OS: c.OS, Architecture: c.Architecture, Variant: c.Variant,
	})
	if err != nil {
		return nil
	}
	return doc
}
