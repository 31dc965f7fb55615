// Package inflate decompresses gzip (RFC 1952) and the DEFLATE data in it (RFC
// 1951), and says which compressed bytes each decompressed byte came from.
//
// # Why not compress/gzip
//
// Speed. Decompressing is most of what a first look at an image costs, and this
// decoder takes a little more than a third of the time of klauspost/compress and
// of the standard library on text and on programs (BenchmarkReader), because it
// keeps 64 bits of input at hand, looks symbols up in wide tables, and runs a loop
// without bounds checks as long as there is room for the longest symbol.
//
// Positions alone would be no reason: a library that reads an io.ByteReader takes
// no byte too many, so counting is exact there, too. It would only be coarser.
//
// # Marks
//
// What a file costs to pull is its share of the layer's blob. The blob has places
// where the offsets in the compressed and in the decompressed stream are both
// known exactly: the end of each DEFLATE block and of each gzip member.
// [Reader.Marks] reports those, and no others, so whoever draws straight lines
// between them gets numbers that depend on the blob alone, not on the buffers of
// whoever read it.
//
// # How it decodes
//
// A gzip stream is a run of members: a header, DEFLATE blocks, a checksum. A
// block is either stored bytes or Huffman codes for literals (one byte), matches
// (length and distance: copy what stands that far back) and the block's end.
//
//   - input.go keeps a chunk of compressed bytes and a 64 bit buffer that is
//     refilled eight bytes at a time;
//   - header_trailer.go reads headers and checks trailers;
//   - block.go reads block headers and, one symbol at a time, what the fast loop
//     leaves: the end of the input and everything that is corrupt;
//   - huffman.go turns code lengths into lookup tables;
//   - fast.go is the loop that spends the time: it runs while there is room for
//     the longest symbol on both sides and checks nothing else a byte;
//   - repeat.go copies matches that overlap themselves closely;
//   - mark.go collects the marks.
//
// What is accepted is what compress/gzip accepts, code for code, and also zero
// bytes after the last member (tape and block device padding), as gzip(1) does.
package inflate

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

var (
	// ErrCorrupt is wrapped, with the offset in the compressed stream, by errors
	// about input that is not gzip.
	ErrCorrupt = errors.New("not valid gzip data")
	// ErrChecksum is wrapped by errors about a member whose CRC-32 or size is
	// not what its trailer says. Its bytes have been returned by then.
	ErrChecksum = errors.New("gzip checksum mismatch")

	errClosed = errors.New("inflate: reader is closed")
)

