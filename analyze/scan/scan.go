package scan

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/image"
)

// Options says how to scan.
type Options struct {
	// Verify reads every byte and compares the diff ID, too.
	Verify bool
	// Capture says which files' contents to keep, by clean path and size in bytes;
	// nil for none. One over MaxCaptured is an error, so ask for no large ones.
	Capture func(path string, size int64) bool
	// Resembles says of a file's path, its content's first bytes, up to 64, and its
	// size whether it may be one that Capture asks for by the name of a hard link,
	// which comes later in the layer; nil where none does.
	Resembles func(path string, head []byte, size int64) bool
	// Again says which hard links' names are worth reading a layer twice for, where
	// Resembles did not know their content; nil for none.
	Again func(path string, size int64) bool
	// Executables reads the headers of programs and scripts, and of those for which it
	// returns true also the names among their constants; nil for none.
	Executables func(path string) (names bool)
	// Secrets looks into the contents of files that may hold secrets.
	Secrets bool
	// Libraries reads the files that tell of packages of programming languages.
	Libraries bool
	// HashBlob hashes the blob also where nobody names its digest.
	HashBlob bool
	// HashTar computes the diff ID, and compares it with nothing.
	HashTar bool
	// Digests hashes contents with SHA-256 ([HashedSHA256]), to be held against
	// those of a table of contents.
	Digests bool
	// Key is what contents are hashed with: the same for all layers whose
	// contents are to be compared. Nil for one that this process has drawn.
	Key *Key
	// Parallel lets the layer keep more than one processor busy, because the others
	// have nothing to do.
	Parallel bool
	// Budget is what the whole image may cost; nil is without limits. A scan that
	// fails gives the memory back that its index took.
	Budget *budget.Budget
	again  bool // the layer is read a second time
	// Progress is told how many more bytes of the blob have been passed. It is
	// called often and, for several layers, concurrently. Nil for none.
	Progress func(n int64)
}

// passed tells that n more bytes of the blob were read.
func (opt *Options) passed(n int64) {
	if !opt.again {
		opt.Budget.Read(n)
	}
	if opt.Progress != nil {
		opt.Progress(n)
	}
}

// ErrDigest says that a layer is not what its digest promises.
var ErrDigest = errors.New("digest mismatch")

// Layer reads one layer of an image. An uncompressed layer in a local file is
// read in place, and nothing is verified then unless opt.Verify asks for it;
// any other layer is read whole and verified against its digest, but for one that
// is built in, whose digest is known. Contents that a hard link asks for may take
// a second reading. The caller says in its error which layer it was.
func Layer(ctx context.Context, l image.Layer, opt Options) (*Index, error) {
	x, err := readLayer(ctx, l, opt)
	if err != nil {
		return nil, err
	}
	return x, x.complete(opt, l.At != nil && x.MediaType == MediaTar, func(opt Options) (*Index, error) { return readLayer(ctx, l, opt) })
}

func readLayer(ctx context.Context, l image.Layer, opt Options) (*Index, error) {
	if l.At != nil && !opt.Verify {
		head := make([]byte, sniffLen)
		n, err := l.At.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if mediaTypeOf(head[:n]) == MediaTar {
			return inPlace(ctx, l, opt)
		}
	}
	// A decoder may be reading ahead, from a registry that stalls, when what it
	// has decoded turns out to be no layer: nobody waits for that.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := l.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return stream(ctx, r, promise{l.Digest, l.DiffID, l.Size, l.AsPushed, l.BuiltIn && !opt.Verify}, opt, cancel)
}

// Blob reads a blob of a stream. Its diff ID is not known yet: the caller
// compares Index.DiffID later.
func Blob(ctx context.Context, b *image.Blob, opt Options) (*Index, error) {
	return stream(ctx, b, promise{digest: b.Digest, size: b.Size}, opt, func() {})
}

// promise is what others say a blob is.
type promise struct {
	digest, diffID string
	size           int64
	asPushed       bool
	builtIn        bool // and need not be compared: this program made the blob
}

