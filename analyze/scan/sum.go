package scan

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// Sum tells contents of one length apart. Two contents have the same Sum only if
// they are the same: for two different ones of n bytes, chosen by somebody who
// does not know the [Key], the odds that their sums are equal are below n/2^96.
//
// A hash without a key would have to be one that nobody can find collisions for.
// SHA-256 takes 0.6 ns a byte here even with the processor's SHA extensions,
// which is more than decompressing does. A fast hash such as xxHash takes a
// tenth, and collisions of it are made in a millisecond. With a secret key a
// universal hash is enough: GHASH, the hash inside AES-GCM, which processors
// have instructions for, takes 0.13 ns a byte.
type Sum [12]byte

// KeySize is the length of the secret that a Key is made from.
const KeySize = 32

// Key makes Sums. Those of two Keys cannot be compared. A Sum must not be shown:
// whoever sees enough of them learns the Key. It is safe for concurrent use.
type Key struct {
	gcm cipher.AEAD
	id  string
}

// NewKey makes the Key of a secret.
func NewKey(secret [KeySize]byte) *Key {
	var gcm cipher.AEAD
	// FIPS 140 allows AES-GCM with random nonces only. That is about encryption;
	// here nothing is encrypted, and no tag leaves the program.
	fips140.WithoutEnforcement(func() {
		block, err := aes.NewCipher(secret[:])
		if err != nil {
			panic(err) // 32 bytes are a key of AES-256
		}
		if gcm, err = cipher.NewGCM(block); err != nil {
			panic(err) // AES has blocks of 16 bytes
		}
	})
	id := sha256.Sum256(append([]byte("id of a key "), secret[:]...))
	return &Key{gcm, hex.EncodeToString(id[:8])}
}

// ID tells Keys apart and does not give the secret away.
func (k *Key) ID() string { return k.id }

// processKey is for scans that nothing is kept of.
var processKey = sync.OnceValue(RandomKey)

// RandomKey makes a Key that nobody knows.
func RandomKey() *Key {
	var secret [KeySize]byte
	rand.Read(secret[:]) // never fails
	return NewKey(secret)
}

// sumChunk is how many bytes of a content GHASH takes at a time. It sets the odds
// of [Sum] and what is copied where a chunk ends in another run than it began in.
const sumChunk = 16 << 10

// summer makes the Sum of one content after the other: the authentication tag of
// AES-GCM over the content as additional data, without a plaintext and with an
// unchanging nonce. A content of several chunks has several tags, and its Sum is
// the beginning of the SHA-256 of these. It must not be GHASH again: with the
// same key, changes in one chunk could take back those in another.
type summer struct {
	key    *Key
	left   int64 // bytes of the content that are still to come
	chunks int
	tag    [16]byte
	part   []byte // beginning of a chunk
	tags   hash.Hash
}

func newSummer(key *Key) *summer { return &summer{key: key} }

// reset begins a content of n bytes.
func (s *summer) reset(n int64) {
	s.left, s.chunks, s.part = n, 0, s.part[:0]
}

// write takes the next bytes of the content. Together they are n bytes.
func (s *summer) write(p []byte) {
	for len(p) > 0 {
		want := int(min(sumChunk, s.left)) - len(s.part)
		if len(s.part) == 0 && len(p) >= want {
			s.chunk(p[:want])
			p = p[want:]
			continue
		}
		n := min(want, len(p))
		s.part, p = append(s.part, p[:n]...), p[n:]
		if n == want {
			s.chunk(s.part)
			s.part = s.part[:0]
		}
	}
}

var fixedNonce [12]byte

func (s *summer) chunk(p []byte) {
	if s.chunks == 1 {
		if s.tags == nil {
			s.tags = sha256.New()
		}
		s.tags.Reset()
		s.tags.Write(s.tag[:])
	}
	s.key.gcm.Seal(s.tag[:0], fixedNonce[:], nil, p) //nolint:gosec // nothing is encrypted, and no tag is shown
	if s.chunks++; s.chunks > 1 {
		s.tags.Write(s.tag[:])
	}
	s.left -= int64(len(p))
}

// sum returns the content's Sum.
func (s *summer) sum() (sum Sum) {
	if s.chunks == 0 {
		s.chunk(nil)
	}
	if s.chunks == 1 {
		copy(sum[:], s.tag[:])
	} else {
		var all [sha256.Size]byte
		copy(sum[:], s.tags.Sum(all[:0]))
	}
	return sum
}

// ofDigest is the Sum of a content whose SHA-256 is known. It cannot be compared
// with those of other contents' bytes.
func (s *summer) ofDigest(sum []byte) Sum {
	s.reset(int64(len(sum)))
	s.write(sum)
	return s.sum()
}

// key is what contents are hashed with.
func (o *Options) key() *Key {
	if o.Key != nil {
		return o.Key
	}
	return processKey()
}

// contentSum hashes contents as a scan does: their bytes or, to be held against
// what a table of contents says, their SHA-256.
type contentSum struct {
	summer
	sha    hash.Hash // nil for their bytes
	digits [sha256.Size]byte
	flags  Flags // that say so
}

func newContentSum(opt Options) *contentSum {
	c := &contentSum{summer: summer{key: opt.key()}, flags: Hashed}
	if opt.Digests {
		c.sha, c.flags = sha256.New(), Hashed|Digested
	}
	return c
}

func (c *contentSum) reset(n int64) {
	if c.sha != nil {
		c.sha.Reset()
		return
	}
	c.summer.reset(n)
}

func (c *contentSum) write(p []byte) {
	if c.sha != nil {
		c.sha.Write(p)
		return
	}
	c.summer.write(p)
}

func (c *contentSum) sum() Sum {
	if c.sha != nil {
		return c.ofDigest(c.sha.Sum(c.digits[:0]))
	}
	return c.summer.sum()
}

// ofHead is the Sum of a content's beginning, which is all there at once.
func (c *contentSum) ofHead(p []byte) Sum {
	c.summer.reset(int64(len(p)))
	c.summer.write(p)
	return c.summer.sum()
}
