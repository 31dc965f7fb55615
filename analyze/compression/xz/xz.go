// Package xz reads the .xz format in bounded memory.
//
//	r := xz.NewReader(file) // an io.Reader of the decompressed bytes
//
// An .xz file has one or more streams. A stream has blocks, each compressed separately with
// LZMA2 and followed by a checksum of its content, and then an index of the blocks. The
// header of a block says how large a dictionary its decoder needs, up to 4 GiB. That is too
// much for a stranger's file, so a block that asks for more than [MaxDictionary] is refused
// before anything is allocated. The format is described at
// https://tukaani.org/xz/xz-file-format.txt; comments below cite its sections.
//
// LZMA2 itself is decoded by github.com/ulikunitz/xz/lzma. That library also reads .xz files,
// but with any dictionary that a header asks for, which is why the container is read here.
package xz

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// MaxDictionary is the largest dictionary in bytes that a block may need: that of
// xz -9. Layers are decoded side by side, each with one.
const MaxDictionary = 64 << 20

// Magic is what every .xz file begins with.
const Magic = "\xfd7zXZ\x00"

var (
	// ErrCorrupt says that a file is no .xz file, or a damaged one.
	ErrCorrupt = errors.New("damaged xz data")
	// ErrDictionary says that a block needs a dictionary over [MaxDictionary].
	ErrDictionary = fmt.Errorf("xz asks for a dictionary over the limit of %d MiB", MaxDictionary>>20)
	// ErrWasteful says that the blocks ask for far more memory, one after the other,
	// than they have content: clearing it takes time.
	ErrWasteful = errors.New("xz asks for large dictionaries for next to no content")
	// ErrFilter says that a block was changed by a filter before it was compressed,
	// as programs may be (xz --x86).
	ErrFilter = errors.New("xz with a filter that tare does not read")
)

// Mark says that the first Out bytes of the content end with the first In bytes
// of the file. There is one for each block.
type Mark struct{ In, Out int64 }

// Reader decompresses an .xz file. It is not safe for concurrent use.
type Reader struct {
	in     counter
	check  func() checksum
	size   int // of a block's checksum in bytes
	begun  bool
	blocks int64 // of the stream so far

	block *block
	out   int64
	held  int64 // bytes of all dictionaries so far
	marks []Mark
	err   error
}

// NewReader reads an .xz file from r, a few KiB more than it has at most.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: counter{r: bufio.NewReaderSize(r, 64<<10)}}
}

// Marks returns the ends of the blocks that were read since the last call.
func (r *Reader) Marks() []Mark {
	marks := r.marks
	r.marks = nil
	return marks
}

// Read decompresses. Its last bytes come with no error before every checksum was
// compared.
func (r *Reader) Read(p []byte) (int, error) {
	for r.err == nil && len(p) > 0 {
		if r.block == nil {
			r.err = r.next()
			continue
		}
		n, err := r.block.Read(p)
		r.out += int64(n)
		if err == io.EOF {
			err = r.block.end(&r.in)
			r.marks = append(r.marks, Mark{r.in.n, r.out})
			r.block = nil
			r.blocks++
		}
		r.err = cut(err)
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// next reads up to the content of the next block; io.EOF at the end of the file.
func (r *Reader) next() error {
	if r.check == nil {
		if err := r.stream(); err != nil {
			return err
		}
	}
	length, err := r.in.ReadByte()
	if err != nil {
		return cut(err)
	}
	if length == 0 {
		if err := r.index(); err != nil {
			return cut(err)
		}
		r.check = nil
		return nil
	}
	header := make([]byte, (int(length)+1)*4) // section 3.1
	header[0] = length
	if err := r.in.full(header[1:]); err != nil {
		return err
	}
	if r.block, err = newBlock(header, r.check(), r.size); err != nil {
		return err
	}
	if r.held += r.block.window; r.held > freeDictionaries+maxDictionaries*r.out {
		return ErrWasteful
	}
	return r.block.begin(&r.in)
}

// What the dictionaries of all blocks together may have, in bytes: any number up
// to freeDictionaries, and maxDictionaries for each byte of content. Clearing
// that many takes less time than to decode the byte.
const (
	freeDictionaries = 4 * MaxDictionary
	maxDictionaries  = 64
)

// stream reads a stream's header, section 2.1.1, and the padding before it,
// section 2.2.
func (r *Reader) stream() error {
	var header [12]byte
	for {
		err := r.in.full(header[:4])
		if r.begun && errors.Is(err, io.ErrUnexpectedEOF) && r.in.ended {
			return io.EOF
		}
		if err != nil {
			return err
		}
		if !r.begun || header[0]|header[1]|header[2]|header[3] != 0 {
			break
		}
	}
	if err := r.in.full(header[4:]); err != nil {
		return err
	}
	flags := header[6:8]
	if string(header[:6]) != Magic || flags[0] != 0 || flags[1] > 15 || !sums(flags, header[8:]) {
		return ErrCorrupt
	}
	r.check, r.size = checks(flags[1])
	r.begun, r.blocks = true, 0
	return nil
}

// index reads what follows the blocks: a list of their sizes, which were known
// already, and the stream's footer. Sections 4 and 2.1.2.
func (r *Reader) index() error {
	sum := crc32.NewIEEE()
	sum.Write([]byte{0})
	start := r.in.n - 1
	r.in.sum = sum
	defer func() { r.in.sum = nil }()
	records, err := r.in.number()
	if err != nil {
		return err
	}
	if int64(records) != r.blocks {
		return ErrCorrupt
	}
	for range records * 2 {
		if _, err := r.in.number(); err != nil {
			return err
		}
	}
	for (r.in.n-start)%4 != 0 {
		if b, err := r.in.ReadByte(); err != nil || b != 0 {
			return errors.Join(ErrCorrupt, err)
		}
	}
	r.in.sum = nil
	var tail [16]byte // the index's checksum and the footer
	if err := r.in.full(tail[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(tail[:]) != sum.Sum32() || !sums(tail[8:14], tail[4:]) || !bytes.Equal(tail[14:], []byte("YZ")) {
		return ErrCorrupt
	}
	return nil
}

// sums reports whether the first four bytes of want are the CRC32 of data.
func sums(data, want []byte) bool {
	return crc32.ChecksumIEEE(data) == binary.LittleEndian.Uint32(want)
}

// cut turns the end of a file in the middle of something into the error for that.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// dictionary is the size that a block's only filter asks for, section 5.3.1.
func dictionary(properties byte) (int64, error) {
	if properties > 40 {
		return 0, ErrCorrupt
	}
	size := int64(2|properties&1) << (properties/2 + 11)
	if size > MaxDictionary {
		return 0, ErrDictionary
	}
	return max(size, lzma.MinDictCap), nil
}
