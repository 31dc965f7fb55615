package scan

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
)

// zstdHeader is what a frame header (RFC 8878, 3.1.1.1) says of memory.
type zstdHeader struct {
	bytes    []byte // the header, without the magic number
	window   uint64 // how far back the frame may refer, in bytes
	checksum bool   // four bytes follow the last block
}

// The parts of a frame header descriptor.
const (
	zstdDictionary = 3    // size of the dictionary's ID
	zstdChecksum   = 4    // a checksum follows the frame
	zstdSingle     = 0x20 // the window is the content, and is not named
	zstdSizeShift  = 6    // size of the content's size
	// zstdWindowCut is the window descriptor of budget.MaxWindow: 2^(10+17).
	zstdWindowCut = 17 << 3
)

// readZstdHeader reads a frame header. Where r ends within it, the header holds
// what there was and the window is 0.
func readZstdHeader(r io.Reader) (zstdHeader, error) {
	h := zstdHeader{bytes: make([]byte, 1, 16)}
	if n, err := io.ReadFull(r, h.bytes); err != nil {
		h.bytes = h.bytes[:n]
		return h, err
	}
	descriptor := h.bytes[0]
	h.checksum = descriptor&zstdChecksum != 0
	single := descriptor&zstdSingle != 0
	window, dictionary := 1, []int{0, 1, 2, 4}[descriptor&zstdDictionary]
	size := []int{0, 2, 4, 8}[descriptor>>zstdSizeShift]
	if single {
		window, size = 0, max(size, 1)
	}
	h.bytes = h.bytes[:1+window+dictionary+size]
	if n, err := io.ReadFull(r, h.bytes[1:]); err != nil {
		h.bytes = h.bytes[:1+n]
		return h, err
	}
	if !single {
		base := uint64(1) << (10 + h.bytes[1]>>3)
		h.window = base + base/8*uint64(h.bytes[1]&7)
		return h, nil
	}
	var wide [8]byte
	copy(wide[:], h.bytes[1+dictionary:])
	h.window = binary.LittleEndian.Uint64(wide[:])
	if size == 2 {
		h.window += 256
	}
	return h, nil
}

// cut makes the header one that asks for budget.MaxWindow. Its frame can be
// decoded as long as it does not refer farther back; then the decoder stops.
func (h *zstdHeader) cut() {
	if h.bytes[0]&zstdSingle == 0 {
		h.bytes[1] = zstdWindowCut
	} else {
		h.bytes[0] &^= zstdSingle
		h.bytes = slices.Insert(h.bytes, 1, zstdWindowCut)
	}
	h.window = budget.MaxWindow
}

// header reads the header of a frame that begins, makes room for its window, and
// gives the decoder a window of budget.MaxWindow where the frame asks for a
// larger one: compressors name the largest that they were allowed, not the one
// they used.
func (z *zstdBlocks) header() error {
	z.atHeader = false
	h, err := readZstdHeader(z.source())
	z.at += int64(len(h.bytes))
	z.ready = h.bytes
	if err != nil {
		z.lost()
		return nil // the decoder finds the end behind what there is
	}
	z.checksum = h.checksum
	z.expect(3, z.block)
	if h.window > budget.MaxWindow {
		h.cut()
		z.ready, z.cut = h.bytes, true
	}
	if z.reserve == nil {
		return nil
	}
	return z.reserve(int64(h.window))
}

// source is what was read ahead, then the blob.
func (z *zstdBlocks) source() io.Reader { return sourceOf{z} }

type sourceOf struct{ z *zstdBlocks }

func (s sourceOf) Read(p []byte) (int, error) {
	if len(s.z.ahead) > 0 {
		n := copy(p, s.z.ahead)
		s.z.ahead = s.z.ahead[n:]
		return n, nil
	}
	return s.z.r.Read(p)
}

// refused says of a decoder's error whether it comes of a window that was cut.
func (z *zstdBlocks) refused(err error) error {
	if err != nil && z.cut && !errors.As(err, new(*LimitError)) && strings.Contains(err.Error(), "match offset") {
		return &LimitError{What: "the zstd window that the layer needs", Limit: "128 MiB"}
	}
	return err
}

// windows holds room for the largest window that a decoder has asked for.
type windows struct {
	ctx     context.Context
	budget  *budget.Budget
	most    int64
	release func()
}

func (w *windows) reserve(n int64) error {
	if n <= w.most {
		return nil
	}
	w.close()
	release, err := w.budget.Window(w.ctx, n)
	if err != nil {
		return err
	}
	w.most, w.release = n, release
	return nil
}

func (w *windows) close() {
	if w.release != nil {
		w.release()
		w.most, w.release = 0, nil
	}
}
