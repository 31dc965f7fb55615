package source

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/source/xz"
)

// kind is what content looks like from its first bytes. Names are no help:
// archives of every age and tool name the same things differently.
type kind uint8

const (
	unknownKind kind = iota
	emptyKind
	tarKind
	gzipKind // RFC 1952; also eStargz
	zstdKind // RFC 8878; also zstd:chunked
	jsonKind
	xzKind
	bzip2Kind
	webKind // HTML
)

// sniffBytes is how much of the content kindOf wants to see: one tar block.
const sniffBytes = 512

// kindOf looks at the first sniffBytes of something, or all of it if it is shorter.
func kindOf(head []byte) kind {
	switch {
	case len(head) == 0:
		return emptyKind
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzipKind
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstdKind
	case len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}):
		return zstdKind // a skippable frame first
	case bytes.HasPrefix(head, []byte(xz.Magic)):
		return xzKind
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2Kind
	case isTarBlock(head):
		return tarKind
	}
	if text := bytes.TrimLeft(head, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return jsonKind
	}
	if isWebPage(head) {
		return webKind
	}
	return unknownKind
}

// isTarBlock reports whether a block is a tar header, by its checksum as the
// oldest tars have no magic, or the zeros that end an archive.
func isTarBlock(block []byte) bool {
	if len(block) < sniffBytes {
		return false
	}
	block = block[:sniffBytes]
	const from, to = 148, 156 // the checksum's own field counts as spaces
	sum := int64((to - from) * ' ')
	for i, b := range block {
		if i < from || i >= to {
			sum += int64(b)
		}
	}
	if sum == (to-from)*' ' && len(bytes.Trim(block[from:to], "\x00")) == 0 {
		return true
	}
	want, err := strconv.ParseInt(strings.Trim(string(block[from:to]), " \x00"), 8, 64)
	return err == nil && want == sum
}

// maybeLayer reports whether content may be the blob of a layer.
func (k kind) maybeLayer() bool {
	return k == tarKind || k == emptyKind || k.compressed()
}

// compressed reports whether content is compressed in a way that tare reads.
// Docker and Podman load archives and layers with any of them.
func (k kind) compressed() bool {
	return k == gzipKind || k == zstdKind || k == xzKind || k == bzip2Kind
}

// maxWindow bounds the memory that a zstd stream may ask for: 128 MiB is what
// zstd --long uses.
const maxWindow = 128 << 20

// plainTar returns the tar within a stream: the stream itself, or what it
// decompresses to. done frees the decompressor.
func plainTar(r io.Reader) (plain io.Reader, done func(), err error) {
	none := func() {}
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, none, err
	}
	switch k := kindOf(head); k {
	case tarKind:
		return in, none, nil
	case gzipKind:
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, none, fmt.Errorf("decompressing it: %w", err)
		}
		return bufio.NewReaderSize(z, 64<<10), none, nil
	case zstdKind:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, none, fmt.Errorf("decompressing it: %w", err)
		}
		return bufio.NewReaderSize(z, 64<<10), z.Close, nil
	case xzKind:
		return bufio.NewReaderSize(newFuse("xz", in, func(r io.Reader) io.Reader { return xz.NewReader(r) }), 64<<10), none, nil
	case bzip2Kind:
		return bufio.NewReaderSize(newFuse("bzip2", in, bzip2.NewReader), 64<<10), none, nil
	default:
		return nil, none, notAnArchive(k)
	}
}

// What an archive compressed with xz or bzip2 may hold, in bytes: freeUnpacked, and
// maxRatio for each byte read of it. Both pack zeros more than a thousand times as
// densely as gzip does, so that a kilobyte could keep a processor busy for hours.
const (
	freeUnpacked = 4 << 30
	maxRatio     = 32
)

// fuse ends a decompressor that writes without end, and says in our words what
// others find wrong.
type fuse struct {
	r    io.Reader
	in   *metered
	free int64
	out  int64
	from string
}

// metered counts what was read.
type metered struct {
	r io.Reader
	n int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	return n, err
}

func newFuse(from string, in io.Reader, decompress func(io.Reader) io.Reader) *fuse {
	counted := &metered{r: in}
	return &fuse{r: decompress(counted), in: counted, free: freeUnpacked, from: from}
}

func (f *fuse) Read(p []byte) (int, error) {
	if f.out > f.free+maxRatio*f.in.n {
		return 0, &problem{
			what: fmt.Sprintf("decompressed from %s it is over %d GiB and more than %d times as large", f.from, freeUnpacked>>30, maxRatio),
			next: "decompress it first, and name the file that comes of it",
		}
	}
	n, err := f.r.Read(p)
	f.out += int64(n)
	switch {
	case errors.Is(err, xz.ErrDictionary), errors.Is(err, xz.ErrFilter), errors.Is(err, xz.ErrWasteful):
		err = &problem{what: err.Error(), next: "decompress it first: xz -d", cause: err}
	case errors.As(err, new(bzip2.StructuralError)):
		err = fmt.Errorf("damaged bzip2 data (%w)", err)
	}
	return n, err
}

// notAnArchive says what a file is instead of an archive.
func notAnArchive(k kind) error {
	next := "make an archive with docker save, or skopeo copy to oci-archive"
	switch k {
	case emptyKind:
		return &problem{what: "it is empty", next: next}
	case webKind:
		return &problem{what: "it is a web page, not an archive", next: "a login page may have come in its place; download it again"}
	case jsonKind:
		return &problem{what: "it is a JSON document, not an archive", next: next}
	}
	return &problem{what: "it is no tar archive", next: next}
}
