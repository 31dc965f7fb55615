package inflate

import (
	"math/bits"
	"sync"
)

// A table is indexed by the next bits of the input, as many as it is wide. The
// entry says which symbol they begin with, or links to a subtable, which follows
// in the same array, for codes that are longer.
//
//	bits    literal    length, distance     link                end of block
//	0–5     code       code and extra bits  table's width       code
//	8–11    code       code                 width of subtable   code
//	12–14   –          –                    isSpecial, isLink   isSpecial, isEnd
//	16–31   byte       lowest value         where subtable is   –
//	31      isLiteral
//
// The numbers in bits 0 to 11 are counts of bits. An entry that is isSpecial only
// is for bits that no code begins with.
const (
	lenMask    = 63
	codeShift  = 8
	codeMask   = 15
	valueShift = 16

	isEnd     = 1 << 12
	isLink    = 1 << 13
	isSpecial = 1 << 14
	isLiteral = 1 << 31

	maxCode = 15 // bits of the longest code

	preBits  = 7
	litBits  = 11
	distBits = 8
	// A table and its subtables need at most 2342 and 402 entries (zlib's
	// examples/enough.c for 288 and 32 symbols); powers of two make masks.
	litSize  = 4096
	distSize = 512
)

// Entries of the symbols without the lengths of their codes: the numbers of RFC
// 1951, section 3.2.5. Extra bits count as bits to consume.
var litSymbols = func() (t [288]uint32) {
	for i := range endCode {
		t[i] = isLiteral | uint32(i)<<valueShift
	}
	t[endCode] = isSpecial | isEnd
	base := uint32(3)
	for i := endCode + 1; i < 285; i++ {
		extra := uint32(max(0, (i-261)/4))
		t[i] = base<<valueShift | extra
		base += 1 << extra
	}
	t[285] = 258 << valueShift
	t[286], t[287] = isSpecial, isSpecial
	return t
}()

var distSymbols = func() (t [32]uint32) {
	base := uint32(1)
	for i := range maxDist {
		extra := uint32(max(0, (i-2)/2))
		t[i] = base<<valueShift | extra
		base += 1 << extra
	}
	t[30], t[31] = isSpecial, isSpecial
	return t
}()

var preSymbols = func() (t [19]uint32) {
	for i := range t {
		t[i] = uint32(i) << valueShift
	}
	return t
}()

// The fixed codes (RFC 1951, section 3.2.6).
var (
	fixedLit = sync.OnceValue(func() *[litSize]uint32 {
		var lens [288]uint8
		for i := range lens {
			switch {
			case i < 144:
				lens[i] = 8
			case i < 256:
				lens[i] = 9
			case i < 280:
				lens[i] = 7
			default:
				lens[i] = 8
			}
		}
		t := new([litSize]uint32)
		buildLit(t, lens[:])
		return t
	})
	fixedDist = sync.OnceValue(func() *[distSize]uint32 {
		var lens [32]uint8
		for i := range lens {
			lens[i] = 5
		}
		t := new([distSize]uint32)
		buildDist(t, lens[:])
		return t
	})
)

func buildPre(t *[1 << preBits]uint32, lens []uint8) bool {
	return build(t[:], preBits, lens, preSymbols[:], 0)
}

func buildDist(t *[distSize]uint32, lens []uint8) bool {
	return build(t[:], distBits, lens, distSymbols[:], isSpecial)
}

func buildLit(t *[litSize]uint32, lens []uint8) bool {
	return build(t[:], litBits, lens, litSymbols[:], isSpecial)
}

// build makes the table of the canonical Huffman code (RFC 1951, section 3.2.2)
// whose lengths are lens. It accepts what compress/flate does: complete codes,
// a single code of one bit, and no code at all; bits that no code begins with
// get the entry none.
func build(t []uint32, width uint, lens []uint8, symbols []uint32, none uint32) bool {
	var count [maxCode + 1]uint16
	for _, n := range lens {
		count[n&maxCode]++
	}
	count[0] = 0
	var next [maxCode + 2]uint16 // where in sorted the next symbol of each length goes
	space := 1 << maxCode        // what is left of the code space
	longest := uint(0)
	for n := 1; n <= maxCode; n++ {
		next[n+1] = next[n] + count[n]
		space -= int(count[n]) << (maxCode - n)
		if count[n] > 0 {
			longest = uint(n)
		}
	}
	total := next[maxCode+1]
	if total == 0 || total == 1 && count[1] == 1 {
		fill(t[:1<<width], none)
		for sym, n := range lens {
			if n == 1 {
				for i := 0; i < 1<<width; i += 2 {
					t[i] = entry(symbols[sym], 1)
				}
			}
		}
		return true
	}
	if space != 0 {
		return false
	}

	var sorted [288]uint16 // symbols by length, then by value: in the order of their codes
	for sym, n := range lens {
		if n > 0 {
			sorted[next[n]] = uint16(sym)
			next[n]++
		}
	}

	// Codes go into the stream first bit first, so the index is the code with
	// its bits reversed. The table begins as wide as the shortest code and is
	// doubled as they get longer: all entries so far repeat.
	code, i, size := uint(0), 0, 1
	for n := uint(1); n <= min(longest, width); n++ {
		copy(t[size:2*size], t[:size])
		size = 1 << n
		for range count[n] {
			t[code] = entry(symbols[sorted[i]], uint32(n))
			i++
			code = increment(code, n)
		}
	}
	for ; size < 1<<width; size *= 2 {
		copy(t[size:2*size], t[:size])
	}

	// Longer codes, grouped by their first bits: each group has a subtable wide
	// enough for its longest.
	free := 1 << width // where the next subtable goes
	prefix, sub, subWidth := ^uint(0), 0, uint(0)
	for n := width + 1; n <= longest; n++ {
		for left := int(count[n]); left > 0; left-- {
			if p := code & (1<<width - 1); p != prefix {
				prefix, sub = p, free
				subWidth = n - width
				for room := int(1<<subWidth) - left; room > 0; {
					subWidth++
					room = room*2 - int(count[width+subWidth])
				}
				free += 1 << subWidth
				t[p] = isSpecial | isLink | uint32(sub)<<valueShift | uint32(subWidth)<<codeShift | uint32(width)
			}
			e := entry(symbols[sorted[i]], uint32(n-width))
			for j := int(code >> width); j < 1<<subWidth; j += 1 << (n - width) {
				t[sub+j] = e
			}
			i++
			code = increment(code, n)
		}
	}
	return true
}

// increment adds one to a reversed code of n bits. After the last one it gives
// the first again.
func increment(code, n uint) uint {
	// The bit to set is the highest that is clear; those above it become clear.
	clearBits := ^code & (1<<n - 1)
	if clearBits == 0 {
		return 0
	}
	top := uint(1) << (bits.Len(clearBits) - 1)
	return code&(top-1) | top
}

// entry is the entry of a symbol whose code has n bits in this table.
func entry(symbol, n uint32) uint32 { return symbol + n + n<<codeShift }

func fill(t []uint32, e uint32) {
	for i := range t {
		t[i] = e
	}
}
