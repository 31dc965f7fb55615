package viewer

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// OpenFiles opens the contents of many files of a report's tree, each layer being read
// once. A content is nil where it is stored with holes, which tare does not fill.
type OpenFiles func(ctx context.Context, r *model.Report, ids []model.RecordID, do func(id model.RecordID, content io.Reader) error) error

const (
	maxSavedBytes = 8_000_000_000 // of contents in one archive
	maxSavedFiles = 1_000_000
)

// Part is what of an image is saved as an archive.
type Part struct {
	Name        string       // of the archive, without its ending
	First, Last int          // layers
	Whole       bool         // the files as they are after Last; else what the layers change, with whiteouts
	Under       model.NodeID // the directory; model.Root for everything
}

// SaveTar is the command that writes a part of the image as a tar into the working
// directory, readable by its owner alone. Links are saved as links and followed nowhere;
// devices are left out. Nothing is overwritten unless told to, and nothing is left where
// saving fails. What would be too large is refused before anything is read.
func SaveTar(ctx context.Context, open OpenFiles, r *model.Report, part Part, overwrite bool) tea.Cmd {
	return func() tea.Msg {
		msg := Saved{Name: fileName(part.Name) + ".tar"}
		msg.Again = func(ctx context.Context) tea.Cmd { return SaveTar(ctx, open, r, part, true) }
		if _, err := os.Lstat(msg.Name); err == nil && !overwrite {
			msg.Exists = true
			return msg
		}
		a := &archive{t: r.Tree, part: part}
		if msg.err = a.collect(ctx); msg.err != nil {
			return msg
		}
		content := func(to *os.File) error { return a.write(ctx, open, r, to) }
		if overwrite {
			msg.err = atomicfile.Write(msg.Name, atomicfile.Options{Perm: 0o600}, content)
		} else {
			msg.err = atomicfile.Create(msg.Name, 0o600, content)
		}
		msg.n, msg.files, msg.left = a.bytes, len(a.items)-a.left, a.left
		msg.Exists = errors.Is(msg.err, fs.ErrExist)
		return msg
	}
}

// archive is a part of an image that is being saved.
type archive struct {
	t     *model.Tree
	part  Part
	items []model.RecordID
	bytes int64
	left  int // things that are left out
	cut   int // bytes at the start of paths that are left out
}

// collect lists what is saved, in the order of paths.
func (a *archive) collect(ctx context.Context) error {
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
	if a.bytes > maxSavedBytes || len(a.items) > maxSavedFiles {
		return fmt.Errorf("it has %s in %s, and an archive takes %s in %s at the most; save a directory of it", display.Bytes(a.bytes), display.Plural(len(a.items), "file"), display.Bytes(maxSavedBytes), display.Count(maxSavedFiles))
	}
	slices.SortFunc(a.items, func(i, j model.RecordID) int {
		return a.t.ComparePath(a.t.Records[i].Node, a.t.Records[j].Node)
	})
	return nil
}

// whole lists the files as they are after the last layer.
func (a *archive) whole(ctx context.Context) error {
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
func (a *archive) changes(ctx context.Context) error {
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
func (a *archive) isWithin(node model.NodeID, known map[model.NodeID]bool) bool {
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

func (a *archive) add(id model.RecordID) {
	a.items = append(a.items, id)
	a.bytes += a.t.Records[id].Size.Bytes()
}

// name is a record's name in the archive.
func (a *archive) name(id model.RecordID) string {
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
func (a *archive) header(id model.RecordID, kind byte) *tar.Header {
	h := &tar.Header{Typeflag: kind, Name: a.name(id), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	switch owner := a.t.Attributes(&a.t.Records[id]); {
	case owner.UID >= 0:
		h.Mode, h.Uid, h.Gid = int64(owner.Mode), int(owner.UID), int(owner.GID)
	case kind == tar.TypeDir:
		h.Mode = 0o755
	}
	return h
}

// write writes directories, links and whiteouts, then the files in the order in which they
// are read, then their other names.
func (a *archive) write(ctx context.Context, open OpenFiles, r *model.Report, to io.Writer) error {
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
				a.left++
			}
		default:
			a.left++
		}
		if err != nil {
			return err
		}
	}
	if err := a.files(ctx, open, r, w, contents, named); err != nil {
		return err
	}
	for _, id := range links {
		item, saved := named[a.t.Content(id)]
		if !saved {
			a.left++
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
func (a *archive) files(ctx context.Context, open OpenFiles, r *model.Report, w *tar.Writer, contents []model.RecordID, named map[model.RecordID]model.RecordID) error {
	if len(contents) == 0 {
		return nil
	}
	return open(ctx, r, contents, func(id model.RecordID, content io.Reader) error {
		if content == nil {
			delete(named, id)
			a.left++
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
