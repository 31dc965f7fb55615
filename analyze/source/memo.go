package source

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// told is what an engine says of an image before it sends it. What comes may be
// another image: a tag can move between the question and the answer.
type told struct {
	key    string         // engine and image
	id     string         // of the image: the digest of its config, manifest or index
	config *v1.ConfigFile // with every item of the history, layer or not
	again  func(ctx context.Context) (*Image, error)
}

// memo is what has to be remembered of an engine's image, so that it need not be
// sent again: what the engine does not tell in a small answer. Nothing of it is
// a secret: variables and commands are asked for each time.
type memo struct {
	ID      string // of the config; the engine's own may be of a manifest or an index
	Created time.Time
	History []memoItem // for each of the engine's
	Layers  []memoLayer
	Source  string
	Notes   []string
}

type memoItem struct {
	Created time.Time
	Empty   bool
	Author  string
}

type memoLayer struct {
	Blob, Digest, DiffID, MediaType string
	Size                            int64
	Wire                            bool
}

// MemoKey names the image that an engine says it will send; "" elsewhere. It is
// known before the stream begins.
func (i *Image) MemoKey() string {
	if i.told == nil {
		return ""
	}
	return i.told.key
}

// AsNamed reports whether what an engine has sent is the image that it named
// beforehand, be it by the image's ID or by all that it said of it. Ask when the
// stream has ended.
func (i *Image) AsNamed() bool { return i.told == nil || i.named(i.told) }

func (i *Image) named(t *told) bool {
	if sent, ok := i.Stream.(*tarStream); ok && sent.leadsTo(t.id, i.ID) {
		return true
	}
	return i.Config != nil && i.rebuilt(t) != nil
}

// NameAgain asks the engine again for the image's name, and returns the image as
// it names it now, to be looked at and closed; nil where what came is not that
// one either. What is kept of the image goes under the new name from now on, or
// under none.
func (i *Image) NameAgain(ctx context.Context) *Image {
	now, err := i.told.again(ctx)
	if err == nil && i.named(now.told) {
		i.told = now.told
		return now
	}
	if err == nil {
		now.Close()
	}
	i.told = nil
	return nil
}

// Memo is what Recall needs to do without the stream; nil where the engine does
// not tell enough beforehand. Call it when the stream has ended.
func (i *Image) Memo() []byte {
	if i.told == nil || i.Config == nil || i.Provenance != nil || len(i.Annotations) > 0 || i.Digest != "" {
		return nil
	}
	m := i.rebuilt(i.told)
	if m == nil {
		return nil
	}
	doc, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	return doc
}

// rebuilt is a memo that makes this image of what an engine told; nil where that
// is another image.
func (i *Image) rebuilt(t *told) *memo {
	m := memo{ID: i.ID, Created: i.Config.Created.Time, Source: i.Source, Notes: i.Notes}
	for _, h := range i.Config.History {
		m.History = append(m.History, memoItem{h.Created.Time, h.EmptyLayer, h.Author})
	}
	for _, l := range i.Layers {
		m.Layers = append(m.Layers, memoLayer{l.Blob, l.Digest, l.DiffID, l.MediaType, l.Size, l.Wire})
	}
	if config, ok := m.config(t.config); !ok || !sameConfig(config, i.Config) {
		return nil
	}
	return &m
}

// Recall completes the image from a memo of it, without its stream, and says
// whether it could. The layers cannot be read then.
func (i *Image) Recall(doc []byte) bool {
	var m memo
	if i.told == nil || json.Unmarshal(doc, &m) != nil || m.ID == "" {
		return false
	}
	config, ok := m.config(i.told.config)
	if !ok || len(m.Layers) != len(config.RootFS.DiffIDs) {
		return false
	}
	layers := make([]Layer, len(m.Layers))
	for n, l := range m.Layers {
		if l.DiffID != config.RootFS.DiffIDs[n].String() {
			return false
		}
		layers[n] = Layer{Blob: l.Blob, Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType, Size: l.Size, Wire: l.Wire}
	}
	i.Config, i.Layers, i.ID, i.Source, i.Notes, i.Stream = config, layers, m.ID, m.Source, m.Notes, nil
	return true
}

// config adds to what the engine told what it did not.
func (m *memo) config(told *v1.ConfigFile) (*v1.ConfigFile, bool) {
	if len(told.History) != len(m.History) {
		return nil, false
	}
	config := told.DeepCopy()
	config.Created.Time = m.Created
	for i := range config.History {
		h := &config.History[i]
		h.Created.Time, h.EmptyLayer, h.Author = m.History[i].Created, m.History[i].Empty, m.History[i].Author
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
