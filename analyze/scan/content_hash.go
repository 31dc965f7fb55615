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
// they are the same: for two different ones, chosen by somebody who does not know
// the [Key], the odds that their sums are equal are below 1 in 2^62.
//
// A hash without a key would have to be one that nobody can find collisions for.
// SHA-256 takes 0.6 ns a byte here even with the processor's SHA extensions,
// which is more than decompressing does. A fast hash such as xxHash takes a
// tenth, and collisions of it are made in a millisecond. With a secret key a
// universal hash is enough. There are two in a row: NH (see [nhKey]) makes 16 bytes
// of each KiB, in 0.03 ns a byte, and GHASH, the hash inside AES-GCM, makes a Sum of
// these, and of contents that are shorter to begin with.
type Sum [12]byte

// KeySize is the length of the secret that a Key is made from.
const KeySize = 32

// Key makes Sums. Those of two Keys cannot be compared. A Sum must not be shown:
// whoever sees enough of them learns the Key. It is safe for concurrent use.
type Key struct {
	nh  *nhKey
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
	id := sha256.Sum256(append([]byte("id of a key for NH and GHASH "), secret[:]...))
	return &Key{newNHKey(secret), gcm, hex.EncodeToString(id[:8])}
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

const (
	// shortContent is the length up to which NH is no gain.
	shortContent = 256
	// sumChunk is how many bytes GHASH takes at a time: what NH makes of a MiB. The
	// odds that two chunks of n bytes have one tag are n/2^128.
	sumChunk = 16 << 10
)

// summer makes the Sum of one content after the other: the authentication tag of
// AES-GCM over what NH makes of the content, as additional data, without a plaintext
// and with an unchanging nonce. A content of several chunks has several tags, and
// its Sum is the beginning of the SHA-256 of these. It must not be GHASH again: with
// the same key, changes in one chunk could take back those in another.
type summer struct {
	key    *Key
	short  bool          // GHASH takes the content itself
	part   [nhBlock]byte // beginning of a block, filled bytes of it
	filled int
	chunk  []byte // what GHASH takes next
	chunks int    // that it has taken
	tag    [16]byte
	tags   hash.Hash
}

func newSummer(key *Key) *summer { return &summer{key: key} }

// reset begins a content of n bytes.
func (s *summer) reset(n int64) {
	s.short, s.filled, s.chunk, s.chunks = n <= shortContent, 0, s.chunk[:0], 0
}

// write takes the next bytes of the content. Together they are n bytes.
func (s *summer) write(p []byte) {
	if s.short {
		s.chunk = append(s.chunk, p...)
		return
	}
	if s.filled > 0 {
		n := copy(s.part[s.filled:], p)
		s.filled, p = s.filled+n, p[n:]
		if s.filled < nhBlock {
			return
		}
		s.block(&s.part)
	}
	for len(p) >= nhBlock {
		s.block((*[nhBlock]byte)(p))
		p = p[nhBlock:]
	}
	s.filled = copy(s.part[:], p)
}

// block takes a block of NH. When they fill a chunk and more follow, GHASH takes it.
func (s *summer) block(p *[nhBlock]byte) {
	if len(s.chunk) == sumChunk {
		s.seal()
	}
	s.chunk = s.key.nh.append(s.chunk, p)
}

var fixedNonce [12]byte

// seal makes a tag of the chunk and begins the next one.
func (s *summer) seal() {
	if s.chunks == 1 {
		if s.tags == nil {
			s.tags = sha256.New()
		}
		s.tags.Reset()
		s.tags.Write(s.tag[:])
	}
	s.key.gcm.Seal(s.tag[:0], fixedNonce[:], nil, s.chunk) //nolint:gosec // nothing is encrypted, and no tag is shown
	if s.chunks++; s.chunks > 1 {
		s.tags.Write(s.tag[:])
	}
	s.chunk = s.chunk[:0]
}

// sum returns the content's Sum.
func (s *summer) sum() (sum Sum) {
	if s.filled > 0 {
		clear(s.part[s.filled:])
		s.block(&s.part)
		s.filled = 0
	}
	s.seal()
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
		c.sha, c.flags = sha256.New(), Hashed|HashedSHA256
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
