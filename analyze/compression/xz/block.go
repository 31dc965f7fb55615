package xz

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"
)

// block is a block under way.
type block struct {
	content          *lzma.Reader2
	window           int64 // bytes of its dictionary
	sum              checksum
	size             int   // of the checksum in bytes
	from             int64 // where its compressed bytes begin
	packed, unpacked int64 // what the header promises, -1 for nothing
	n                int64 // bytes of content so far
}

// lzma2 is the only filter that is read, section 5.3.1.
const lzma2 = 0x21

// newBlock reads a block's header, section 3.1, which is whole in header.
func newBlock(header []byte, sum checksum, size int) (*block, error) {
	end := len(header) - 4
	if !sums(header[:end], header[end:]) || header[1]&0x3c != 0 {
		return nil, ErrCorrupt
	}
	b := &block{sum: sum, size: size, packed: -1, unpacked: -1}
	fields := &counter{r: bufio.NewReader(bytes.NewReader(header[2:end]))}
	if err := b.sizes(fields, header[1]); err != nil {
		return nil, err
	}
	id, err := fields.number()
	if err != nil {
		return nil, ErrCorrupt
	}
	if header[1]&3 != 0 || id != lzma2 {
		return nil, ErrFilter
	}
	properties := make([]byte, 2) // their length and their only byte
	if err := fields.full(properties); err != nil || properties[0] != 1 {
		return nil, ErrCorrupt
	}
	b.window, err = dictionary(properties[1])
	if b.unpacked >= 0 { // nothing lies further back than the start
		b.window = min(b.window, max(b.unpacked, lzma.MinDictCap))
	}
	return b, err
}

// begin makes the decoder of a block whose header was read.
func (b *block) begin(in *counter) error {
	b.from = in.n
	content, err := lzma.Reader2Config{DictCap: int(b.window)}.NewReader2(in)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrCorrupt, err)
	}
	b.content = content
	return nil
}

// sizes reads the sizes that a header may have.
func (b *block) sizes(fields *counter, flags byte) error {
	for _, field := range []struct {
		bit  byte
		into *int64
	}{{0x40, &b.packed}, {0x80, &b.unpacked}} {
		if flags&field.bit == 0 {
			continue
		}
		n, err := fields.number()
		if err != nil {
			return ErrCorrupt
		}
		*field.into = int64(n)
	}
	return nil
}

// Read decompresses; io.EOF is the end of the block's content.
func (b *block) Read(p []byte) (int, error) {
	n, err := b.content.Read(p)
	b.n += int64(n)
	b.sum.Write(p[:n])
	if b.unpacked >= 0 && b.n > b.unpacked {
		return n, ErrCorrupt
	}
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w (%w)", ErrCorrupt, err)
	}
	return n, err
}

// end compares what was read with what header and checksum promise, sections 3.3
// and 3.4.
func (b *block) end(in *counter) error {
	packed := in.n - b.from
	if b.packed >= 0 && packed != b.packed || b.unpacked >= 0 && b.n != b.unpacked {
		return ErrCorrupt
	}
	tail := make([]byte, int(-packed&3)+b.size)
	if err := in.full(tail); err != nil {
		return err
	}
	padding, promised := tail[:len(tail)-b.size], tail[len(tail)-b.size:]
	if len(bytes.Trim(padding, "\x00")) > 0 || !b.sum.is(promised) {
		return ErrCorrupt
	}
	return nil
}

// checksum is of a block's content, section 3.4. It is nil for a kind that is
// not known, which the format wants to be passed over.
type checksum struct {
	hash.Hash
	little bool // its bytes come in little-endian order
}

func (c checksum) Write(p []byte) {
	if c.Hash != nil {
		_, _ = c.Hash.Write(p) // never fails
	}
}

func (c checksum) is(promised []byte) bool {
	if c.Hash == nil {
		return true
	}
	sum := c.Sum(nil)
	if c.little {
		slices.Reverse(sum)
	}
	return bytes.Equal(sum, promised)
}

// checks returns what makes the checksum of a kind, and its size, section 2.1.1.2.
func checks(kind byte) (make func() checksum, size int) {
	switch kind {
	case 1:
		make = func() checksum { return checksum{crc32.NewIEEE(), true} }
	case 4:
		make = func() checksum { return checksum{crc64.New(crc64.MakeTable(crc64.ECMA)), true} }
	case 10:
		make = func() checksum { return checksum{sha256.New(), false} }
	default:
		make = func() checksum { return checksum{} }
	}
	return make, []int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[kind]
}

// counter reads a file and counts what was taken from it.
type counter struct {
	r     *bufio.Reader
	n     int64
	ended bool        // the file ended before the first byte of the last read
	sum   hash.Hash32 // of what is read, nil for nothing
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
		if c.sum != nil {
			_, _ = c.sum.Write([]byte{b})
		}
	}
	return b, err
}

// full fills p. A file that ends too early is io.ErrUnexpectedEOF.
func (c *counter) full(p []byte) error {
	n, err := io.ReadFull(c.r, p)
	c.n += int64(n)
	c.ended = n == 0 && err == io.EOF
	return cut(err)
}

// number reads an integer of the format, section 1.2: seven bits a byte, the
// lowest first, up to 63.
func (c *counter) number() (uint64, error) {
	var n uint64
	for shift := 0; shift < 63; shift += 7 {
		b, err := c.ReadByte()
		if err != nil {
			return 0, cut(err)
		}
		n |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			if b == 0 && shift > 0 {
				return 0, ErrCorrupt
			}
			return n, nil
		}
	}
	return 0, ErrCorrupt
}
