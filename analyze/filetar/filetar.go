// Package filetar writes a part of an image's files as a tar archive: a directory as it is
// after a layer, or what a layer changes. Links stay links and are followed nowhere, devices
// are left out, and what would be too large is refused before anything is read.
package filetar

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
)

const (
	MaxBytes = 8_000_000_000 // of contents in one archive
	MaxPaths = 1_000_000
)

// ErrTooLarge says that a part has more than MaxBytes or MaxPaths.
var ErrTooLarge = errors.New("too large for an archive")

// Part is what of an image is saved.
type Part struct {
	First, Last int          // layers
	Whole       bool         // the files as they are after Last; else what the layers change, with whiteouts
	Under       model.NodeID // the directory; model.Root for everything
}

// Open opens the contents of many files, and calls do for each of them. A content is nil
// where it is stored with holes.
type Open func(ids []model.RecordID, do func(id model.RecordID, content io.Reader) error) error

// Archive is a part of an image that is being saved.
type Archive struct {
	Bytes int64 // of the contents
	Left  int   // things that were left out; known once it is written

	t     *model.Tree
	part  Part
	items []model.RecordID
	cut   int // bytes at the start of paths that are left out
}

// New finds out what a part has. With [ErrTooLarge] the archive is returned as well.
func New(ctx context.Context, t *model.Tree, part Part) (*Archive, error) {
	a := &Archive{t: t, part: part}
	return a, a.collect(ctx)
}

// Paths is how many entries the archive has.
func (a *Archive) Paths() int { return len(a.items) - a.Left }

// collect lists what is saved, in the order of paths.
func (a *Archive) collect(ctx context.Context) error {
	if a.part.Under != model.Root {
		a.cut = len(a.t.Path(a.part.Under)) - len(a.t.NameBytes(a.part.Under))
	}
	find := a.changes
	if a.part.Whole {
		find = a.whole
	}
	if err := find(ctx); err != nil {
		return err
	}
	if a.Bytes > MaxBytes || len(a.items) > MaxPaths {
		return ErrTooLarge
	}
	slices.SortFunc(a.items, func(i, j model.RecordID) int {
		return a.t.ComparePath(a.t.Records[i].Node, a.t.Records[j].Node)
	})
	return nil
}

// whole lists the files as they are after the last layer.
func (a *Archive) whole(ctx context.Context) error {
	open := []model.NodeID{a.part.Under}
	for n := 0; len(open) > 0; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		node := open[len(open)-1]
		open = open[:len(open)-1]
		if id, there := a.t.At(node, a.part.Last); there && node != model.Root {
			a.add(id)
		}
		for child := range a.t.Children(node) {
			open = append(open, child)
		}
	}
	return nil
}

// changes lists what layers change, whiteouts included.
func (a *Archive) changes(ctx context.Context) error {
	within := map[model.NodeID]bool{a.part.Under: true}
	for layer := a.part.First; layer <= a.part.Last; layer++ {
		for id, r := range a.t.Layer(layer) {
			if id%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if r.Kind == model.Implied || r.Kind < model.Whiteout && int(r.Gone) == layer || !a.isWithin(r.Node, within) {
				continue
			}
			a.add(id)
		}
	}
	return nil
}

// isWithin reports whether a node is the directory that is saved or below it; known keeps
// the answers for directories.
func (a *Archive) isWithin(node model.NodeID, known map[model.NodeID]bool) bool {
	if a.part.Under == model.Root {
		return true
	}
	var way []model.NodeID
	at, answer := node, false
	for {
		if in, ok := known[at]; ok {
			answer = in
			break
		}
		way = append(way, at)
		if at == model.Root {
			break
		}
		at = a.t.Nodes[at].Parent
	}
	for _, n := range way {
		if n != node || a.t.Nodes[n].FirstChild != model.NoNode {
			known[n] = answer
		}
	}
	return answer
}

func (a *Archive) add(id model.RecordID) {
	a.items = append(a.items, id)
	a.Bytes += a.t.Records[id].Size.Bytes()
}

// name is a record's name in the archive.
func (a *Archive) name(id model.RecordID) string {
	r := &a.t.Records[id]
	path := a.t.Path(r.Node)
	path = path[min(a.cut, len(path)):]
	switch r.Kind {
	case model.Directory, model.Implied:
		return path + "/"
	case model.Opaque:
		return strings.TrimPrefix(path+"/.wh..wh..opq", "/")
	case model.Whiteout:
		at := strings.LastIndexByte(path, '/') + 1
		return path[:at] + ".wh." + path[at:]
	}
	return path
}

// header is a record's header, but for its size.
func (a *Archive) header(id model.RecordID, kind byte) *tar.Header {
	h := &tar.Header{Typeflag: kind, Name: a.name(id), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	switch owner := a.t.Attributes(&a.t.Records[id]); {
	case owner.UID >= 0:
		h.Mode, h.Uid, h.Gid = int64(owner.Mode), int(owner.UID), int(owner.GID)
	case kind == tar.TypeDir:
		h.Mode = 0o755
	}
	return h
}

// Write writes directories, links and whiteouts, then the files in the order in which they
// are read, then their other names.
func (a *Archive) Write(to io.Writer, open Open) error {
	w := tar.NewWriter(to)
	named := make(map[model.RecordID]model.RecordID) // contents, by the item that has it
	var contents, links []model.RecordID
	for _, id := range a.items {
		var err error
		switch record := &a.t.Records[id]; record.Kind {
		case model.Directory, model.Implied:
			err = w.WriteHeader(a.header(id, tar.TypeDir))
		case model.Whiteout, model.Opaque:
			err = w.WriteHeader(a.header(id, tar.TypeReg))
		case model.Symlink:
			h := a.header(id, tar.TypeSymlink)
			h.Linkname = a.t.LinkText(record)
			err = w.WriteHeader(h)
		case model.File, model.Link:
			content := a.t.Content(id)
			if _, known := named[content]; known {
				links = append(links, id)
			} else if a.t.Records[content].Kind == model.File {
				named[content] = id
				contents = append(contents, content)
			} else {
				a.Left++
			}
		default:
			a.Left++
		}
		if err != nil {
			return err
		}
	}
	if err := a.files(w, open, contents, named); err != nil {
		return err
	}
	for _, id := range links {
		item, saved := named[a.t.Content(id)]
		if !saved {
			a.Left++
			continue
		}
		h := a.header(id, tar.TypeLink)
		h.Linkname = a.name(item)
		if err := w.WriteHeader(h); err != nil {
			return err
		}
	}
	return w.Close()
}

// files writes contents. One that is stored with holes is left out.
func (a *Archive) files(w *tar.Writer, open Open, contents []model.RecordID, named map[model.RecordID]model.RecordID) error {
	if len(contents) == 0 {
		return nil
	}
	return open(contents, func(id model.RecordID, content io.Reader) error {
		if content == nil {
			delete(named, id)
			a.Left++
			return nil
		}
		h := a.header(named[id], tar.TypeReg)
		h.Size = a.t.Records[id].Size.Bytes()
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := io.Copy(w, content)
		return err
	})
}
