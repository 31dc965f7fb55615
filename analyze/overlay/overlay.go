// Package overlay stacks the layers of an image into one tree and keeps the ledger: which
// names are visible in the merged filesystem and, for every file version, whether it still has
// a name, which layer took away the last one, and how.
//
//	b := overlay.New()
//	for _, index := range layers { // from package scan, the lowest first
//		tally, notes, err := b.Add(ctx, index, nil)
//	}
//	ledger, err := b.Finish(ctx)
//
// The tree is the one that overlay filesystems show (Docker's overlay2, containerd's
// overlayfs, Podman's overlay). These extract each layer into its own directory and let the
// kernel stack the directories, so a layer is added in two steps. First it is unpacked by
// itself (unpack_layer.go): a later entry replaces an earlier one with the same path, and
// paths lead only through symbolic links of this layer. Then it is laid over the layers below
// (apply_layer.go). A whiteout, a file named ".wh." and a name, hides that name below. An
// opaque whiteout, ".wh..wh..opq" in a directory, hides everything that lower layers have in
// it (apply_whiteout.go). A directory over a directory merges with it, and anything else hides what
// is at its path.
//
// The specification is "Layer Filesystem Changeset" in the OCI image spec (layer.md). Where
// engines differ from it and from each other, docs/ledger.md says which one tare follows.
//
// Adding a layer takes time proportional to its entries and to the names it hides. A name can
// be hidden only once, so a whole image takes time proportional to its entries. A Builder is
// for one goroutine.
package overlay

import (
	"context"
	"fmt"
	"io"
	"maps"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/secrets"
	"github.com/tare-oci/tare/model"
)

const (
	noRecord = model.NoRecord
	// maxLayers leaves room for model.StillThere in sixteen bits.
	maxLayers = 1<<16 - 2
	// maxNodes bounds the paths of an image, directories that no layer names included.
	maxNodes = 16 << 20
	// maxImplied bounds those directories alone: one name of a few bytes can imply
	// thousands, and archives of builders name nearly all.
	maxImplied = 1 << 20
)

// Builder stacks layers. It is not safe for concurrent use.
type Builder struct {
	tree  *model.Tree
	paths *pathTable

	// By node: the record whose name is visible there, and a list of children
	// that may be visible. A child that is hidden stays in the list until the
	// list is walked, so hiding never searches it.
	live      []model.RecordID
	firstLive []model.NodeID
	nextLive  []model.NodeID
	listed    []bool
	slotOf    []int32 // the place of the node in the layer that is being added

	// By record, for file versions: how many visible names it has, and its
	// content, as far as known.
	names    []int32
	contents []content

	// successor is the version that took the last name of a shadowed version at
	// the same path, where their sizes allow the contents to be the same.
	successor map[model.RecordID]model.RecordID

	// captured are the contents that the scan kept, and captureLinks the hard links
	// to them; touched says that the layer added last put a name of one there or
	// took one away.
	captured     map[model.RecordID][]byte
	captureLinks []model.RecordID
	executables  map[model.RecordID]*executable.File
	secrets      map[model.RecordID]secrets.Found
	libraries    map[model.RecordID]*language.Found
	touched      bool
	wanted       func(path string, size int64) bool
	past         map[model.RecordID][]byte // hidden contents; see Remember
	pastSize     int64                     // of them, in bytes
	lowerLinks   []model.RecordID          // hard links of the layer added last to lower ones

	describes bool // Content is asked for
	content   *model.LayerContent

	layers  []layer
	tally   *Tally // of the layer that is being added
	index   uint16
	steps   int // directories passed behind symbolic links so far
	implied int // directories that no layer names
	loops   int // files of the layer that no path leads to
	merged  int // directories of the layer that it also has a whiteout of
	torn    []TornLink
	notes   []string
	cost    cost
}