// inPlace walks the headers of an uncompressed layer in a local file.
func inPlace(ctx context.Context, l image.Layer, opt Options) (*Index, error) {
	told := int64(0)
	var c *seekCursor
	c = newSeekCursor(l.At, l.Size, func() error {
		opt.passed(c.pos - told)
		told = c.pos
		return ctx.Err()
	})
	x, err := walk(c, MediaTar, nil, nil, opt)
	if err != nil {
		return nil, err
	}
	opt.passed(l.Size - told)
	x.MediaType, x.BlobSize, x.TarSize, x.AsPushed = MediaTar, l.Size, l.Size, l.AsPushed
	return x, nil
}

// stream reads a blob front to back, hashing and verifying on the way. Where it
// gives up in the middle it calls abandon, which may end a read under way.
func stream(ctx context.Context, r io.Reader, want promise, opt Options, abandon func()) (*Index, error) {
	in := &input{r: ctxio.NewReader(ctx, r), passed: opt.passed}
	if want.digest != "" && !want.builtIn || opt.Verify || opt.HashBlob {
		in.sum = newAsyncHash(sha256.New())
		defer in.sum.close()
	}
	buffered := bufio.NewReaderSize(in, 1<<10)
	head, err := buffered.Peek(sniffLen)
	if err != nil && err != io.EOF {
		return nil, err
	}
	kind := mediaTypeOf(head)
	windows := &windows{ctx: ctx, budget: opt.Budget}
	defer windows.close() // after the decoder
	// The decoder reads in large pieces of its own: past the sniffed bytes, it
	// gets the input itself.
	sniffed, _ := buffered.Peek(buffered.Buffered())
	dec, err := newDecoder(kind, &replayReader{head: sniffed, r: in}, want.digest != "" && !opt.Verify, opt.Parallel, windows.reserve)
	if err != nil {
		return nil, err
	}
	defer dec.Close()

	cur := &streamCursor{dec: dec, budget: opt.Budget}
	if kind == MediaXZ || kind == MediaBZ2 {
		cur.weight = rareWeight
	}
	var tarSum *asyncHash
	if (opt.Verify || opt.HashTar) && kind != MediaTar {
		tarSum = newAsyncHash(sha256.New())
		defer tarSum.close()
		cur.decoded = tarSum.add
	}
	var pos *positions
	if kind != MediaTar {
		pos = &positions{}
		cur.marks = pos.reached
	}
	x, err := walk(cur, kind, pos, cur, opt)
	if err != nil {
		abandon()
		return nil, err
	}
	// What follows the archive belongs to the blob and to its digest.
	if err := in.drain(); err != nil {
		return nil, err
	}
	x.MediaType, x.BlobSize, x.TarSize = kind, in.n, cur.passed
	x.AsPushed = want.asPushed || kind != MediaTar
	if want.size >= 0 && in.n != want.size {
		return nil, fmt.Errorf("%w: it is %d bytes long, the manifest promises %d", ErrDigest, in.n, want.size)
	}
	if in.sum != nil {
		x.Digest = digest(in.sum)
	} else if want.builtIn {
		x.Digest = want.digest
	}
	if kind == MediaTar {
		x.DiffID = x.Digest
	}
	if tarSum != nil {
		x.DiffID = digest(tarSum)
	}
	if want.digest != "" && x.Digest != want.digest {
		return nil, fmt.Errorf("%w: its bytes are %s, the manifest promises %s", ErrDigest, x.Digest, want.digest)
	}
	if opt.Verify && want.diffID != "" && x.DiffID != want.diffID {
		return nil, fmt.Errorf("%w: its content is %s, the config promises %s", ErrDigest, x.DiffID, want.diffID)
	}
	return x, nil
}

func digest(h *asyncHash) string {
	h.close()
	return "sha256:" + hex.EncodeToString(h.sum.Sum(nil))
}
