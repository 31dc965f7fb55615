package demo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// kind is what sort of content a file has: how well it compresses.
type kind int

const (
	program kind = iota // machine code: about 2.5 to 1
	source              // text: about 4 to 1
	packed              // archives, wheels, images: does not compress
	kinds
)

// unit is a ready-made stretch of content, and the gzip members that hold it.
// Gzip files may be concatenated (RFC 1952, section 2.2), so a layer of hundreds
// of megabytes can be a list of the same few members over and over: compressed
// once, held once.
type unit struct {
	plain   []byte
	members [][]byte
}

// unitSizes are the sizes of units, the largest first.
var unitSizes = [...]int64{32 << 10, 4 << 10, 1 << 10}

// units holds, for each kind, a unit of each size.
var units = sync.OnceValue(func() (u [kinds][len(unitSizes)]unit) {
	noise := make([]byte, unitSizes[0])
	_, _ = rand.NewChaCha8([32]byte{'t', 'a', 'r', 'e'}).Read(noise) // never fails
	text := prose(int(unitSizes[0]))
	pattern := bytes.Repeat(noise[:256], int(unitSizes[0])/256)
	for i, size := range unitSizes {
		dense := size * 3 / 8
		u[program][i] = unit{
			slices.Concat(noise[:dense], pattern[:size-dense]),
			[][]byte{store(noise[:dense]), deflate(pattern[:size-dense])},
		}
		u[source][i] = unit{text[:size], [][]byte{deflate(text[:size])}}
		u[packed][i] = unit{noise[:size], [][]byte{store(noise[:size])}}
	}
	return u
})

// prose is n bytes that look like source text to a compressor.
func prose(n int) []byte {
	words := strings.Fields("return self if not in for import def class value None raise error name the of is from to and with data list path file " +
		"static const int char struct void size len index buffer result config option request response handler context module")
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(strings.Repeat(" ", 4*r.IntN(3)))
		for range 3 + r.IntN(6) {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteString(" ._(=:"[r.IntN(6):][:1])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()[:n]
}

// head is the start of a file's content: what makes it differ from all others.
func head(k kind, seed string) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed)) // never fails
	switch k {
	case program:
		return fmt.Appendf(nil, "\x7fELF\x02\x01\x01%016x", h.Sum64())
	case source:
		return fmt.Appendf(nil, "# %016x %s\n", h.Sum64(), seed)
	default:
		return fmt.Appendf(nil, "%016x", h.Sum64())
	}
}

// hashPath is a path like those of caches that name files by their hash: some
// dirs of one byte each, then the whole hash.
func hashPath(seed string, dirs int) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(seed)) // never fails
	sum := fmt.Sprintf("%x", h.Sum(nil))
	var b strings.Builder
	for i := range dirs {
		b.WriteString(sum[2*i:2*i+2] + "/")
	}
	return b.String() + sum
}

// store makes a member of one stored block (RFC 1951, section 3.2.4) by hand:
// no compressor to pay for.
func store(plain []byte) []byte {
	gz := make([]byte, 0, len(plain)+23)
	gz = append(gz, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1)
	gz = binary.LittleEndian.AppendUint16(gz, uint16(len(plain)))
	gz = binary.LittleEndian.AppendUint16(gz, ^uint16(len(plain)))
	gz = append(gz, plain...)
	gz = binary.LittleEndian.AppendUint32(gz, crc32.ChecksumIEEE(plain))
	return binary.LittleEndian.AppendUint32(gz, uint32(len(plain)))
}

// compressors are costly to make and cheap to use again.
var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic("demo: gzip has no such level: " + err.Error())
	}
	return w
}}

// deflate makes a compressed member.
func deflate(plain []byte) []byte {
	var b bytes.Buffer
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(&b)
	_, err := w.Write(plain)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("demo: writing to memory failed: " + err.Error())
	}
	return b.Bytes()
}
