package load

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
)

const (
	// maxDepth and maxName are what tare reads of an image.
	maxDepth = 4096
	maxName  = 64 << 10
	// freeNodes is how many directories rows may imply, beside three for each row.
	freeNodes = 1 << 20
)

// treeReader rebuilds a tree from its rows. Rows come in the order of paths;
// records are grouped by layer at the end, when all is known that they refer to.
type treeReader struct {
	tree    *model.Tree
	seed    maphash.Seed
	nodes   map[nodeKey]model.NodeID
	records []model.Record // in the order of the rows
	words   map[string]uint32
	texts   []string
	cause   []uint32 // by record: the row's cause and package, as index of texts
	owner   []uint32
	rows    int
}

// nodeKey finds a node by its directory and the hash of its name. Where two names
// of a directory have one hash, the later takes the next free one.
type nodeKey struct {
	parent model.NodeID
	hash   uint64
}

func newTreeReader() *treeReader {
	return &treeReader{tree: model.NewTree(), seed: maphash.MakeSeed(), nodes: make(map[nodeKey]model.NodeID), words: map[string]uint32{"": 0}, texts: []string{""}}
}

// node finds or makes the node of a path.
func (t *treeReader) node(exact string) (model.NodeID, error) {
	path, err := jsontext.RealName(exact)
	if err != nil {
		return 0, err
	}
	if len(path) == 0 || len(path) > maxName || strings.Count(path, "/") >= maxDepth {
		return 0, errors.New("its path is empty, too long or too deep")
	}
	at := model.Root
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." {
			return 0, fmt.Errorf("its path %q has a part that is no name", brief(exact))
		}
		at = t.child(at, name)
	}
	if t.rows++; t.rows > maxRows || len(t.tree.Nodes) > freeNodes+3*t.rows {
		return 0, errors.New("there are more paths than tare reads")
	}
	return at, nil
}

func (t *treeReader) child(parent model.NodeID, name string) model.NodeID {
	key := nodeKey{parent, maphash.String(t.seed, name)}
	for ; ; key.hash++ {
		n, ok := t.nodes[key]
		if !ok {
			n = t.tree.AddNode(parent, name)
			t.nodes[key] = n
			return n
		}
		if string(t.tree.NameBytes(n)) == name {
			return n
		}
	}
}

// word keeps a text once.
func (t *treeReader) word(text *string) uint32 {
	if text == nil {
		return 0
	}
	id, ok := t.words[*text]
	if !ok {
		id = uint32(len(t.texts))
		t.words[*text] = id
		t.texts = append(t.texts, *text)
	}
	return id
}

func (t *treeReader) add(r model.Record, cause, owner *string) model.RecordID {
	t.records = append(t.records, r)
	t.cause, t.owner = append(t.cause, t.word(cause)), append(t.owner, t.word(owner))
	return model.RecordID(len(t.records) - 1)
}

// attributes reads the mode and the owners of a row.
func (t *treeReader) attributes(mode string, uid, gid *int64) (uint32, error) {
	bits, err := strconv.ParseUint(mode, 8, 16)
	if err != nil || bits > 0o7777 {
		return 0, errRow
	}
	a := model.Attributes{Mode: uint16(bits), UID: -1, GID: -1}
	if uid != nil {
		a.UID = *uid
	}
	if gid != nil {
		a.GID = *gid
	}
	return t.tree.Intern(a), nil
}

// plausible refuses a layer that no report can have; whether this one has it is
// looked at in the end.
func plausible(i int) bool { return i >= 0 && i < maxLayers }

var causes = map[string]model.Cause{model.Deleted.String(): model.Deleted, model.Replaced.String(): model.Replaced, model.Copied.String(): model.Copied}

// file takes a row of "files".
func (t *treeReader) file(row jsontext.FileRow) error {
	if !plausible(row.Layer) || row.Size < 0 || row.Size > model.MaxSize {
		return errRow
	}
	r := model.Record{
		Kind: model.File, Layer: uint16(row.Layer), Size: model.SizeOf(row.Size), Compressed: model.SizeUnknown, Verdict: row.Verdict,
		Ref: model.NoFinding, Gone: model.StillThere, HiddenBy: model.StillThere,
	}
	if c := row.CompressedSize; c != nil {
		if r.Compressed = model.SizeOf(*c); *c < 0 || *c > model.MaxSize {
			return errRow
		}
	}
	shadowed := row.Verdict == model.Shadowed
	if shadowed != (row.HiddenBy != nil) || shadowed && len(row.Links) > 0 {
		return errRow
	}
	if shadowed {
		if row.Cause == nil || causes[*row.Cause] == model.NoCause || !plausible(*row.HiddenBy) || *row.HiddenBy < row.Layer {
			return errRow
		}
		r.Cause, r.Gone, r.HiddenBy = causes[*row.Cause], uint16(*row.HiddenBy), uint16(*row.HiddenBy)
	}
	var err error
	if r.Owner, err = t.attributes(row.Mode, row.UID, row.GID); err != nil {
		return err
	}
	if r.Node, err = t.node(row.Path); err != nil {
		return err
	}
	id := t.add(r, row.Cause, row.Package)
	for _, link := range row.Links {
		n, err := t.node(link)
		if err != nil {
			return err
		}
		t.add(model.Record{Kind: model.Link, Node: n, Layer: r.Layer, Ref: uint32(id), Owner: r.Owner, Gone: model.StillThere, HiddenBy: model.StillThere}, nil, row.Package)
	}
	return nil
}

var entryKinds = map[string]model.Kind{
	"directory": model.Directory, "symlink": model.Symlink, "char": model.CharDevice, "block": model.BlockDevice, "fifo": model.Fifo,
}

// entry takes a row of "entries". A directory without an owner is one that no layer
// names.
func (t *treeReader) entry(row jsontext.EntryRow) error {
	kind, known := entryKinds[row.Type]
	if !known || !plausible(row.Layer) || (kind == model.Symlink) != (row.Target != nil) {
		return errRow
	}
	r := model.Record{Kind: kind, Layer: uint16(row.Layer), Ref: model.NoRef, Gone: model.StillThere, HiddenBy: model.StillThere}
	mode := "0"
	switch {
	case row.Mode != nil:
		mode = *row.Mode
	case kind != model.Directory || row.UID != nil:
		return errRow
	}
	if kind == model.Directory && row.UID == nil {
		r.Kind = model.Implied
	}
	if row.Target != nil {
		text, err := jsontext.RealName(*row.Target)
		if err != nil {
			return err
		}
		r.Ref = t.tree.AddText(text)
	}
	var err error
	if r.Owner, err = t.attributes(mode, row.UID, row.GID); err != nil {
		return err
	}
	if r.Node, err = t.node(row.Path); err != nil {
		return err
	}
	t.add(r, nil, nil)
	return nil
}
