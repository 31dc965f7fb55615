package inflate

import (
	"encoding/binary"
	"hash/crc32"
)

// stream writes DEFLATE data bit by bit, for tests that need streams no
// encoder makes.
type stream struct {
	data []byte
	n    int // bits written
}

// bits appends v, lowest bit first.
func (s *stream) bits(v, n int) *stream {
	for i := range n {
		if s.n%8 == 0 {
			s.data = append(s.data, 0)
		}
		s.data[s.n/8] |= byte(v>>i&1) << (s.n % 8)
		s.n++
	}
	return s
}

// code appends the Huffman code of a symbol: highest bit first.
func (s *stream) code(lens []uint8, symbol int) *stream {
	code, n := canonical(lens, symbol)
	for i := n - 1; i >= 0; i-- {
		s.bits(code>>i, 1)
	}
	return s
}

// text appends literals.
func (s *stream) text(lens []uint8, text string) *stream {
	for _, c := range []byte(text) {
		s.code(lens, int(c))
	}
	return s
}

// raw pads to a whole byte and appends p.
func (s *stream) raw(p ...byte) *stream {
	s.data = append(s.data, p...)
	s.n = 8 * len(s.data)
	return s
}

// storedBlock appends a stored block.
func (s *stream) storedBlock(final int, p []byte) *stream {
	s.bits(final, 1).bits(typeStored, 2).raw()
	n := len(p)
	return s.raw(byte(n), byte(n>>8), byte(^n), byte(^n>>8)).raw(p...)
}

// dynamicBlock appends the header of a dynamic block with these code lengths.
// Each is written as it is, in four bits: a complete code length code.
func (s *stream) dynamicBlock(final int, lit, dist []uint8) *stream {
	pre := make([]uint8, 19)
	for i := range 16 {
		pre[i] = 4
	}
	s.preCode(final, len(lit), len(dist), pre)
	for _, n := range lit {
		s.code(pre, int(n))
	}
	for _, n := range dist {
		s.code(pre, int(n))
	}
	return s
}

// preCode appends the header of a dynamic block up to its code length code.
func (s *stream) preCode(final, nlit, ndist int, pre []uint8) *stream {
	s.bits(final, 1).bits(typeDynamic, 2).bits(nlit-257, 5).bits(ndist-1, 5).bits(19-4, 4)
	for _, symbol := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15} {
		s.bits(int(pre[symbol]), 3)
	}
	return s
}

// gzip wraps the stream as a member that decompresses to text.
func (s *stream) gzip(text string) []byte {
	return append(append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, s.data...), trailerOf(text)...)
}

func trailerOf(text string) []byte {
	t := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))
	return binary.LittleEndian.AppendUint32(t, uint32(len(text)))
}

// canonical returns a symbol's code and its length (RFC 1951, section 3.2.2).
func canonical(lens []uint8, symbol int) (code, n int) {
	n = int(lens[symbol])
	if n == 0 {
		panic("symbol without a code")
	}
	for m := 1; m <= n; m++ {
		code <<= 1
		for i, l := range lens {
			if int(l) == m && (m < n || i < symbol) {
				code++
			}
		}
	}
	return code, n
}

// lens makes code lengths: size of them, zero but for the pairs of symbol and length.
func lens(size int, pairs ...int) []uint8 {
	l := make([]uint8, size)
	for i := 0; i < len(pairs); i += 2 {
		l[pairs[i]] = uint8(pairs[i+1])
	}
	return l
}

// fixedLens and fixedDistLens are the fixed codes.
var fixedLens, fixedDistLens = func() (lit, dist []uint8) {
	for i := range 288 {
		switch {
		case i < 144, i >= 280:
			lit = append(lit, 8)
		case i < 256:
			lit = append(lit, 9)
		default:
			lit = append(lit, 7)
		}
	}
	for range 32 {
		dist = append(dist, 5)
	}
	return lit, dist
}()
