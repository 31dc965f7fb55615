package inflate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	inSize = 128 << 10
	inMask = inSize - 1
	// inPad is more than the longest thing that is read in one go, a dynamic
	// block's header: 14 + 19·3 + 316·(7+7) bits, 562 bytes. Where the input
	// ends, that many zeros follow it, so that no reader of bits has to look
	// for the end before each of them; overrun tells afterwards.
	inPad = 1 << 10
	inMax = inSize - inPad
	// emptyReads in a row make a reader broken (as in bufio).
	emptyReads = 100
)

// input is the compressed stream: a chunk of it, and the bits at hand.
//
// The bits at hand are the low nbits of bits, the next one lowest (RFC 1951,
// section 3.1.1). Above them bits may already hold some of the bits at in[ip]:
// filling in the same ones again does no harm. Whole bytes among the bits at
// hand still stand before in[ip], so unread can give them back.
type input struct {
	r     io.Reader
	rerr  error // what ended r; io.EOF or its error
	base  int64 // offset of in[0] in the stream
	ip    int   // where the next byte is
	end   int   // where the chunk ends
	nbits uint
	bits  uint64
	in    [inSize + 8]byte
}

func (z *input) reset(r io.Reader) {
	z.r, z.rerr, z.base, z.ip, z.end, z.nbits, z.bits = r, nil, 0, 0, 0, 0, 0
}

// fill reads until n bytes are at hand or the stream has ended. n is at most
// inPad.
func (z *input) fill(n int) {
	if z.end-z.ip >= n || z.rerr != nil {
		return
	}
	z.unread()
	z.base += int64(z.ip)
	z.end = copy(z.in[:], z.in[z.ip:z.end])
	z.ip = 0
	for empty := 0; z.end < n && z.rerr == nil; {
		var got int
		got, z.rerr = z.r.Read(z.in[z.end:inMax])
		if got < 0 || got > inMax-z.end {
			got, z.rerr = 0, errors.New("the reader returned an impossible count")
		}
		z.end += got
		if got > 0 {
			empty = 0
		} else if empty++; empty >= emptyReads && z.rerr == nil {
			z.rerr = io.ErrNoProgress
		}
	}
	if z.rerr != nil {
		clear(z.in[z.end : z.end+inPad])
	}
}

// refill makes at least 56 bits at hand: enough for any match, 20 + 28 bits. The
// caller has made sure of eight bytes at in[ip], zeros after the end included.
func (z *input) refill() {
	i := z.ip & inMask
	z.bits |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (z.nbits & 63)
	z.ip += int(63-z.nbits) >> 3
	z.nbits |= 56
}

// take consumes n bits, which are at hand, and returns them.
func (z *input) take(n uint) int {
	v := z.bits & (1<<(n&63) - 1)
	z.bits >>= n & 63
	z.nbits -= n
	return int(v)
}

// unread gives the whole bytes among the bits at hand back.
func (z *input) unread() {
	z.ip -= int(z.nbits >> 3)
	z.nbits &= 7
	z.bits &= 1<<z.nbits - 1
}

// align drops the bits up to the next byte's first.
func (z *input) align() {
	z.unread()
	z.nbits, z.bits = 0, 0
}

// offset is where in the stream the next bit's byte is.
func (z *input) offset() int64 { return z.base + int64(z.ip) - int64(z.nbits+7)/8 }

// overrun returns an error if more was consumed than the stream has.
func (z *input) overrun() error {
	if z.ip*8-int(z.nbits) <= z.end*8 {
		return nil
	}
	return z.cut()
}

// cut returns the error of a stream that ended where it must not.
func (z *input) cut() error {
	err := z.rerr
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("inflate: reading compressed data at byte %d: %w", z.base+int64(z.end), err)
}
