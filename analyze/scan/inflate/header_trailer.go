package inflate

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// A member's header (RFC 1952, section 2.3).
const (
	headerSize  = 10 // ID1 ID2 CM FLG MTIME XFL OS
	trailerSize = 8  // CRC32 ISIZE

	flagHeaderCRC = 1 << 1
	flagExtra     = 1 << 2
	flagName      = 1 << 3
	flagComment   = 1 << 4

	// maxString bounds a name or comment with its NUL, as in compress/gzip.
	maxString = 512
)

// checksum is what the trailer of the member at hand must say.
type checksum struct {
	crc  uint32
	size uint32 // modulo 2^32
	from int    // win[from:op] is not yet in it
}

// sum brings the checksum up to the last decoded byte.
func (z *decoder) sum() {
	p := z.win[z.member.from:z.op]
	z.member.crc = crc32.Update(z.member.crc, crc32.IEEETable, p)
	z.member.size += uint32(len(p))
	z.member.from = z.op
}

// header reads a member's header, or finds the end of the stream.
func (z *decoder) header() error {
	z.fill(headerSize)
	left := z.end - z.ip
	if left == 0 && z.rerr == io.EOF {
		return io.EOF
	}
	h := z.in[z.ip : z.ip+headerSize] // zeros follow the end
	if left > 0 && h[0] == 0 && z.members > 0 {
		return z.padding()
	}
	for i, b := range [...]byte{0x1f, 0x8b, 8} { // ID1, ID2, CM: deflate
		if i < left && h[i] != b {
			return z.corrupt("bad member header")
		}
	}
	if left < headerSize {
		return z.cut()
	}
	flags := h[3]
	crc := crc32.ChecksumIEEE(h)
	z.ip += headerSize

	if flags&flagExtra != 0 {
		n, err := z.headerBytes(2, &crc)
		if err != nil {
			return err
		}
		for size := int(binary.LittleEndian.Uint16(n)); size > 0; {
			p, err := z.headerBytes(min(size, inPad), &crc)
			if err != nil {
				return err
			}
			size -= len(p)
		}
	}
	for _, flag := range [...]byte{flagName, flagComment} {
		for n := 0; flags&flag != 0; n++ {
			if n == maxString {
				return z.corrupt("endless name in a member header")
			}
			c, err := z.headerBytes(1, &crc)
			if err != nil {
				return err
			}
			if c[0] == 0 {
				break
			}
		}
	}
	if flags&flagHeaderCRC != 0 {
		want := uint16(crc)
		c, err := z.headerBytes(2, &crc)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(c) != want {
			return z.corrupt("bad checksum of a member header")
		}
	}
	z.history = z.op
	z.member = checksum{from: z.op}
	z.state = atBlock
	return nil
}

// headerBytes consumes n bytes, at most inPad, and adds them to crc.
func (z *decoder) headerBytes(n int, crc *uint32) ([]byte, error) {
	z.fill(n)
	if z.end-z.ip < n {
		return nil, z.cut()
	}
	p := z.in[z.ip : z.ip+n]
	z.ip += n
	*crc = crc32.Update(*crc, crc32.IEEETable, p)
	return p, nil
}

// padding reads the zeros after the last member.
func (z *decoder) padding() error {
	for {
		z.fill(1)
		if z.ip == z.end {
			if z.rerr == io.EOF {
				return io.EOF
			}
			return z.cut()
		}
		for _, b := range z.in[z.ip:z.end] {
			if b != 0 {
				return z.corrupt("trailing data after the zeros that follow the last member")
			}
			z.ip++
		}
	}
}

// trailer checks a member's checksum and size.
func (z *decoder) trailer() error {
	z.align()
	z.fill(trailerSize)
	if z.end-z.ip < trailerSize {
		return z.cut()
	}
	z.sum()
	t := z.in[z.ip : z.ip+trailerSize]
	if binary.LittleEndian.Uint32(t) != z.member.crc || binary.LittleEndian.Uint32(t[4:]) != z.member.size {
		return fmt.Errorf("inflate: member that ends at byte %d: %w", z.offset()+trailerSize, ErrChecksum)
	}
	z.ip += trailerSize
	z.members++
	z.marks.add(z.offset(), z.out())
	z.state = atHeader
	return nil
}
