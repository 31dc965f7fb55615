// Package overlay stacks the layers of an image and keeps the ledger: which
// names are visible in the merged filesystem, and for every file version whether
// it still has a name, which layer took the last one, and how.
//
// A layer is applied as container engines do it (OCI image spec, "Layer
// Filesystem Changeset"): first its whiteouts, which act on the layers below
// only, wherever in the tar they stand; then its entries in order. Adding a
// layer costs time in proportion to its own entries and to the names it hides;
// as a name can be hidden only once, an image costs time in proportion to its
// entries.
package overlay

import (
	"context"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

const (
	noRecord = model.NoRecord
	// maxLayers leaves room for model.StillThere in sixteen bits.
	maxLayers = 1<<16 - 2
	// maxNodes bounds the paths of an image, folders that no layer names included.
	maxNodes = 16 << 20
	// maxImplied bounds those folders alone: one name of a few bytes can imply
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

	// By record, for file versions: how many visible names it has, and its
	// content, as far as known.
	names    []int32
	contents []content

	// successor is the version that took the last name of a shadowed version at
	// the same path, where their sizes allow the contents to be the same.
	successor map[model.RecordID]model.RecordID

	// captured are the contents that the scan kept; touched says that the layer
	// added last put one there or took one away.
	captured map[model.RecordID][]byte
	touched  bool

	layers  []layer
	tally   *Tally // of the layer that is being added
	index   uint16
	cache   dirCache
	steps   int // folders passed behind symbolic links so far
	implied int // folders that no layer names
	loops   int // files of the layer that no path leads to
	aside   map[string]model.RecordID
	notes   []string
}

// layer is what the builder remembers of a stacked layer.
type layer struct {
	at io.ReaderAt // set when contents can be read again in place
}

// content is where a version's bytes are and what they hash to.
type content struct {
	offset int64
	stored int64
	hash   uint64
	hashed bool
	headed bool // hash is that of its first scan.HeadBytes, until it is hashed
	digest bool // hash is of the SHA-256 that a table of contents names
	sparse bool
}

// Tally counts what a layer did to the paths below it.
type Tally struct {
	Added, Modified, Deleted int
}

// New returns a builder with no layers.
func New() *Builder {
	b := &Builder{tree: model.NewTree(), successor: make(map[model.RecordID]model.RecordID), captured: make(map[model.RecordID][]byte)}
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
	b.index, b.tally, b.notes, b.loops = uint16(len(b.layers)), &tally, nil, 0
	b.layers = append(b.layers, layer{at: at})
	b.cache = dirCache{nodes: make([]model.NodeID, len(x.Dirs)), known: make([]uint32, len(x.Dirs)), epoch: 1}
	b.aside = make(map[string]model.RecordID)
	b.touched = false

	for i := range x.Entries {
		if e := &x.Entries[i]; e.Kind >= model.Whiteout {
			b.whiteout(x, e)
		}
	}
	var late []*scan.Entry // hard links that stand before their target
	for i := range x.Entries {
		e := &x.Entries[i]
		if e.Kind >= model.Whiteout {
			continue
		}
		if i%1024 == 0 && ctx.Err() != nil {
			return tally, nil, ctx.Err()
		}
		if e.Kind == model.Link && !b.link(x, e) {
			late = append(late, e)
		} else if e.Kind != model.Link {
			b.put(x, e)
		}
		if b.steps > maxSteps {
			return tally, nil, &scan.LimitError{What: "the way through the layer's symbolic links", Limit: fmt.Sprintf("%d folders", maxSteps)}
		}
		if b.implied > maxImplied {
			return tally, nil, &scan.LimitError{What: "the number of folders that no layer names", Limit: fmt.Sprint(maxImplied)}
		}
		if len(b.tree.Nodes) > maxNodes {
			return tally, nil, &scan.LimitError{What: "the number of paths in the image", Limit: fmt.Sprint(maxNodes)}
		}
	}
	lost := 0
	for _, e := range late {
		if !b.link(x, e) {
			if lost++; lost == 1 {
				b.note("hard link %q points to nothing and is left out", brief(x.Path(e)))
			}
		}
	}
	if lost > 1 {
		b.note("%d more hard links point to nothing and are left out", lost-1)
	}
	if b.loops > 1 {
		b.note("%d more files cannot be reached either", b.loops-1)
	}
	b.tree.Starts = append(b.tree.Starts, len(b.tree.Records))
	return tally, b.notes, nil
}

// Layers is how many layers have been added.
func (b *Builder) Layers() int { return len(b.layers) }

func (b *Builder) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// whiteout applies a whiteout or an opaque whiteout to the layers below.
func (b *Builder) whiteout(x *scan.Index, e *scan.Entry) {
	dir, ok := b.walk(x.Dirs[e.Dir], false)
	if !ok {
		return
	}
	at := dir
	if e.Kind == model.Whiteout {
		n, ok := b.paths.find(dir, x.Name(e))
		if !ok || b.live[n] == noRecord {
			return
		}
		at = n
	}
	before := b.tally.Deleted
	if e.Kind == model.Whiteout {
		b.hideTree(at, hiding{cause: model.Deleted, count: true})
	} else {
		b.hideBelow(at, hiding{cause: model.Deleted, count: true})
	}
	if b.tally.Deleted > before {
		b.record(at, model.Record{Kind: e.Kind, Owner: b.tree.Intern(x.Attributes[e.Owner])})
	}
}

// put applies an entry that is neither a whiteout nor a hard link.
func (b *Builder) put(x *scan.Index, e *scan.Entry) {
	r := model.Record{Kind: e.Kind, Size: model.SizeOf(e.Size), Owner: b.tree.Intern(x.Attributes[e.Owner]), Ref: model.NoRef}
	switch e.Kind {
	case model.File:
		r.Compressed = model.SizeUnknown
		if x.Wire {
			r.Compressed = model.SizeOf(e.Share)
		}
	case model.Symlink:
		r.Ref = b.tree.AddText(x.Links[e.Link])
	}
	c := content{offset: e.Offset, stored: e.Stored, hash: e.Hash, hashed: e.Flags&scan.Hashed != 0, headed: e.Flags&scan.Headed != 0, digest: e.Flags&scan.Digested != 0, sparse: e.Flags&scan.Sparse != 0}
	if e.Flags&scan.Aside != 0 {
		b.putAside(x.Path(e), r, c)
		return
	}
	dir, ok := b.dir(x, e.Dir)
	if !ok {
		if e.Kind == model.File {
			b.unreachable(x, e, r, c)
		}
		return
	}
	n := b.child(dir, x.Name(e))
	b.count(n)
	id := b.place(n, r, c)
	if e.Kind == model.File && e.Link > 0 {
		b.captured[id] = x.Captured[e.Link-1]
		b.touched = true
	}
}

// Tree is the tree as stacked so far. It belongs to the builder.
func (b *Builder) Tree() *model.Tree { return b.tree }

// Resolve follows the symbolic links in a folder's path, as the image is stacked
// so far. A path that leads nowhere is returned as it is.
func (b *Builder) Resolve(folder string) string {
	if n, ok := b.walk(folder, false); ok {
		return b.tree.Path(n)
	}
	return folder
}

// Captured returns the contents that the scan kept and that are visible in the
// image as stacked so far, by path, and whether the layer added last changed any
// of them. The contents belong to the builder.
func (b *Builder) Captured() (contents map[string][]byte, changed bool) {
	contents = make(map[string][]byte)
	for id, content := range b.captured {
		if r := &b.tree.Records[id]; r.Gone == model.StillThere {
			contents[b.tree.Path(r.Node)] = content
		}
	}
	return contents, b.touched
}

// unreachable keeps the bytes of a file that no path leads to, because its
// folder is a loop of links: they are stored, and nobody can read them.
func (b *Builder) unreachable(x *scan.Index, e *scan.Entry, r model.Record, c content) {
	if b.loops++; b.loops == 1 {
		b.note("%q lies behind a loop of symbolic links and cannot be reached", brief(x.Path(e)))
	}
	b.putAside(x.Path(e), r, c)
}

// putAside keeps a version that has no name of its own in the filesystem.
func (b *Builder) putAside(path string, r model.Record, c content) {
	n := b.literal(path)
	id := b.record(n, r)
	b.contents[id] = c
	b.tree.Records[id].Gone = b.index
	if r.Kind == model.File {
		b.tree.Records[id].HiddenBy, b.tree.Records[id].Cause = b.index, model.Deleted
		b.tree.Records[id].Verdict = model.Shadowed
	}
	b.aside[path] = id
}

// link applies a hard link and reports whether its target was there.
func (b *Builder) link(x *scan.Index, e *scan.Entry) bool {
	path := x.Links[e.Link]
	target, ok := b.aside[path]
	if !ok {
		n, found := b.find(path)
		if !found {
			return false
		}
		target = b.live[n]
	}
	target = b.tree.Content(target)
	switch b.tree.Records[target].Kind {
	case model.Directory, model.Implied:
		return false
	}
	dir, ok := b.dir(x, e.Dir)
	if !ok {
		return true
	}
	n := b.child(dir, x.Name(e))
	if old := b.live[n]; old != noRecord && b.tree.Records[old].Layer == b.index && b.tree.Content(old) == target {
		return true // the same name of the same file, said twice
	}
	b.count(n)
	b.place(n, model.Record{Kind: model.Link, Ref: uint32(target), Owner: b.tree.Records[target].Owner}, content{})
	return true
}

// count tells an added path from a modified one, once a layer.
func (b *Builder) count(n model.NodeID) {
	below := false
	for id := b.tree.Nodes[n].Last; id != noRecord; id = b.tree.Below(id) {
		r := &b.tree.Records[id]
		if r.Kind >= model.Whiteout || r.Kind == model.Implied && r.Layer == b.index {
			continue
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
