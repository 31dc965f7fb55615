package fleet

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/tare-oci/tare/model"
)

// partFormat is the version of what Encode writes.
const partFormat = 5

// Part is what is known of some of the images of a fleet, see the package comment. The maps'
// keys are made in this package. A Part is not safe for concurrent use.
type Part struct {
	Format int  `json:"format"`
	Read   bool `json:"read"` // layers were asked for
	// By is what makes a team. Parts to be merged need the same.
	By     string              `json:"by"`
	Notes  []string            `json:"notes,omitempty"` // what to know beside the images, sorted
	Images map[string]*Image   `json:"images"`
	Layers map[string]*Layer   `json:"layers"` // by digest or, where no blob is known, diff ID
	Bases  map[string]*Content `json:"bases"`  // by chain
}

// State is how much is known of an image.
type State int

const (
	Failed    State = iota // it could not be opened
	Described              // its manifest and config are known
	Unread                 // and its layers could not be read
	Judged                 // it was analysed
)

// Image is what is known of one image.
type Image struct {
	State      State      `json:"state"`
	Error      string     `json:"error,omitempty"` // of Failed and Unread
	References []string   `json:"references"`      // sorted
	Hosts      []string   `json:"hosts,omitempty"` // registries that have it, sorted
	Teams      []string   `json:"teams,omitempty"` // sorted
	Runs       bool       `json:"runs,omitempty"`  // a workload runs it
	Source     string     `json:"source,omitempty"`
	Digest     string     `json:"digest,omitempty"`
	ID         string     `json:"id,omitempty"`
	EngineID   string     `json:"engineId,omitempty"` // the engine's own, a digest of config, manifest or index
	Platform   string     `json:"platform,omitempty"`
	Created    *time.Time `json:"created,omitempty"`
	Layers     []string   `json:"layers,omitempty"` // in Part.Layers, the lowest first
	// Sizes are by layer what the image's own manifest says that a registry sends, -1 where it says nothing.
	Sizes []int64 `json:"sizes,omitempty"`
	// Unlisted says that nobody knows yet which layers it has: an engine and standard input list them only
	// when they are read.
	Unlisted bool `json:"unlisted,omitempty"`
	// NotPulled is why this is an engine's copy although the image's registry was asked first; "" for others.
	NotPulled string `json:"notPulled,omitempty"`
	Base      Base   `json:"base"`

	// The rest is known of those that are Judged.
	Size       int64    `json:"size,omitempty"`
	Wasted     int64    `json:"wasted,omitempty"`
	WastedPull *int64   `json:"wastedPull,omitempty"` // of what a registry sends
	Avoidable  int64    `json:"avoidable,omitempty"`
	Efficiency float64  `json:"efficiency,omitempty"`
	Changes    []Change `json:"changes,omitempty"`
}

// Base is what an image's own description says of its base.
type Base struct {
	Layers int    `json:"layers,omitempty"`
	How    string `json:"how,omitempty"`
	Name   string `json:"name,omitempty"` // without digest; "" for none
	// Digest is what a label gives as the base's, where the layers are a guess.
	Digest string `json:"digest,omitempty"`
}

// isGuess reports whether nobody told where the base ends, so that a name of it comes from a label.
func (b *Base) isGuess() bool {
	return b.How == "" || b.How == model.BaseNone || b.How == model.BaseByHistory
}

// Change is a change in one image.
type Change struct {
	Title      string           `json:"title"`
	Kind       model.ChangeKind `json:"kind"`
	Confidence model.Confidence `json:"confidence"`
	ID         string           `json:"id"`
	Bytes      int64            `json:"bytes"`
}

// Layer is what is known of one layer.
type Layer struct {
	Digest     string     `json:"digest,omitempty"`
	DiffID     string     `json:"diffId,omitempty"`
	Compressed *int64     `json:"compressed,omitempty"` // as manifests say it, the smallest
	Counted    *int64     `json:"counted,omitempty"`    // the same, counted where a registry's blob was read
	Size       *int64     `json:"size,omitempty"`       // of files; known where it was read
	Created    *time.Time `json:"created,omitempty"`
	Keyword    string     `json:"keyword,omitempty"`
	Text       string     `json:"text,omitempty"`
	Waste      *Waste     `json:"waste,omitempty"` // nil where no image with it was judged
	// Changes are what the changes save of the layer, by kind and title.
	Changes map[string]Saved `json:"changes,omitempty"`
}

// Waste is what one image wastes of a layer.
type Waste struct {
	In         string      `json:"in"` // in Part.Images
	Bytes      int64       `json:"bytes"`
	Compressed *int64      `json:"compressed,omitempty"`
	Rules      []RuleWaste `json:"rules,omitempty"` // by name
}

// RuleWaste is what of a layer's waste one rule holds.
type RuleWaste struct {
	Rule       string `json:"rule"`
	Bytes      int64  `json:"bytes"`
	Compressed *int64 `json:"compressed,omitempty"`
}

// Saved is what a change saves of a layer.
type Saved struct {
	Bytes      int64  `json:"bytes"`
	Avoidable  int64  `json:"avoidable"` // of Bytes, what counts as waste
	Compressed *int64 `json:"compressed,omitempty"`
}

// New returns a part that knows nothing yet.
func New(by string) *Part {
	return &Part{Format: partFormat, By: by, Images: make(map[string]*Image), Layers: make(map[string]*Layer), Bases: make(map[string]*Content)}
}

// Note adds a sentence for whoever reads the table.
func (p *Part) Note(text string) { p.Notes = union(p.Notes, []string{text}) }

// Encode writes a part. The same part gives the same bytes.
func (p *Part) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(p)
}

// MaxPart is how many bytes a part may have that Decode reads.
const MaxPart = 1 << 30

