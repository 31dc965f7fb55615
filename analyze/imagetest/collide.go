package imagetest

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// SameXXHash makes two different contents of n bytes, at least 64, whose 64-bit
// xxHash is the same: what one lane of the hash adds up differently in the first
// 32 bytes is taken back in the next.
func SameXXHash(n int) (x, y []byte) {
	const prime1, prime2 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F
	round := func(acc, in uint64) uint64 { return bits.RotateLeft64(acc+in*prime2, 31) * prime1 }
	inverse := uint64(prime2) // of prime2: each step doubles the bits that are right
	for range 6 {
		inverse *= 2 - prime2*inverse
	}
	x = bytes.Repeat([]byte("what the program was at first.. "), n/32+1)[:n]
	y = bytes.Clone(x)
	copy(y, "HACKED!!")
	word := func(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }
	prime := uint64(prime1) // no constant: the sum wraps around
	lane := prime + prime2
	binary.LittleEndian.PutUint64(y[32:], word(x[32:])+(round(lane, word(x))-round(lane, word(y)))*inverse)
	return x, y
}
