package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/scan/inflate"
)

// Media types of layers by content, as the OCI image spec names them.
const (
	MediaTar  = "application/vnd.oci.image.layer.v1.tar"
	MediaGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
	MediaZstd = "application/vnd.oci.image.layer.v1.tar+zstd"
)

// ErrCompression says that a layer is compressed in a way that the image
// specifications do not allow.
var ErrCompression = errors.New("unsupported compression")

// sniffLen is how many bytes compression needs to see.
const sniffLen = 8

// compression tells how a blob is stored, from its first bytes: magic numbers of
// RFC 1952 (gzip) and RFC 8878 (zstd frames and skippable frames).
func compression(head []byte) (mediaType string, err error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return MediaGzip, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}),
		len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}):
		return MediaZstd, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return "", fmt.Errorf("%w: bzip2", ErrCompression)
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return "", fmt.Errorf("%w: xz", ErrCompression)
	}
	return MediaTar, nil
}

// newDecoder returns the decoder for a blob stored as mediaType. A trusted blob
// is one whose bytes the caller compares with a digest.
func newDecoder(mediaType string, r io.Reader, trusted bool) (decoder, error) {
	switch mediaType {
	case MediaGzip:
		return inflate.NewReader(r), nil
	case MediaZstd:
		return newZstdDecoder(r, trusted)
	}
	return &plainDecoder{r: r, buf: make([]byte, 256<<10)}, nil
}

// plainDecoder passes an uncompressed blob through. It has no marks: a place in
// the tar is the same place in the blob.
type plainDecoder struct {
	r   io.Reader
	buf []byte
}

func (d *plainDecoder) Next() ([]byte, error) {
	for range 100 {
		n, err := d.r.Read(d.buf)
		if n > 0 || err != nil {
			return d.buf[:n], err
		}
	}
	return nil, io.ErrNoProgress
}

func (*plainDecoder) Marks() []inflate.Mark { return nil }
func (*plainDecoder) Close() error          { return nil }

// zstdDecoder decodes zstd block by block and notes where each block ends in
// the blob. With a concurrency of one, the library reads exactly one block from
// its input, decodes it and writes it out before it touches the next; so what
// has been read when a block is written is where that block ends. A test holds
// the library to that.
//
// The library pushes, the reader pulls: the two take turns (iter.Pull), so that
// a block is looked at where it was decoded and is never copied.
type zstdDecoder struct {
	dec   *zstd.Decoder
	in    *countingReader
	next  func() ([]byte, error, bool)
	stop  func()
	marks []inflate.Mark
	out   int64
	err   error
}

// maxZstdWindow bounds what a frame may ask a decoder to hold. The format's own
// recommendation is 8 MiB; `zstd --ultra` and `--long` go up to 128 MiB.
const maxZstdWindow = 128 << 20

// newZstdDecoder decodes r. The frames' own checksums are compared unless
// trusted: whoever hashes the blob itself need not do that twice.
func newZstdDecoder(r io.Reader, trusted bool) (*zstdDecoder, error) {
	in := &countingReader{r: r}
	dec, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.IgnoreChecksum(trusted))
	if err != nil {
		return nil, err
	}
	d := &zstdDecoder{dec: dec, in: in}
	d.next, d.stop = iter.Pull2(func(yield func([]byte, error) bool) {
		_, err := dec.WriteTo(blockWriter(func(p []byte) bool { return yield(p, nil) }))
		if err == nil {
			err = io.EOF
		}
		yield(nil, err)
	})
	return d, nil
}

// blockWriter hands blocks on until it returns false.
type blockWriter func([]byte) bool

var errStopped = errors.New("decoder closed")

func (w blockWriter) Write(p []byte) (int, error) {
	if !w(p) {
		return 0, errStopped
	}
	return len(p), nil
}

func (d *zstdDecoder) Next() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	block, err, ok := d.next()
	if !ok {
		err = io.EOF
	}
	d.err = err
	d.out += int64(len(block))
	d.marks = append(d.marks[:0], inflate.Mark{In: d.in.n, Out: d.out})
	return block, err
}

func (d *zstdDecoder) Marks() []inflate.Mark {
	m := d.marks
	d.marks = d.marks[:0]
	return m
}

func (d *zstdDecoder) Close() error {
	d.stop()
	d.dec.Close()
	return nil
}

// countingReader counts what passes through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