// Decode reads what Encode wrote. The error is one line without the name of the file.
func Decode(r io.Reader) (*Part, error) {
	p := &Part{}
	limited := &io.LimitedReader{R: r, N: MaxPart + 1}
	err := json.NewDecoder(limited).Decode(p)
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("it has more than %d bytes", MaxPart)
	case err != nil:
		return nil, fmt.Errorf("it is no part of a fleet, or it was cut off (%w)", err)
	case p.Format != partFormat:
		return nil, fmt.Errorf("it has format %d, and this version of tare reads %d; make it again", p.Format, partFormat)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return Merge(p) // whose maps are all there
}

// Merge joins parts, see the package comment. It changes none of them, but what it returns
// shares their values. The error says that they do not belong together.
func Merge(parts ...*Part) (*Part, error) {
	if len(parts) == 0 {
		return New(""), nil
	}
	all := New(parts[0].By)
	for _, p := range parts {
		if p.By != all.By {
			return nil, fmt.Errorf("one part has teams by %s and another by %s; make them with the same --by", cmp.Or(all.By, "nothing"), cmp.Or(p.By, "nothing"))
		}
		all.Read, all.Notes = all.Read || p.Read, union(all.Notes, p.Notes)
		for key, img := range p.Images {
			all.addImage(key, img)
		}
		for key, l := range p.Layers {
			all.addLayer(key, l)
		}
		for chain, c := range p.Bases {
			all.addBase(chain, c)
		}
	}
	return all, nil
}

// addImage joins what is known of an image with what is known already.
func (p *Part) addImage(key string, img *Image) {
	old := p.Images[key]
	if old == nil {
		p.Images[key] = img
		return
	}
	best := *old
	if img.State > old.State || img.State == old.State && before(img.facts(), old.facts()) {
		best = *img
	}
	best.References = union(old.References, img.References)
	best.Hosts, best.Teams, best.Runs = union(old.Hosts, img.Hosts), union(old.Teams, img.Teams), old.Runs || img.Runs
	p.Images[key] = &best
}

// facts are what of an image Merge does not unite.
func (img *Image) facts() Image {
	f := *img
	f.References, f.Hosts, f.Teams, f.Runs = nil, nil, nil, false
	return f
}

// addLayer joins what is known of a layer with what is known already: of each field the
// smaller of two values by a total order, of waste and savings the larger.
func (p *Part) addLayer(key string, l *Layer) {
	old := p.Layers[key]
	if old == nil {
		p.Layers[key] = l
		return
	}
	best := *old
	best.Digest, best.DiffID = smaller(old.Digest, l.Digest), smaller(old.DiffID, l.DiffID)
	best.Compressed, best.Size = least(old.Compressed, l.Compressed), least(old.Size, l.Size)
	best.Counted = least(old.Counted, l.Counted)
	if best.Created == nil || l.Created != nil && l.Created.Before(*best.Created) {
		best.Created = l.Created
	}
	if old.Text == "" || l.Text != "" && cmp.Or(cmp.Compare(l.Text, old.Text), cmp.Compare(l.Keyword, old.Keyword)) < 0 {
		best.Keyword, best.Text = l.Keyword, l.Text
	}
	best.Waste = worse(old.Waste, l.Waste)
	if len(l.Changes) > 0 {
		best.Changes = maps.Clone(old.Changes)
		if best.Changes == nil {
			best.Changes = make(map[string]Saved, len(l.Changes))
		}
		for title, saved := range l.Changes {
			if known, ok := best.Changes[title]; ok {
				saved = larger(known, saved)
			}
			best.Changes[title] = saved
		}
	}
	p.Layers[key] = &best
}

// addBase keeps what is known of a base; whoever looks at one sees the same.
func (p *Part) addBase(chain string, c *Content) {
	if old := p.Bases[chain]; old == nil || before(c, old) {
		p.Bases[chain] = c
	}
}

// worse returns the larger of two wastes of a layer. Of two that waste as much, what they are counted by decides, so
// that figures do not depend on where the images lie. If nobody knows the compressed bytes of one of these, those of
// the layer are not known: the two may waste different files.
func worse(a, b *Waste) *Waste {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	c := cmp.Or(
		cmp.Compare(b.Bytes, a.Bytes), slices.CompareFunc(a.Rules, b.Rules, compareRules),
		unknownFirst(a.Compressed, b.Compressed), slices.CompareFunc(a.Rules, b.Rules, func(x, y RuleWaste) int { return unknownFirst(x.Compressed, y.Compressed) }), cmp.Compare(a.In, b.In),
	)
	if c <= 0 {
		return a
	}
	return b
}

// compareRules orders what rules count, by what is known everywhere.
func compareRules(a, b RuleWaste) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(b.Bytes, a.Bytes))
}

// unknownFirst orders two figures, one that is not known before the larger before the smaller.
func unknownFirst(a, b *int64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*b, *a)
}

// larger returns the larger of two savings. Of two that save as much, one whose compressed bytes are not known leaves
// those of the layer unknown.
func larger(a, b Saved) Saved {
	if cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Avoidable, a.Avoidable), unknownFirst(a.Compressed, b.Compressed)) <= 0 {
		return a
	}
	return b
}

// value is a figure, -1 where it is not known.
func value(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// least returns the smaller of two figures that are known.
func least(a, b *int64) *int64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// smaller returns the smaller of two texts that are not empty.
func smaller(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// before orders two values that should be the same, by what Encode writes of them, so that
// it does not matter which comes first where they are not.
func before(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Compare(x, y) < 0
}

// union joins two sorted lists.
func union(a, b []string) []string {
	if len(b) == 0 || slices.Equal(a, b) {
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
