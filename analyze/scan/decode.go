package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

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

// newDecoder returns the decoder for a blob stored as mediaType.
func newDecoder(mediaType string, r io.Reader) (decoder, error) {
	switch mediaType {
	case MediaGzip:
		return inflate.NewReader(r), nil
	case MediaZstd:
		return newZstdDecoder(r)
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
type zstdDecoder struct {
	dec   *zstd.Decoder
	in    *countingReader
	runs  chan zstdRun
	free  chan []byte
	stop  chan struct{}
	run   zstdRun
	marks []inflate.Mark
	out   int64
	err   error
}

type zstdRun struct {
	data []byte
	in   int64
	err  error
}

// maxZstdWindow bounds what a frame may ask a decoder to hold. The format's own
// recommendation is 8 MiB; `zstd --ultra` and `--long` go up to 128 MiB.
const maxZstdWindow = 128 << 20

func newZstdDecoder(r io.Reader) (*zstdDecoder, error) {
	in := &countingReader{r: r}
	dec, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.IgnoreChecksum(false))
	if err != nil {
		return nil, err
	}
	d := &zstdDecoder{dec: dec, in: in, runs: make(chan zstdRun, 2), free: make(chan []byte, 4), stop: make(chan struct{})}
	for range cap(d.free) {
		d.free <- make([]byte, 0, 128<<10)
	}
	go func() {
		_, err := dec.WriteTo(blockWriter{d})
		if err == nil {
			err = io.EOF
		}
		select {
		case d.runs <- zstdRun{in: in.n, err: err}:
		case <-d.stop:
		}
		close(d.runs)
	}()
	return d, nil
}

type blockWriter struct{ d *zstdDecoder }

var errStopped = errors.New("decoder closed")

func (w blockWriter) Write(p []byte) (int, error) {
	var buf []byte
	select {
	case buf = <-w.d.free:
	case <-w.d.stop:
		return 0, errStopped
	}
	run := zstdRun{data: append(buf[:0], p...), in: w.d.in.n}
	select {
	case w.d.runs <- run:
		return len(p), nil
	case <-w.d.stop:
		return 0, errStopped
	}
}

func (d *zstdDecoder) Next() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.run.data != nil {
		d.free <- d.run.data
		d.run.data = nil
	}
	d.run = <-d.runs
	d.out += int64(len(d.run.data))
	d.marks = append(d.marks[:0], inflate.Mark{In: d.run.in, Out: d.out})
	d.err = d.run.err
	return d.run.data, d.err
}

func (d *zstdDecoder) Marks() []inflate.Mark {
	m := d.marks
	d.marks = d.marks[:0]
	return m
}

// Close ends the goroutine that decodes; it returns when that has ended, so the
// input must not block for ever.
func (d *zstdDecoder) Close() error {
	close(d.stop)
	for range d.runs {
	}
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
