package scan

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"runtime"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/scan/inflate"
)

// zstdDecoder decodes zstd block by block and notes where each block ends in
// the blob. The library writes the content of one block at a time, so the n-th
// write is the n-th block that has any; a test holds it to that.
//
// The library pushes, the reader pulls: the two take turns (iter.Pull), so that
// a block is looked at where it was decoded and is never copied.
type zstdDecoder struct {
	dec    *zstd.Decoder
	blocks *zstdBlocks
	next   func() ([]byte, error, bool)
	stop   func()
	mark   inflate.Mark
	marks  []inflate.Mark
	err    error
}

const (
	// blocksAhead is how many blocks are in the works with a processor to spare.
	// The library takes a block through three goroutines, and with fewer blocks
	// they wait for each other: six take a twentieth more time. With more nothing
	// is gained.
	blocksAhead = 12
	// headersAhead is how many bytes are read at a time where the library asks for
	// fewer: headers of frames and blocks, and what there is of tiny ones.
	headersAhead = 16 << 10
)

// newZstdDecoder decodes r. The frames' own checksums are compared unless
// trusted: whoever hashes the blob itself need not do that twice. With a spare
// processor literals, sequences and copying of different blocks are done side by
// side. It takes a fifth more of the processors, and two thirds of the time.
// Reserve, where not nil, makes room for a frame's window before it is decoded.
func newZstdDecoder(r io.Reader, trusted, spare bool, reserve func(window int64) error) (*zstdDecoder, error) {
	ahead := 1
	if spare && runtime.GOMAXPROCS(0) > 1 {
		ahead = blocksAhead
	}
	blocks := newZstdBlocks(bufio.NewReaderSize(r, headersAhead))
	blocks.reserve = reserve
	dec, err := zstd.NewReader(blocks, zstd.WithDecoderConcurrency(ahead), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(budget.MaxWindow), zstd.IgnoreChecksum(trusted))
	if err != nil {
		return nil, err
	}
	d := &zstdDecoder{dec: dec, blocks: blocks}
	d.next, d.stop = iter.Pull2(func(yield func([]byte, error) bool) {
		_, err := dec.WriteTo(blockWriter(func(p []byte) bool { return yield(p, nil) }))
		if err == nil {
			err = io.EOF
		} else {
			err = blocks.refused(err)
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
	if len(block) > 0 {
		d.mark.In, d.mark.Out = d.blocks.end(d.mark.In), d.mark.Out+int64(len(block))
		d.marks = append(d.marks[:0], d.mark)
	}
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
