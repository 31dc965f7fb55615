package scan

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
)

// builder makes an Index from tar headers.
type builder struct {
	x       *Index
	dirs    map[string]uint32
	owners  map[model.Attributes]uint32
	scratch []byte
	linkBuf []byte
	lastDir []byte // dir of the entry before: most entries share it
	lastID  uint32
	size    int64 // real sizes so far
	kept    int64 // bytes of names so far
	cost    cost
	content int64 // memory for captured contents and executables so far
	roots   int
	unknown int
	oddWh   int
	opaque  int
	first   [4]string // a name for each of the four notes above
}

func newBuilder() *builder {
	b := &builder{x: &Index{}, dirs: make(map[string]uint32), owners: make(map[model.Attributes]uint32)}
	b.dir(nil)
	return b
}

// add takes an entry into the index and returns its number, or -1 where the
// entry is none of the filesystem's: then its bytes are the layer's overhead.
func (b *builder) add(h *header) (int32, error) {
	if len(h.Name) > MaxNameBytes || len(h.Link) > MaxNameBytes {
		return -1, &LimitError{What: "a file name", Limit: "64 KiB"}
	}
	if err := b.cost.name(int64(len(h.Name) + len(h.Link))); err != nil {
		return -1, err
	}
	kind, ok := kindOf(h.Type)
	if !ok {
		b.odd(&b.unknown, 1, h.Name)
		return -1, nil
	}
	name, depth := cleanName(h.Name, &b.scratch)
	if depth > MaxDepth {
		return -1, &LimitError{What: "the depth of a path", Limit: "4096 directories"}
	}
	if len(name) == 0 {
		if kind != model.Directory {
			b.odd(&b.roots, 0, h.Name)
		}
		return -1, nil // the root itself
	}
	dir, base := splitName(name)
	e := Entry{Kind: kind}
	if base, ok = b.whiteout(&e, h, dir, base); !ok {
		return -1, nil
	}
	if len(b.x.Entries) >= MaxEntries {
		return -1, &LimitError{What: "the number of entries in the layer", Limit: "10 million"}
	}
	switch e.Kind {
	case model.File:
		e.Size, e.Stored = h.Size, h.Stored
		if h.Sparse {
			e.Flags |= Sparse
		}
		if h.Size > MaxLayerBytes || b.size+h.Size > MaxLayerBytes {
			return -1, &LimitError{What: "the size of the layer's files", Limit: "64 GiB"}
		}
		b.size += h.Size
	case model.Link:
		target, _ := cleanName(h.Link, &b.linkBuf)
		e.Link = b.link(string(target))
	case model.Symlink:
		e.Link = b.link(string(h.Link))
	}
	e.Dir = b.dir(dir)
	e.name, e.length = uint32(len(b.x.names)), uint16(len(base))
	if len(base) > 1<<16-1 {
		return -1, &LimitError{What: "a file name", Limit: "64 KiB"}
	}
	b.x.names = append(b.x.names, base...)
	e.Owner = b.owner(model.Attributes{Mode: h.Mode, UID: h.UID, GID: h.GID})
	if b.kept += int64(len(base)); b.kept > MaxNamesBytes {
		return -1, &LimitError{What: "the length of all names in the layer", Limit: "128 MiB"}
	}
	at := b.append(e, h)
	if h.Opaque && e.Kind == model.Directory && e.Flags&Aside == 0 {
		b.odd(&b.opaque, 3, h.Name)
		b.append(Entry{Kind: model.Opaque, Dir: b.dir(name), Owner: e.Owner}, h)
	}
	return at, b.charge()
}

// append puts an entry at the end of the index and returns its number.
func (b *builder) append(e Entry, h *header) int32 {
	at := int32(len(b.x.Entries))
	b.x.Entries = append(b.x.Entries, e)
	b.x.Times = append(b.x.Times, uint32(h.Time))
	b.x.OwnerNames += h.OwnerNames
	if h.Extra != 0 && e.Kind != model.Opaque {
		b.x.Extras = append(b.x.Extras, Extra{at, h.Extra})
		b.content += extraCost
	}
	return at
}

// charge takes what the newest entry added to the index from the budget.
func (b *builder) charge() error {
	x := b.x
	now := entryCost*int64(len(x.Entries)) + b.kept + dirCost*int64(len(x.Dirs)) + linkCost*int64(len(x.Links)) + attributesCost*int64(len(x.Attributes)) + b.content
	return b.cost.take(now - b.cost.memory)
}

// capture takes the memory for a content of n bytes from the budget.
func (b *builder) capture(n int64) error {
	b.content += n + capturedCost
	return b.charge()
}

func kindOf(flag byte) (model.Kind, bool) {
	switch flag {
	case typeRegular, typeContiguous:
		return model.File, true
	case typeLink:
		return model.Link, true
	case typeSymlink:
		return model.Symlink, true
	case typeChar:
		return model.CharDevice, true
	case typeBlock:
		return model.BlockDevice, true
	case typeDirectory:
		return model.Directory, true
	case typeFifo:
		return model.Fifo, true
	}
	return 0, false
}

func (b *builder) dir(path []byte) uint32 {
	if len(b.x.Dirs) > 0 && bytes.Equal(path, b.lastDir) {
		return b.lastID
	}
	id, ok := b.dirs[string(path)]
	if !ok {
		id = uint32(len(b.x.Dirs))
		own := string(path)
		b.dirs[own] = id
		b.x.Dirs = append(b.x.Dirs, own)
		b.kept += int64(len(own))
	}
	b.lastDir, b.lastID = append(b.lastDir[:0], path...), id
	return id
}

func (b *builder) link(target string) uint32 {
	b.x.Links = append(b.x.Links, target)
	b.kept += int64(len(target))
	return uint32(len(b.x.Links) - 1)
}

func (b *builder) owner(a model.Attributes) uint32 {
	id, ok := b.owners[a]
	if !ok {
		id = uint32(len(b.x.Attributes))
		b.owners[a] = id
		b.x.Attributes = append(b.x.Attributes, a)
	}
	return id
}

// odd counts something a user should know of, and remembers its first name.
func (b *builder) odd(count *int, kind int, name []byte) {
	if *count == 0 {
		b.first[kind] = string(name[:min(len(name), 200)])
	}
	*count++
}

// finish returns the index, with its notes written out.
func (b *builder) finish() *Index {
	note := func(n int, kind int, one, many string) {
		switch {
		case n == 1:
			b.x.Notes = append(b.x.Notes, fmt.Sprintf("%q %s", b.first[kind], one))
		case n > 1:
			b.x.Notes = append(b.x.Notes, fmt.Sprintf("%q and %d more entries %s", b.first[kind], n-1, many))
		}
	}
	note(b.roots, 0, "stands for the root, is not a directory, and is left out", "stand for the root, are not directories, and are left out")
	note(b.unknown, 1, "is of a kind no container can use and is left out", "are of kinds no container can use and are left out")
	note(b.oddWh, 2, "is a whiteout of nothing, which container engines refuse to unpack", "are whiteouts of nothing, which container engines refuse to unpack")
	note(b.opaque, 3, "is marked opaque by an extended attribute: Docker and Podman hide what lower layers have in it, containerd does not",
		"are marked opaque by an extended attribute: Docker and Podman hide what lower layers have in them, containerd does not")
	for i, n := range b.x.Notes {
		b.x.Notes[i] = strings.ToValidUTF8(n, "�")
	}
	return b.x
}
