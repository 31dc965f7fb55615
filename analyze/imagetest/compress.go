package imagetest

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	fastgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Compression is how a layer is stored.
type Compression int

const (
	Gzip         Compression = iota // one member, as Docker pushes
	None                            // the tar itself
	GzipMembers                     // one gzip member an entry, as pigz -i and concatenation make
	EStargz                         // eStargz: members, landmark, table of contents, footer
	Zstd                            // one zstd frame
	ZstdChunked                     // zstd:chunked: one frame an entry, table of contents and footer in skippable frames
	numberOfKind                    // how many there are

	// XZ is none of those that the image spec has, so Compressions leaves it out.
	XZ = numberOfKind
)

// Compressions lists every Compression, for tests that try them all.
func Compressions() []Compression {
	all := make([]Compression, numberOfKind)
	for i := range all {
		all[i] = Compression(i)
	}
	return all
}

func (c Compression) String() string {
	return [...]string{"gzip", "none", "gzip-members", "estargz", "zstd", "zstd-chunked", "xz"}[c]
}

// suffix is the end of the media type of an OCI layer.
func (c Compression) suffix() string {
	switch c {
	case None:
		return ""
	case Zstd, ZstdChunked:
		return "+zstd"
	case XZ:
		return "+xz"
	default:
		return "+gzip"
	}
}

// pack stores a layer; eStargz adds its table of contents to the tar, too.
func (c Compression) pack(p *packed) []byte {
	switch c {
	case None:
		return p.whole
	case GzipMembers:
		return gzipEach(p.tar, nil)
	case EStargz:
		return p.stargz()
	case Zstd:
		return zstdFrame(p.whole)
	case ZstdChunked:
		return p.zstdChunked()
	case XZ:
		return XZBlocks(p.whole, 0)
	default:
		return gzipMember(p.whole)
	}
}

// gzipWriters are kept for the next member; a new one takes a megabyte. All but small members
// are mostly noise, on which the fast writer loses nothing and takes a tenth of the time.
var (
	gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	fastWriters = sync.Pool{New: func() any {
		w, err := fastgzip.NewWriterLevel(nil, fastgzip.BestSpeed)
		check("gzip", err)
		return w
	}}
)

// largeMember is how many bytes a member has that the fast writer packs.
const largeMember = 64 << 10

func gzipMember(b []byte) []byte {
	var out bytes.Buffer
	pool := &gzipWriters
	if len(b) >= largeMember {
		pool = &fastWriters
	}
	w := pool.Get().(interface {
		io.WriteCloser
		Reset(w io.Writer)
	})
	defer pool.Put(w)
	w.Reset(&out)
	_, err := w.Write(b)
	check("gzip", err)
	check("gzip", w.Close())
	return out.Bytes()
}

// gzipEach gives each piece a member and tells where it starts.
func gzipEach(pieces [][]byte, starts func(piece int, offset int64)) []byte {
	var out []byte
	for i, piece := range pieces {
		if starts != nil {
			starts(i, int64(len(out)))
		}
		out = append(out, gzipMember(piece)...)
	}
	return out
}

// encoder makes zstd frames; a new one takes megabytes.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	check("zstd", err)
	return w
})

func zstdFrame(b []byte) []byte { return encoder().EncodeAll(b, nil) }

// XZBlocks compresses with xz, in blocks of a size; 0 is one block.
func XZBlocks(b []byte, size int64) []byte {
	var out bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: size, DictCap: 1 << 20}.NewWriter(&out)
	check("xz", err)
	_, err = w.Write(b)
	check("xz", err)
	check("xz", w.Close())
	return out.Bytes()
}

// zstdChunked stores a layer as containers/storage does: frames, one for each
// content and one for what lies between two of them, then the table of contents
// in a skippable frame (RFC 8878, section 3.1.2), then a skippable frame with the
// 64-byte footer that says where the table is. The manifest names its place and
// digest.
func (p *packed) zstdChunked() []byte {
	var out, open []byte
	var items []tocItem
	flush := func() {
		if len(open) > 0 {
			out = append(out, zstdFrame(open)...)
		}
		open = nil
	}
	for _, piece := range p.tar {
		item, head, content, rest, ok := describe(piece)
		open = append(open, head...)
		if len(content) > 0 {
			flush()
			item.Offset = int64(len(out))
			out = append(out, zstdFrame(content)...)
			item.EndOffset = int64(len(out))
		}
		open = append(open, rest...)
		if ok {
			items = append(items, item)
		}
	}
	flush()
	toc := marshal(table{Version: 1, Entries: items})
	manifest := zstdFrame(toc)

	p.annotations = map[string]string{
		"io.github.containers.zstd-chunked.manifest-checksum": Digest(manifest).String(),
		"io.github.containers.zstd-chunked.manifest-position": fmt.Sprintf("%d:%d:%d:1", len(out)+8, len(manifest), len(toc)),
	}
	at := uint64(len(out) + 8) // behind the skippable frame's own header
	footer := binary.LittleEndian.AppendUint64(nil, at)
	footer = binary.LittleEndian.AppendUint64(footer, uint64(len(manifest)))
	footer = binary.LittleEndian.AppendUint64(footer, uint64(len(toc)))
	footer = binary.LittleEndian.AppendUint64(footer, 1) // type: compressed with zstd
	footer = append(footer, make([]byte, 24)...)         // no tar-split data
	footer = append(footer, "GNUlInUx"...)
	return append(append(out, skippable(manifest)...), skippable(footer)...)
}

func skippable(b []byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, 0x184D2A50)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
	return append(out, b...)
}
