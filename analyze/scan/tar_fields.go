package scan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// Offsets of the fields of a header block: v7, ustar and GNU.
const (
	offName, lenName         = 0, 100
	offMode, lenMode         = 100, 8
	offUID, lenUID           = 108, 8
	offGID, lenGID           = 116, 8
	offSize, lenSize         = 124, 12
	offTime, lenTime         = 136, 12
	offChecksum, lenChecksum = 148, 8
	offType                  = 156
	offLink, lenLink         = 157, 100
	offMagic                 = 257
	offOwnerNames            = 265 // the user's name, then the group's, 32 bytes each
	lenOwnerNames            = 64
	offMajor, lenDevice      = 329, 8 // the minor number follows
	offPrefix, lenPrefix     = 345, 155
	lenPrefixStar            = 131
	offStarTrailer           = 508
	offGNUTimes              = 345 // atime and ctime, 12 bytes each
	offGNUExtended           = 482
	offGNURealSize           = 483
	offSparseExtended        = 504
)

// parseNumeric reads a number field: octal text or, with the first bit set, a
// big-endian two's complement number (base-256, GNU and star).
func parseNumeric(b []byte) (int64, error) {
	if len(b) == 0 || b[0]&0x80 == 0 {
		return parseOctal(b)
	}
	var inv byte
	if b[0]&0x40 != 0 {
		inv = 0xff
	}
	var x uint64
	for i, c := range b {
		c ^= inv
		if i == 0 {
			c &= 0x7f
		}
		if x>>56 > 0 {
			return 0, fmt.Errorf("%w: a number does not fit", ErrTar)
		}
		x = x<<8 | uint64(c)
	}
	if x > math.MaxInt64 {
		return 0, fmt.Errorf("%w: a number does not fit", ErrTar)
	}
	if inv == 0xff {
		return ^int64(x), nil
	}
	return int64(x), nil
}

func parseOctal(b []byte) (int64, error) {
	for len(b) > 0 && (b[0] == ' ' || b[0] == 0) {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == 0) {
		b = b[:len(b)-1]
	}
	b = cString(b)
	if len(b) == 0 {
		return 0, nil
	}
	var x uint64
	for _, c := range b {
		if c < '0' || c > '7' || x>>60 != 0 {
			return 0, fmt.Errorf("%w: bad number %s", ErrTar, strconv.QuoteToASCII(string(b)))
		}
		x = x<<3 | uint64(c-'0')
	}
	return int64(x), nil
}

// checksumHolds compares the header's checksum with the sum of its bytes, taken
// as unsigned or, as some old writers did, as signed. The checksum's own field
// counts as eight spaces. It adds eight bytes at a time: every header passes here.
func checksumHolds(b []byte) bool {
	field := b[offChecksum : offChecksum+lenChecksum]
	want, err := parseOctal(field)
	if err != nil {
		return false
	}
	const even, low = 0x00ff00ff00ff00ff, 0x0101010101010101
	var sum, negative uint64 // four sums of 16 bits, eight of 8 bits
	for w := b[:blockSize]; len(w) >= 8; w = w[8:] {
		v := binary.LittleEndian.Uint64(w)
		sum += v&even + v>>8&even
		negative += v >> 7 & low
	}
	negative = negative&even + negative>>8&even
	unsigned, below := int64(lenChecksum*' '), int64(0)
	for range 4 {
		unsigned += int64(sum & 0xffff)
		below += int64(negative & 0xffff)
		sum, negative = sum>>16, negative>>16
	}
	for _, c := range field {
		unsigned -= int64(c)
		below -= int64(c >> 7)
	}
	return want == unsigned || want == unsigned-256*below
}

func cString(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 || c == 0 {
			return false
		}
	}
	return true
}

var zeroBlock [blockSize]byte

func allZero(b []byte) bool { return bytes.Equal(b, zeroBlock[:]) }
