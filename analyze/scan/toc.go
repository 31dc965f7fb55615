package scan

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

// ErrTOC says that a layer has no table of contents that can be used, or that it
// is not what the manifest promises. The layer can still be read whole.
var ErrTOC = errors.New("no usable table of contents")

// TOC reads a layer by its table of contents (eStargz or zstd:chunked) with
// requests for parts of the blob: the table, which must have the digest that the
// manifest names, and the contents of the files that opt.Capture asks for, which
// must have the digests that the table names. Nothing else is read, so the table
// is believed: what the tar stores beside contents is not known, and hashes are
// of the files' SHA-256 ([HashedSHA256]), not computed.
//
// Any error but a cancelled context is one to read the layer whole after; then
// opt.Progress has been told nothing.
func TOC(ctx context.Context, l image.Layer, opt Options) (*Index, error) {
	if l.TOC == nil || l.Range == nil {
		return nil, ErrTOC
	}
	l.Range = countedRange(l.Range, opt.Budget)
	x, err := readTOC(ctx, l, opt)
	if err == nil {
		err = x.complete(opt, false, func(opt Options) (*Index, error) { return readTOC(ctx, l, opt) })
	}
	if err != nil {
		return nil, err
	}
	if opt.Progress != nil {
		opt.Progress(l.Size)
	}
	return x, nil
}

func readTOC(ctx context.Context, l image.Layer, opt Options) (*Index, error) {
	t := newTOCReader(l, opt.key(), opt.Capture)
	t.b.cost.budget = opt.Budget
	if l.TOC.Chunked {
		release, err := opt.Budget.Window(ctx, tocWindow)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	if err := t.read(ctx, l); err != nil {
		return nil, t.failed(ctx, err)
	}
	if err := t.fetch(ctx, l); err != nil {
		return nil, t.failed(ctx, err)
	}
	x := t.b.finish()
	if err := t.b.cost.settle(x); err != nil {
		return nil, t.failed(ctx, err)
	}
	x.MediaType, x.BlobSize, x.AsPushed, x.TOC = MediaGzip, l.Size, true, true
	if l.TOC.Chunked {
		x.MediaType = MediaZstd
	}
	return x, nil
}

func newTOCReader(l image.Layer, key *Key, capture func(path string, size int64) bool) *tocReader {
	t := &tocReader{b: newBuilder(), chunked: l.TOC.Chunked, capture: capture, most: MaxCaptured, open: -1, sum: newSummer(key)}
	t.b.x.Key = key
	return t
}

// read reads the table.
func (t *tocReader) read(ctx context.Context, l image.Layer) error {
	if t.chunked {
		return t.readChunked(ctx, l)
	}
	return t.readStargz(ctx, l)
}

func (t *tocReader) failed(ctx context.Context, err error) error {
	t.b.cost.giveBack()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrTOC, err)
}

// tocReader makes an index of the entries of a table.
type tocReader struct {
	b       *builder
	chunked bool
	capture func(path string, size int64) bool
	most    int64  // bytes of a file that is captured
	wanted  []part // captured files
	sum     *summer

	last int64 // where the newest content begins in the blob
	open int32 // eStargz: the entry whose content ends where the next begins; -1 for none
}

// part is the content of a captured file.
type part struct {
	entry      int32
	start, end int64 // in the blob
	sum        [32]byte
}

// tocEntry is one item of a table. Both formats have the same fields
// (containerd/stargz-snapshotter, docs/estargz.md, "TOCEntry";
// containers/storage, pkg/chunked, "FileMetadata"); only zstd:chunked tells
// where a content ends.
type tocEntry struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	LinkName    string `json:"linkName"`
	Size        int64  `json:"size"`
	Mode        int64  `json:"mode"`
	UID         int64  `json:"uid"`
	GID         int64  `json:"gid"`
	Digest      string `json:"digest"`
	Offset      int64  `json:"offset"`
	EndOffset   int64  `json:"endOffset"`
	InnerOffset int64  `json:"innerOffset"` // several files share one member
	DevMajor    int64  `json:"devMajor"`
	DevMinor    int64  `json:"devMinor"`
	Xattrs      struct {
		Opaque []byte `json:"trusted.overlay.opaque"`
	} `json:"xattrs"`
}

var tocTypes = map[string]byte{
	"reg": typeRegular, "dir": typeDirectory, "symlink": typeSymlink, "hardlink": typeLink,
	"char": typeChar, "block": typeBlock, "fifo": typeFifo,
}

