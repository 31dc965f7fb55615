package scan

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// nhBlock is how many bytes of a content NH makes 16 bytes of. The last block is
// filled up with zeros.
const nhBlock = 1 << 10

// nhKey is a random word for each word of a block.
type nhKey [nhBlock / 8]uint64

// newNHKey draws a key from a secret: the stream of AES-256 in counter mode, under
// a key that is used for nothing else.
func newNHKey(secret [KeySize]byte) *nhKey {
	own := sha256.Sum256(append([]byte("key of NH "), secret[:]...))
	block, err := aes.NewCipher(own[:])
	if err != nil {
		panic(err) // 32 bytes are a key of AES-256
	}
	var stream [nhBlock]byte
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(stream[:], stream[:]) //nolint:gosec // the key is used for this stream alone
	k := new(nhKey)
	for i := range k {
		k[i] = binary.LittleEndian.Uint64(stream[8*i:])
	}
	return k
}

// append appends NH of a block to b.
//
// NH, the inner hash of UMAC (RFC 4418) and VMAC, takes words in pairs, adds a
// word of the key to each, and sums up the products of the pairs. Of two different
// blocks, the product of one pair of words can make up for what the others differ
// by for one value of the key in 2^64 at most. Here the upper and the lower halves
// of the products are summed up apart from each other, which saves the carry and
// makes it one in 2^63. There is one multiplication for 16 bytes.
func (k *nhKey) append(b []byte, p *[nhBlock]byte) []byte {
	var high, low uint64
	for i := 0; i < nhBlock; i += 64 {
		m, q := (*[64]byte)(p[i:]), (*[8]uint64)(k[i/8:])
		h, l := bits.Mul64(binary.LittleEndian.Uint64(m[0:])+q[0], binary.LittleEndian.Uint64(m[8:])+q[1])
		high, low = high+h, low+l
		h, l = bits.Mul64(binary.LittleEndian.Uint64(m[16:])+q[2], binary.LittleEndian.Uint64(m[24:])+q[3])
		high, low = high+h, low+l
		h, l = bits.Mul64(binary.LittleEndian.Uint64(m[32:])+q[4], binary.LittleEndian.Uint64(m[40:])+q[5])
		high, low = high+h, low+l
		h, l = bits.Mul64(binary.LittleEndian.Uint64(m[48:])+q[6], binary.LittleEndian.Uint64(m[56:])+q[7])
		high, low = high+h, low+l
	}
	b = binary.LittleEndian.AppendUint64(b, high)
	return binary.LittleEndian.AppendUint64(b, low)
}
