package replay

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// openFile is a file that the shell writes or reads.
type openFile struct {
	r      *runner
	path   string
	data   []byte
	more   int64 // bytes beyond what is kept
	read   io.Reader
	writes bool
}

func (f *openFile) Read(p []byte) (int, error) { return f.read.Read(p) }

func (f *openFile) Write(p []byte) (int, error) {
	if len(f.data)+len(p) > 1<<22 {
		f.more += int64(len(p))
		return len(p), nil
	}
	f.data = append(f.data, p...)
	return len(p), nil
}

func (f *openFile) Close() error {
	if !f.writes {
		return nil
	}
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	if size, _, ok := countedBytes(f.data); ok && size >= endless {
		f.r.m.problem("%s: what is written to it never ends", f.path)
		return nil
	}
	n := piped(f.data)
	if f.more > 0 { // nobody reads so long a text
		n = filler("written "+f.path, int64(len(f.data))+f.more)
	}
	if _, old := f.r.m.tree.get(f.path, true); old != nil {
		n.mode, n.uid, n.gid = old.mode, old.uid, old.gid
	} else {
		n.uid, n.gid = f.r.uid, f.r.gid
	}
	f.r.m.tree.put(f.path, n)
	return nil
}

func (r *runner) open(ctx context.Context, name string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
	p := abs(interp.HandlerCtx(ctx).Dir, name)
	if endlessFile(p) && flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return &openFile{read: strings.NewReader(bytesLine(endless, p))}, nil
	}
	if strings.HasPrefix(p, "/dev/") {
		return &openFile{read: strings.NewReader("")}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, n := r.m.tree.get(p, true)
	if flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		if n == nil {
			return nil, &os.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return &openFile{read: bytes.NewReader(throughPipe(n))}, nil
	}
	if !r.m.tree.isDir(path.Dir(p)) {
		r.m.problem("%s: there is no such directory to write a file in", p)
		return nil, &os.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f := &openFile{r: r, path: p, writes: true, read: strings.NewReader("")}
	if flag&os.O_APPEND != 0 && n != nil {
		f.data = slices.Clone(n.body)
	}
	return f, nil
}

func (r *runner) stat(ctx context.Context, name string, follow bool) (fs.FileInfo, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := name
	if !path.IsAbs(p) {
		p = abs(interp.HandlerCtx(ctx).Dir, name)
	}
	at, n := r.m.tree.get(p, follow)
	if n == nil {
		return nil, &os.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return info{path.Base("/" + at), n}, nil
}

func (r *runner) readDir(_ context.Context, name string) ([]fs.DirEntry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.m.tree.isDir(name) {
		return nil, &os.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for _, child := range r.m.tree.children(name) {
		if _, n := r.m.tree.get(path.Join("/", name, child), false); n != nil {
			list = append(list, info{child, n})
		}
	}
	return list, nil
}