// add takes the next item.
func (t *tocReader) add(e *tocEntry) error {
	if e.InnerOffset != 0 || e.Size < 0 || strings.ContainsRune(e.Name+e.LinkName, '\uFFFD') {
		return fmt.Errorf("it does not tell all of %q", e.Name) // JSON holds no names that are not UTF-8
	}
	if e.Offset != 0 && !t.chunked {
		if err := t.begin(e.Offset); err != nil {
			return err
		}
	}
	if e.Type == "chunk" || !t.chunked && isOwn(e.Name) {
		return nil
	}
	if !t.chunked || e.Type == "reg" {
		t.close(e.Offset)
	}
	kind, ok := tocTypes[e.Type]
	if !ok {
		return fmt.Errorf("it names an entry of the unknown type %q", e.Type)
	}
	h := header{
		Name: []byte(e.Name), Link: []byte(e.LinkName), Type: kind, Mode: uint16(e.Mode & 0o7777), UID: e.UID, GID: e.GID,
		Null: kind == typeChar && e.DevMajor == 0 && e.DevMinor == 0, Opaque: string(e.Xattrs.Opaque) == "y",
	}
	if kind == typeRegular {
		h.Size, h.Stored = e.Size, e.Size
	}
	at, err := t.b.add(&h)
	if err != nil || at < 0 || t.b.x.Entries[at].Kind != model.File {
		return err
	}
	return t.file(e, at)
}

// begin notes where the content of an item, or of a further chunk of it, begins
// in an eStargz blob: at its own gzip member, behind those before it.
func (t *tocReader) begin(offset int64) error {
	if offset <= t.last {
		return errors.New("its contents overlap")
	}
	t.last = offset
	return nil
}

// close ends the content before, where the next one begins.
func (t *tocReader) close(end int64) {
	if t.open < 0 || end == 0 {
		return
	}
	t.b.x.Entries[t.open].Share += end
	if n := len(t.wanted); n > 0 && t.wanted[n-1].entry == t.open {
		t.wanted[n-1].end = end
	}
	t.open = -1
}

// file takes what an item says of a file's content.
func (t *tocReader) file(e *tocEntry, at int32) error {
	entry := &t.b.x.Entries[at]
	sum, err := hex.DecodeString(strings.TrimPrefix(e.Digest, "sha256:"))
	switch {
	case e.Size == 0:
		sum = emptySum[:]
	case err != nil || len(sum) != len(emptySum) || !strings.HasPrefix(e.Digest, "sha256:"):
		return fmt.Errorf("it names no digest of %q", e.Name)
	case e.Offset <= 0:
		return fmt.Errorf("it does not say where %q is", e.Name)
	}
	entry.Hash, entry.Flags = t.sum.ofDigest(sum), entry.Flags|Hashed|HashedSHA256
	p := part{entry: at, start: e.Offset, end: e.EndOffset, sum: [32]byte(sum)}
	switch {
	case e.Size == 0:
		p.start, p.end = 0, 0
	case t.chunked:
		if e.Offset < t.last || e.EndOffset <= e.Offset {
			return errors.New("its contents overlap")
		}
		t.last = e.EndOffset
		entry.Share = e.EndOffset - e.Offset
	default:
		entry.Share, t.open = -e.Offset, at
	}
	if t.capture == nil || !t.capture(t.b.x.Path(entry), e.Size) {
		return nil
	}
	if e.Size > t.most {
		return &LimitError{What: "the package database " + t.b.x.Path(entry), Limit: "64 MiB"}
	}
	t.wanted = append(t.wanted, p)
	return t.b.capture(e.Size)
}

// finishAt ends the table: contents end at most there.
func (t *tocReader) finishAt(end int64) error {
	t.close(end)
	if t.last > end {
		return errors.New("its contents reach beyond the blob's")
	}
	return nil
}

// sameSum reports whether a digest names a sum.
func sameSum(digest string, sum []byte) bool {
	want, err := hex.DecodeString(strings.TrimPrefix(digest, "sha256:"))
	return err == nil && bytes.Equal(want, sum)
}

// countedRange counts what is read of a blob as read from the image.
func countedRange(open func(context.Context, int64, int64) (io.ReadCloser, error), b *budget.Budget) func(context.Context, int64, int64) (io.ReadCloser, error) {
	return func(ctx context.Context, offset, n int64) (io.ReadCloser, error) {
		r, err := open(ctx, offset, n)
		if err != nil {
			return nil, err
		}
		return &readCloser{&input{r: ctxio.NewReader(ctx, r), passed: b.Read}, r.Close}, nil
	}
}

// readAll opens n bytes of a blob and reads them.
func readAll(ctx context.Context, l image.Layer, offset, n int64) ([]byte, error) {
	r, err := l.Range(ctx, offset, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	buf := make([]byte, n)
	_, err = io.ReadFull(r, buf)
	return buf, err
}
