package demo

import (
	"archive/tar"
	"bytes"
	"path"
	"time"

	"github.com/tare-oci/tare/analyze/rope"
)

// entry is one regular file of a sample.
type entry struct {
	path     string
	size     int64
	mode     int64 // 0644 when zero
	uid, gid int
	kind     kind
	seed     string // the path when empty; one seed and size is one content
}

// layer builds one layer: a tar, packed as gzip members. Directories above an entry
// are written before it, once a layer, as an engine does.
type layer struct {
	blob    rope.Rope    // the members so far
	pending bytes.Buffer // tar bytes that have no member yet
	dirs    map[string]bool
	when    time.Time
}

func newLayer(when time.Time) *layer {
	return &layer{dirs: map[string]bool{"": true}, when: when}
}

// add writes regular files.
func (l *layer) add(files ...entry) {
	for _, f := range files {
		if f.mode == 0 {
			f.mode = 0o644
		}
		if f.seed == "" {
			f.seed = f.path
		}
		l.header(&tar.Header{Typeflag: tar.TypeReg, Name: f.path, Size: f.size, Mode: f.mode, Uid: f.uid, Gid: f.gid})
		l.body(f)
	}
}

// body writes the content of a file that is made up.
func (l *layer) body(f entry) { l.content(f.kind, head(f.kind, f.seed), f.size) }

// content writes a file's head, then ready-made units, then what is left.
func (l *layer) content(k kind, head []byte, fileSize int64) {
	head = head[:min(int64(len(head)), fileSize)]
	l.pending.Write(head)
	left := fileSize - int64(len(head))
	u := units()
	for i, size := range unitSizes {
		for ; left >= size; left -= size {
			l.flush()
			for _, m := range u[k][i].members {
				l.blob.Add(m)
			}
		}
	}
	l.pending.Write(u[k][len(unitSizes)-1].plain[:left])
	l.pad(fileSize)
}

// text writes a regular file whose content matters.
func (l *layer) text(name, body string) {
	l.header(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(body)), Mode: 0o644})
	l.pending.WriteString(body)
	l.pad(int64(len(body)))
}

// dir writes a directory with an owner and mode of its own.
func (l *layer) dir(name string, mode int64, uid, gid int) {
	l.parents(name)
	l.dirs[name] = true
	l.write(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: uid, Gid: gid})
}

func (l *layer) symlink(name, target string) {
	l.header(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
}

// remove writes whiteouts.
func (l *layer) remove(names ...string) {
	for _, name := range names {
		dir, base := path.Split(name)
		l.text(dir+".wh."+base, "")
	}
}

func (l *layer) header(h *tar.Header) {
	l.parents(h.Name)
	l.write(h)
}

func (l *layer) parents(name string) {
	for i, c := range name {
		if c == '/' && !l.dirs[name[:i]] {
			l.dirs[name[:i]] = true
			l.write(&tar.Header{Typeflag: tar.TypeDir, Name: name[:i+1], Mode: 0o755})
		}
	}
}

func (l *layer) write(h *tar.Header) {
	h.ModTime = l.when
	// A writer for this header alone: the content takes another way.
	if err := tar.NewWriter(&l.pending).WriteHeader(h); err != nil {
		panic("demo: " + h.Name + ": " + err.Error())
	}
}

func (l *layer) pad(size int64) {
	l.pending.Write(rope.Zeros[:-size&(rope.BlockSize-1)])
}

// flush gives the pending bytes a member. Short ones are not worth a compressor.
func (l *layer) flush() {
	if l.pending.Len() == 0 {
		return
	}
	if b := l.pending.Bytes(); len(b) < 4<<10 {
		l.blob.Add(store(b))
	} else {
		l.blob.Add(deflate(b))
	}
	l.pending.Reset()
}

// finish ends the tar and returns the layer as stored. The layer is used up.
func (l *layer) finish() *rope.Rope {
	l.pending.Write(rope.Zeros[:])
	l.flush()
	return &l.blob
}
