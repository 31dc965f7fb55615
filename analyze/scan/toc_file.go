package scan

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"

	"github.com/klauspost/compress/gzip"

	"github.com/tare-oci/tare/analyze/source/image"
)

// FileByTOC is [File] for a layer with a table of contents: of the blob it reads
// the table and the file's own bytes. Who reads the file to its end has read what
// the table promises, or gets an error. Where the table does not serve, the error
// is [ErrTOC] and nothing has been read: File reads any layer.
func FileByTOC(ctx context.Context, l image.Layer, want FileRef) (io.ReadCloser, error) {
	if l.TOC == nil || l.Range == nil {
		return nil, ErrTOC
	}
	nth := want.Nth
	t := newTOCReader(l, processKey(), func(name string, size int64) bool {
		if size != want.Size || path.Base(name) != want.Name {
			return false
		}
		nth--
		return nth == -1
	})
	t.most = want.Size
	if err := t.read(ctx, l); err != nil {
		return nil, t.failed(ctx, err)
	}
	if len(t.wanted) == 0 {
		return nil, t.failed(ctx, ErrNoFile)
	}
	p := &t.wanted[0]
	if want.Size == 0 {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	if p.end <= p.start {
		return nil, t.failed(ctx, errors.New("the file lies nowhere"))
	}
	blob, err := l.Range(ctx, p.start, p.end-p.start)
	if err != nil {
		return nil, t.failed(ctx, err)
	}
	plain, done, err := t.member(blob)
	if err != nil {
		blob.Close()
		return nil, t.failed(ctx, err)
	}
	return &readCloser{
		&promised{ctx: ctx, r: plain, left: want.Size, sum: sha256.New(), want: p.sum},
		func() error { done(); return blob.Close() },
	}, nil
}

// member decompresses a content, which begins a member or a frame.
func (t *tocReader) member(blob io.Reader) (plain io.Reader, done func(), err error) {
	if t.chunked {
		d, err := newZstdReader(blob)
		if err != nil {
			return nil, nil, err
		}
		return d, d.Close, nil
	}
	d, err := gzip.NewReader(bufio.NewReaderSize(blob, 64<<10))
	return d, func() {}, err
}

// promised reads a content of left bytes, and ends in an error where it has not
// the digest that it should have.
type promised struct {
	ctx  context.Context
	r    io.Reader
	left int64
	sum  hash.Hash
	want [sha256.Size]byte
}

func (c *promised) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	if c.left == 0 {
		if [sha256.Size]byte(c.sum.Sum(nil)) != c.want {
			return 0, errors.New("its content is not what the table of contents promises")
		}
		return 0, io.EOF
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.sum.Write(p[:n])
	c.left -= int64(n)
	switch {
	case err == io.EOF && c.left == 0:
		err = nil // what it says is still to be compared
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	if err != nil && c.ctx.Err() == nil {
		err = fmt.Errorf("its content ends too early: %w", err)
	}
	return n, err
}
