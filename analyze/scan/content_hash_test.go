package scan

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"github.com/tare-oci/tare/analyze/imagetest"
)

func sumOf(k *Key, p []byte, pieces func() int) Sum {
	s := newSummer(k)
	s.reset(int64(len(p)))
	for len(p) > 0 {
		n := min(max(1, pieces()), len(p))
		s.write(p[:n])
		p = p[n:]
	}
	return s.sum()
}

// TestSum: the pieces in which a content comes do not matter, each of its bytes
// does, and so does the key.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	k, other := NewKey([KeySize]byte{1}), NewKey([KeySize]byte{2})
	seen := make(map[Sum]string)
	for _, n := range []int{0, 1, 15, 16, shortContent, shortContent + 1, nhBlock - 1, nhBlock, nhBlock + 1, 2*nhBlock - 1, 4096,
		chunkContent - 1, chunkContent, chunkContent + 1, 2 * chunkContent, 2*chunkContent + 5} {
		p := make([]byte, n)
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		want := sumOf(k, p, func() int { return n })
		for range 20 {
			if got := sumOf(k, p, func() int { return r.IntN(r.IntN(n+1) + 1) }); got != want {
				t.Fatalf("%d bytes in pieces have another sum", n)
			}
		}
		note := func(what string, sum Sum) {
			if before, ok := seen[sum]; ok {
				t.Errorf("%s has the sum of %s", what, before)
			}
			seen[sum] = what
		}
		note(fmt.Sprint(n, " bytes"), want)
		note(fmt.Sprint(n, " bytes with another key"), sumOf(other, p, func() int { return n }))
		for range min(n, imagetest.Rounds(30, 150, 300)) {
			at, bit := r.IntN(n), byte(1)<<r.IntN(8)
			p[at] ^= bit
			if sumOf(k, p, func() int { return n }) == want {
				t.Fatalf("byte %d of %d does not matter", at, n)
			}
			p[at] ^= bit
		}
	}
	if id := k.ID(); id == other.ID() || id != NewKey([KeySize]byte{1}).ID() {
		t.Error("the ID does not tell keys apart")
	}
}

// chunkContent is how many bytes of a content are one chunk of GHASH.
const chunkContent = sumChunk / 16 * nhBlock

// TestSumOfChunks swaps whole chunks, and takes a change in one chunk back in the
// next, where a polynomial over both would be the same whatever the key is. What NH
// makes of a content nobody can aim at, so that the chunks are given here as they are.
func TestSumOfChunks(t *testing.T) {
	k := RandomKey()
	p := make([]byte, 3*sumChunk)
	for i := range p {
		p[i] = byte(i / sumChunk)
	}
	sum := func(p []byte) Sum {
		s := newSummer(k)
		s.reset(3 * chunkContent)
		for len(p) > sumChunk {
			s.chunk = append(s.chunk, p[:sumChunk]...)
			s.seal()
			p = p[sumChunk:]
		}
		s.chunk = append(s.chunk, p...)
		return s.sum()
	}
	want := sum(p)
	swapped := bytes.Join([][]byte{p[sumChunk : 2*sumChunk], p[:sumChunk], p[2*sumChunk:]}, nil)
	if sum(swapped) == want {
		t.Error("the order of chunks does not matter")
	}
	for back := range 8 {
		q := bytes.Clone(p)
		q[sumChunk-16] ^= 1               // the last block of the first chunk, a power of the key
		q[2*sumChunk-16*(1+back)-16] ^= 1 // and a block of the next one, a higher power
		if sum(q) == want {
			t.Errorf("a change %d blocks before the end of the next chunk takes another back", back+1)
		}
	}
}

// TestSumOfBlocks swaps blocks of NH, and whole chunks of them.
func TestSumOfBlocks(t *testing.T) {
	k := RandomKey()
	r := rand.New(rand.NewPCG(4, 2))
	for _, size := range []int{nhBlock, chunkContent} {
		p := make([]byte, 3*size)
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		sum := func(p []byte) Sum { return sumOf(k, p, func() int { return len(p) }) }
		swapped := bytes.Join([][]byte{p[size : 2*size], p[:size], p[2*size:]}, nil)
		if sum(swapped) == sum(p) {
			t.Errorf("the order of pieces of %d bytes does not matter", size)
		}
	}
}

// TestNoRoomIsLost holds an entry to the bytes that a million of them can afford.
func TestNoRoomIsLost(t *testing.T) {
	if size := unsafe.Sizeof(Entry{}); size > 64 {
		t.Errorf("an entry takes %d bytes", size)
	}
}

// TestEqualXXHash scans two contents whose xxHash is the same.
func TestEqualXXHash(t *testing.T) {
	x, y := imagetest.SameXXHash(5000)
	if bytes.Equal(x, y) || xxhash.Sum64(x) != xxhash.Sum64(y) {
		t.Fatal("the contents are not what the test needs")
	}
	k := RandomKey()
	if sumOf(k, x, func() int { return len(x) }) == sumOf(k, y, func() int { return len(y) }) {
		t.Error("they have the same sum")
	}
}

// BenchmarkSum is what hashing contents costs, beside SHA-256 and xxHash, which
// anybody can forge.
func BenchmarkSum(b *testing.B) {
	for _, n := range []int{512, 4096, 1 << 20} {
		p := make([]byte, n)
		b.Run(fmt.Sprint("keyed/", n), func(b *testing.B) {
			s := newSummer(RandomKey())
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				s.reset(int64(n))
				s.write(p)
				s.sum()
			}
		})
		b.Run(fmt.Sprint("sha256/", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				sha256.Sum256(p)
			}
		})
		b.Run(fmt.Sprint("xxhash/", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				xxhash.Sum64(p)
			}
		})
	}
}