// Reader decompresses one gzip stream. It holds less than 512 KiB, which Close
// gives back for the next one. It is not safe for concurrent use.
type Reader struct {
	d *decoder // nil once closed
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// NewReader returns a Reader of the gzip stream r, which it reads in large
// chunks and to its end. Close the Reader to recycle its buffers.
func NewReader(r io.Reader) *Reader {
	z := new(Reader)
	z.Reset(r)
	return z
}

// Reset makes z, closed or not, a Reader of the gzip stream r.
func (z *Reader) Reset(r io.Reader) {
	if z.d == nil {
		z.d = decoders.Get().(*decoder)
	}
	z.d.reset(r)
}

// Close gives z's buffers back: slices that Next returned are no longer valid.
// It does not close the underlying reader. Closing twice is harmless.
func (z *Reader) Close() error {
	if z.d != nil {
		z.d.reset(nil)
		decoders.Put(z.d)
		z.d = nil
	}
	return nil
}

// Next returns the next run of decompressed bytes, at least one and at most a few
// hundred KiB, as a slice of z's window: the caller may read it, not change it,
// until the next call of Next, Reset or Close. Where a run ends means nothing.
//
// It returns io.EOF after the last member. An empty stream has no members and
// is no error. Input that ends early gives io.ErrUnexpectedEOF; input that is
// wrong, ErrCorrupt or ErrChecksum; an error of the underlying reader comes
// through; all of them wrapped, after the bytes before them, and for good.
func (z *Reader) Next() ([]byte, error) {
	if z.d == nil {
		return nil, errClosed
	}
	return z.d.next()
}

// Marks returns the marks that the last Next has settled and that no earlier call
// has returned. Next forgets those nobody asked for, so a caller who wants them
// all calls Marks after each Next, also after the one that returns io.EOF. The
// slice is valid until the next call of Next, Reset or Close.
//
// A mark is settled once a byte past its Out has been returned or the stream has
// ended; see [Mark]. How the marks spread over the calls depends on the
// underlying reader; all of them together depend on the stream alone.
func (z *Reader) Marks() []Mark {
	if z.d == nil {
		return nil
	}
	return z.d.marks.take()
}

const (
	// historySize is how far back a match may reach (RFC 1951, section 2).
	historySize = 32 << 10
	winSize     = 256 << 10
	winMask     = winSize - 1
	// winPad lets the fast loop write whole words past the last byte.
	winPad = 64
	// outLimit is where the window is full: one turn of the fast loop, which
	// starts below it, stays within the window.
	outLimit = winSize - 512
)

// decoder is a Reader's state and buffers. They are one piece of memory so that
// the fast loop addresses all of them from one register.
type decoder struct {
	input

	state  state
	err    error // sticky; reported once the bytes before it have been returned
	final  bool  // the block at hand is its member's last
	stored int   // bytes left of a stored block

	start   int   // win[start:op] has been decoded but not returned
	op      int   // where the next byte goes
	history int   // where in win the member begins, or 0 when that has been moved out
	outBase int64 // decompressed offset of win[0]
	member  checksum
	members int

	marks marks

	fixed bool // lit and dist hold the fixed codes
	lens  [maxLit + maxDist]uint8
	pre   [1 << preBits]uint32
	dist  [distSize]uint32
	lit   [litSize]uint32
	win   [winSize + winPad]byte
}

// state is what the next bits of the input are.
type state uint8

const (
	atHeader  state = iota // of a member, or the end of the stream
	atBlock                // the header of a block
	inStored               // a stored block's bytes
	inHuffman              // a block's symbols
	atTrailer              // of a member
)

// reset forgets everything but the memory.
func (z *decoder) reset(r io.Reader) {
	z.input.reset(r)
	z.state, z.err, z.final, z.stored = atHeader, nil, false, 0
	z.start, z.op, z.history, z.outBase = 0, 0, 0, 0
	z.member, z.members = checksum{}, 0
	z.marks.reset()
}

// next implements Reader.Next.
func (z *decoder) next() ([]byte, error) {
	z.marks.forget()
	if z.op >= outLimit {
		z.slide()
	}
	z.start = z.op
	for z.err == nil && z.op < outLimit && !z.marks.full() {
		z.err = z.step()
	}
	run := z.win[z.start:z.op:z.op]
	z.sum()
	if len(run) == 0 {
		if z.err == io.EOF {
			z.marks.end()
		}
		return nil, z.err
	}
	z.marks.reach(z.out())
	return run, nil
}

// step decodes until the state changes or the window is full.
func (z *decoder) step() error {
	switch z.state {
	case atHeader:
		return z.header()
	case atBlock:
		return z.blockHeader()
	case inStored:
		return z.storedBlock()
	case inHuffman:
		return z.huffmanBlock()
	default:
		return z.trailer()
	}
}

// slide makes room: it moves the history that matches may reach to the window's
// front. Everything in the window has been returned.
func (z *decoder) slide() {
	n := z.op - historySize
	copy(z.win[:historySize], z.win[n:z.op])
	z.op = historySize
	z.outBase += int64(n)
	z.history = max(z.history-n, 0)
	z.member.from -= n
}

// out is the offset of the next byte in the decompressed stream.
func (z *decoder) out() int64 { return z.outBase + int64(z.op) }

// corrupt returns an error about the compressed bytes at hand.
func (z *decoder) corrupt(what string) error {
	return fmt.Errorf("inflate: %s at byte %d: %w", what, z.offset(), ErrCorrupt)
}
