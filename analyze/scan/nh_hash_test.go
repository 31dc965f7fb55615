package scan

import (
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestNH holds NH against its definition in whole numbers.
func TestNH(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		k := newNHKey([KeySize]byte{byte(r.Uint32())})
		var p [nhBlock]byte
		for i := range p {
			p[i] = byte(r.Uint32()) | 0xf0*byte(i&1) // large words, so that sums wrap
		}
		word := uint64Of
		mod := new(big.Int).Lsh(big.NewInt(1), 64)
		high, low := new(big.Int), new(big.Int)
		for i := 0; i < len(k); i += 2 {
			x, y := word(binary.LittleEndian.Uint64(p[8*i:])), word(binary.LittleEndian.Uint64(p[8*i+8:]))
			x.Mod(x.Add(x, word(k[i])), mod)
			y.Mod(y.Add(y, word(k[i+1])), mod)
			h, l := new(big.Int).DivMod(x.Mul(x, y), mod, new(big.Int))
			high.Mod(high.Add(high, h), mod)
			low.Mod(low.Add(low, l), mod)
		}
		got := k.append(nil, &p)
		if len(got) != 16 || binary.LittleEndian.Uint64(got) != high.Uint64() || binary.LittleEndian.Uint64(got[8:]) != low.Uint64() {
			t.Fatalf("NH is %x, want %x %x", got, high, low)
		}
	}
}

func uint64Of(n uint64) *big.Int { return new(big.Int).SetUint64(n) }

// TestNHKey: every word of a key is drawn, and from the secret alone.
func TestNHKey(t *testing.T) {
	a, b, other := newNHKey([KeySize]byte{1}), newNHKey([KeySize]byte{1}), newNHKey([KeySize]byte{2})
	if *a != *b {
		t.Error("the same secret gives two keys")
	}
	seen := make(map[uint64]bool)
	for i := range a {
		for _, w := range []uint64{a[i], other[i]} {
			if w == 0 || seen[w] {
				t.Errorf("word %d is %x, as another one is", i, w)
			}
			seen[w] = true
		}
	}
}
