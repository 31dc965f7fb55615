package replay

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// epoch is the time of every file, history item and config.
var epoch = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)

// noise is n bytes that do not compress and that depend on the seed alone.
func noise(seed string, n int) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed)) // never fails
	var key [32]byte
	copy(key[:], h.Sum(nil))
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(key).Read(b) // never fails
	return b
}