// layer is what the builder remembers of a stacked layer.
type layer struct {
	at  io.ReaderAt // set when contents can be read again in place
	key *scan.Key   // that its contents are hashed with
}

// content is where a version's bytes are and what they hash to.
type content struct {
	offset int64
	stored int64
	hash   scan.Sum
	hashed bool
	prefix bool // hash is that of its first scan.HeadBytes, until it is hashed
	digest bool // hash is of the SHA-256 that a table of contents names
	sparse bool
}

// Tally counts what a layer did to the paths below it.
type Tally struct {
	Added, Modified, Deleted int
}

// New returns a builder with no layers.
func New() *Builder {
	b := &Builder{
		tree: model.NewTree(), successor: make(map[model.RecordID]model.RecordID), captured: make(map[model.RecordID][]byte),
		past: make(map[model.RecordID][]byte), executables: make(map[model.RecordID]*executable.File), secrets: make(map[model.RecordID]secrets.Found), libraries: make(map[model.RecordID]*language.Found),
	}
	b.paths = newPathTable(b.tree)
	b.grow()
	b.tree.Starts = append(b.tree.Starts, 0)
	return b
}

// Add stacks the next layer. at, where not nil, gives the bytes of its
// uncompressed tar again, for contents that were not hashed when it was scanned.
// The index may be dropped afterwards. Notes are what a user should know. After
// an error, a cancelled context's included, the builder holds part of the layer:
// give it up.
func (b *Builder) Add(ctx context.Context, x *scan.Index, at io.ReaderAt) (Tally, []string, error) {
	if len(b.layers) >= maxLayers {
		return Tally{}, nil, &scan.LimitError{What: "the number of layers", Limit: fmt.Sprint(maxLayers)}
	}
	var tally Tally
	b.index, b.tally, b.notes, b.loops, b.merged = uint16(len(b.layers)), &tally, nil, 0, 0
	b.layers = append(b.layers, layer{at, x.Key})
	b.touched, b.lowerLinks = false, nil
	if err := b.cost.layer(x); err != nil {
		return tally, nil, err
	}
	b.reserve(len(x.Entries))

	u := b.newUnpacker(x)
	defer u.forget()
	if err := u.unpack(ctx); err != nil {
		return tally, nil, err
	}
	if b.content = nil; b.describes {
		b.content = u.describe()
	}
	if err := b.layOver(ctx, u); err != nil {
		return tally, nil, err
	}
	b.tree.Starts = append(b.tree.Starts, len(b.tree.Records))
	return tally, b.notes, b.cost.settle()
}

// Layers is how many layers have been added.
func (b *Builder) Layers() int { return len(b.layers) }

func (b *Builder) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// Tree is the tree as stacked so far. It belongs to the builder.
func (b *Builder) Tree() *model.Tree { return b.tree }

// Resolve follows the symbolic links in a directory's path, as the image is stacked
// so far. A path that leads nowhere is returned as it is.
func (b *Builder) Resolve(dir string) string {
	if b.cost.err != nil {
		return dir // the image is refused anyway
	}
	if n, ok := b.walk(dir); ok {
		b.cost.take(0, int64(b.cost.length[n]))
		return b.tree.Path(n)
	}
	return dir
}

// Find returns the node at a path of the image as stacked so far. Symbolic links are
// followed where they lead to a directory.
func (b *Builder) Find(path string) (model.NodeID, bool) {
	if b.cost.err != nil {
		return 0, false // the image is refused anyway
	}
	n, ok := b.walk(path)
	if !ok {
		n, ok = b.find(path)
	}
	if ok {
		b.cost.take(0, int64(b.cost.length[n]))
	}
	return n, ok
}

