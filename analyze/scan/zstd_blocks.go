package scan

import (
	"encoding/binary"
	"io"
	"math"
	"slices"
	"sync"
)

// zstdBlocks finds where in a zstd stream its blocks end, from the headers that
// pass while a decoder reads it (RFC 8878, 3.1). Of a damaged stream it says
// something or other: the decoder refuses that.
//
// The goroutine that reads and the one that asks may be two.
type zstdBlocks struct {
	r io.Reader

	at         int64 // bytes of the stream that were passed
	skip       int64 // bytes to pass before the next ones to look at
	head       [5]byte
	have, need int          // bytes of head
	look       func([]byte) // at head, once it has what it needs
	body       int64        // bytes of the block that are still to come
	last       bool         // the block is the frame's last
	checksum   bool         // four bytes follow the last block

	// A frame header is read by itself, before its decoder is: see header.
	atHeader bool              // one is next
	ahead    []byte            // read from r, but not passed
	ready    []byte            // for the decoder, and passed
	reserve  func(int64) error // makes room for a window; nil for no need
	cut      bool              // a frame was given a smaller window than it asks for

	mu    sync.Mutex
	ends  []int64 // of blocks with content
	asked int     // how many of them were asked for
}

func newZstdBlocks(r io.Reader) *zstdBlocks {
	z := &zstdBlocks{r: r}
	z.expect(4, z.magic)
	return z
}

func (z *zstdBlocks) Read(p []byte) (int, error) {
	for {
		if len(z.ready) > 0 {
			n := copy(p, z.ready)
			z.ready = z.ready[n:]
			return n, nil
		}
		if z.atHeader {
			if err := z.header(); err != nil {
				return 0, err
			}
			if len(z.ready) > 0 {
				continue
			}
		}
		n, err := z.source().Read(p)
		passed := z.pass(p[:n])
		if passed < n {
			z.ahead = append(slices.Clone(p[passed:n]), z.ahead...)
			err = nil // it comes again
		}
		if passed > 0 || err != nil || n == 0 {
			return passed, err
		}
	}
}

// end is where the next block with content ends, which must have been read;
// otherwise where the one before did.
func (z *zstdBlocks) end(before int64) int64 {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.asked == len(z.ends) {
		return before
	}
	end := z.ends[z.asked]
	if z.asked++; z.asked == len(z.ends) {
		z.ends, z.asked = z.ends[:0], 0
	}
	return end
}

func (z *zstdBlocks) expect(n int, look func([]byte)) { z.have, z.need, z.look = 0, n, look }

// pass looks at bytes of the stream, up to where a frame header begins, and
// returns how many.
func (z *zstdBlocks) pass(p []byte) (passed int) {
	all := len(p)
	for len(p) > 0 && !z.atHeader {
		n := int(min(z.skip, int64(len(p))))
		z.skip -= int64(n)
		if n == 0 {
			n = copy(z.head[z.have:z.need], p)
			z.have += n
		}
		z.at += int64(n)
		p = p[n:]
		if z.skip == 0 && z.have == z.need {
			z.look(z.head[:z.need])
		}
	}
	return all - len(p)
}

// lost passes all that comes: no decoder reads it either.
func (z *zstdBlocks) lost() { z.skip = math.MaxInt64 }

// magic begins a frame (3.1.1) or a skippable one (3.1.2).
func (z *zstdBlocks) magic(b []byte) {
	switch m := binary.LittleEndian.Uint32(b); {
	case m == 0xfd2fb528:
		z.atHeader = true
	case m&^15 == 0x184d2a50:
		z.expect(4, z.skippable)
	default:
		z.lost()
	}
}

func (z *zstdBlocks) skippable(b []byte) {
	z.skip = int64(binary.LittleEndian.Uint32(b))
	z.expect(4, z.magic)
}

// block is a block header (3.1.1.2).
func (z *zstdBlocks) block(b []byte) {
	header := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
	size := header >> 3
	z.last, z.body = header&1 != 0, size
	switch header >> 1 & 3 {
	case 0: // raw
		z.close(size > 0)
	case 1: // one byte, repeated
		z.body = 1
		z.close(size > 0)
	case 2:
		if size == 0 {
			z.lost()
			return
		}
		n := min(5, size)
		z.body -= n
		z.expect(int(n), z.literals)
	default:
		z.lost()
	}
}

// literals looks at the start of a compressed block: it has content where it has
// literals, or sequences behind them (3.1.1.3.1.1).
func (z *zstdBlocks) literals(b []byte) {
	var wide [8]byte
	copy(wide[:], b)
	header := binary.LittleEndian.Uint64(wide[:])
	var length, stored, regenerated int64 // of the header, of what it is about, of its content
	switch kind, format := header&3, header>>2&3; {
	case kind < 2 && format&1 == 0:
		length, regenerated = 1, int64(header>>3&0x1f)
	case kind < 2:
		length = 2 + int64(format>>1)
		regenerated = int64(header >> 4 & (1<<(8*length-4) - 1))
	default:
		bits := []int64{10, 10, 14, 18}[format]
		length = (4 + 2*bits + 7) / 8
		regenerated = int64(header >> 4 & (1<<bits - 1))
		stored = int64(header >> (4 + bits) & (1<<bits - 1))
	}
	if regenerated > 0 {
		z.close(true)
		return
	}
	if header&3 == 1 {
		stored = 1
	}
	behind := length + stored - int64(len(b)) // may be less than 0
	switch {
	case behind < 0:
		z.sequences(b[length+stored:])
	case behind < z.body:
		z.skip = behind
		z.body -= behind + 1
		z.expect(1, z.sequences)
	default:
		z.lost()
	}
}

// sequences is the start of their number (3.1.1.3.2.1): none are 0, or in two
// bytes, which nobody writes, 128 and 0.
func (z *zstdBlocks) sequences(b []byte) {
	if len(b) == 1 && b[0] == 128 && z.body > 0 {
		z.body--
		z.expect(1, func(b []byte) { z.close(b[0] != 0) })
		return
	}
	z.close(b[0] != 0 && (b[0] != 128 || len(b) > 1 && b[1] != 0))
}

// close notes where the block ends whose last bytes are still to come.
func (z *zstdBlocks) close(content bool) {
	z.skip = z.body
	if z.last && z.checksum {
		z.skip += 4
	}
	if content {
		z.mu.Lock()
		z.ends = append(z.ends, z.at+z.skip)
		z.mu.Unlock()
	}
	if z.last {
		z.expect(4, z.magic)
	} else {
		z.expect(3, z.block)
	}
}
