package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

// FileRef says which file version of a layer is meant: the Nth, counted from 0, of
// those with this base name and size, in the order of the tar. Directories do not
// count: a layer may name one in more than one way.
type FileRef struct {
	Name string
	Size int64
	Nth  int
}

var (
	// ErrNoFile says that a layer does not hold the file that is asked for.
	ErrNoFile = errors.New("the file is not there any more")
	// ErrSparse says that a file is stored with holes, which tare does not fill.
	ErrSparse = errors.New("the file is stored sparsely, with holes; tare does not show its content")
)

// File opens the content of one file of a layer. What is decompressed is what
// stands before it and what the caller reads of it, nothing is kept, and nothing
// is verified, since the blob is not read to its end. The caller closes the
// reader; it obeys ctx at each read.
func File(ctx context.Context, l image.Layer, want FileRef) (io.ReadCloser, error) {
	if l.At != nil {
		head := make([]byte, sniffLen)
		n, err := l.At.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if mediaTypeOf(head[:n]) == MediaTar {
			return find(ctx, newSeekCursor(l.At, l.Size, ctx.Err), want, func() error { return nil })
		}
	}
	r, err := l.Open(ctx)
	if err != nil {
		return nil, err
	}
	content, err := FileIn(ctx, r, want)
	if err != nil {
		r.Close()
		return nil, err
	}
	return &readCloser{content, func() error { return cmp.Or(content.Close(), r.Close()) }}, nil
}

// FileIn is [File] for a blob that is being read.
func FileIn(ctx context.Context, blob io.Reader, want FileRef) (io.ReadCloser, error) {
	in := &input{r: ctxio.NewReader(ctx, blob)}
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	dec, err := newDecoder(mediaTypeOf(head[:n]), &replayReader{head: head[:n], r: in}, false, false, nil)
	if err != nil {
		return nil, err
	}
	content, err := find(ctx, &streamCursor{dec: dec}, want, dec.Close)
	if err != nil {
		dec.Close()
		return nil, err
	}
	return content, nil
}

// startAnew is after how many entries the search forgets the names that it has
// passed: it needs one.
const startAnew = 10_000

// find passes entries until the one that is wanted.
func find(ctx context.Context, cur cursor, want FileRef, done func() error) (io.ReadCloser, error) {
	t := &tarReader{cur: cur}
	var b *builder
	var h header
	for passed := 0; ; passed++ {
		if passed%startAnew == 0 {
			b = newBuilder()
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := t.next(&h)
		if err == io.EOF {
			return nil, ErrNoFile
		}
		if err != nil {
			return nil, err
		}
		at, err := b.add(&h)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			continue
		}
		e := &b.x.Entries[at]
		if e.Kind != model.File || e.Size != want.Size || string(b.x.Name(e)) != want.Name {
			continue
		}
		if want.Nth--; want.Nth >= 0 {
			continue
		}
		if e.Flags&Sparse != 0 {
			return nil, ErrSparse
		}
		return &readCloser{ctxio.NewReader(ctx, &content{cur, e.Stored}), done}, nil
	}
}

// content reads a file through a cursor that stands at its first byte.
type content struct {
	cur  cursor
	left int64
}

func (c *content) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), c.left)]
	n := 0
	err := c.cur.each(int64(len(p)), func(run []byte) { n += copy(p[n:], run) })
	c.left -= int64(n)
	if err != nil {
		return n, fmt.Errorf("its content ends too early: %w", err)
	}
	return n, nil
}

type readCloser struct {
	io.Reader
	close func() error
}

func (r *readCloser) Close() error { return r.close() }