// Captured returns the contents that the scan kept and that are visible in the
// image as stacked so far, by each of their paths. The contents belong to the
// builder.
func (b *Builder) Captured() map[string][]byte {
	contents := make(map[string][]byte)
	for id, content := range b.captured {
		if r := &b.tree.Records[id]; r.Gone == model.StillThere {
			contents[b.tree.Path(r.Node)] = content
		}
	}
	for _, id := range b.captureLinks {
		if r := &b.tree.Records[id]; r.Gone == model.StillThere {
			contents[b.tree.Path(r.Node)] = b.captured[b.tree.Content(id)]
		}
	}
	return contents
}

// maxPast is how many bytes of hidden contents are remembered.
const maxPast = 8 << 20

// Remember makes the builder keep contents also once a later layer hides the file, as
// long as wanted reports so of its path and size and they are not too many together.
// It is to be called before the first layer is added.
func (b *Builder) Remember(wanted func(path string, size int64) bool) { b.wanted = wanted }

// remember keeps the content of a file whose last name is gone, or gives it back.
func (b *Builder) remember(id model.RecordID, content []byte) {
	size := int64(len(content))
	if b.wanted == nil || b.pastSize+size > maxPast || !b.wanted(b.tree.Path(b.tree.Records[id].Node), size) {
		b.cost.take(-size, 0)
		return
	}
	b.past[id] = content
	b.pastSize += size
}

// Contents returns the contents of the files that Remember is about, visible or
// hidden, by the record that holds them. The contents belong to the builder.
func (b *Builder) Contents() map[model.RecordID][]byte {
	contents := maps.Clone(b.past)
	add := func(name, content model.RecordID) {
		bytes := b.captured[content]
		if b.wanted != nil && b.wanted(b.tree.Path(b.tree.Records[name].Node), int64(len(bytes))) {
			contents[content] = bytes
		}
	}
	for id := range b.captured {
		add(id, id)
	}
	for _, link := range b.captureLinks {
		if id := b.tree.Content(link); b.captured[id] != nil {
			add(link, id)
		}
	}
	return contents
}

// Executables returns what the scan read of programs and scripts, by their records. The map
// belongs to the builder.
func (b *Builder) Executables() map[model.RecordID]*executable.File { return b.executables }

// Libraries returns what files say of packages of programming languages, by their records. The
// map is the builder's, and what it holds belongs to the layers' indexes.
func (b *Builder) Libraries() map[model.RecordID]*language.Found { return b.libraries }

// Secrets returns what the scan found in the contents of files, by their records. The map is
// the builder's.
func (b *Builder) Secrets() map[model.RecordID]secrets.Found { return b.secrets }

// Touched reports whether the layer added last changed what Captured returns.
func (b *Builder) Touched() bool { return b.touched }

// LowerLinks returns the hard links of the layer added last that lead to files of
// lower layers whose contents the scan did not keep: it did not know their names.
func (b *Builder) LowerLinks() []model.RecordID { return b.lowerLinks }

// Capture gives the builder a content as if the scan had kept it: that of the
// file that one of LowerLinks leads to.
func (b *Builder) Capture(link model.RecordID, content []byte) {
	b.captured[b.tree.Content(link)] = content
	b.cost.take(int64(len(content)), 0)
	b.captureLinks = append(b.captureLinks, link)
	b.touched = true
}

// count tells an added path from a modified one, once a layer.
func (b *Builder) count(n model.NodeID) {
	below := false
	for id := b.tree.Nodes[n].Last; id != noRecord; id = b.tree.Below(id) {
		r := &b.tree.Records[id]
		if r.Kind >= model.Whiteout || r.Layer == b.index && (r.Kind == model.Implied || r.Gone == b.index) {
			continue // not an entry, or one that the layer itself has replaced
		}
		if r.Layer == b.index {
			return
		}
		below = r.Gone == model.StillThere || r.Gone == b.index
		break
	}
	if below {
		b.tally.Modified++
	} else {
		b.tally.Added++
	}
}

// brief cuts a path that a note quotes.
func brief(path string) string {
	const most = 200
	if len(path) > most {
		return path[:most] + "…"
	}
	return path
}
