package scan

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/source/image"
)

// footerSize is the length of an eStargz blob's footer: an empty gzip member
// whose extra field, "SG", holds the offset of the table's member in 16
// hexadecimal digits and "STARGZ" (docs/estargz.md, "Footer").
const footerSize = 51

// readStargz reads the table of an eStargz blob: a tar of one file in a gzip
// member in front of the footer. Its digest is that of the file.
func (t *tocReader) readStargz(ctx context.Context, l image.Layer) error {
	if l.Size <= footerSize {
		return errors.New("the blob is too short")
	}
	footer, err := readAll(ctx, l, l.Size-footerSize, footerSize)
	if err != nil {
		return err
	}
	start, err := stargzStart(footer)
	if err != nil {
		return err
	}
	end := l.Size - footerSize
	if start < 0 || start >= end {
		return errors.New("its footer points out of the blob")
	}
	blob, err := l.Range(ctx, start, end-start)
	if err != nil {
		return err
	}
	defer blob.Close()
	plain, err := gzip.NewReader(bufio.NewReaderSize(blob, 64<<10))
	if err != nil {
		return err
	}
	archive := tar.NewReader(plain)
	for {
		h, err := archive.Next()
		if err != nil {
			return fmt.Errorf("looking for it: %w", err)
		}
		if h.Name == "stargz.index.json" {
			break
		}
	}
	sum := sha256.New()
	if err := t.parse(ctx, io.TeeReader(archive, sum)); err != nil {
		return err
	}
	if !sameSum(l.TOC.Digest, sum.Sum(nil)) {
		return errors.New("it is not the one the manifest names")
	}
	return t.finishAt(start)
}

// stargzStart reads a footer.
func stargzStart(footer []byte) (int64, error) {
	r, err := gzip.NewReader(bytes.NewReader(footer))
	if err != nil {
		return 0, err
	}
	var start int64
	extra := r.Extra
	if len(extra) != 26 || string(extra[:4]) != "SG\x16\x00" || string(extra[20:]) != "STARGZ" {
		return 0, errors.New("the blob has no footer")
	}
	_, err = fmt.Sscanf(string(extra[4:20]), "%016x", &start)
	return start, err
}

// readChunked reads the table of a zstd:chunked blob, which the manifest says
// the place of. Its digest is that of the compressed bytes.
func (t *tocReader) readChunked(ctx context.Context, l image.Layer) error {
	blob, err := l.Range(ctx, l.TOC.Offset, l.TOC.Size)
	if err != nil {
		return err
	}
	defer blob.Close()
	sum := sha256.New()
	packed := io.TeeReader(blob, sum)
	plain, err := newZstdReader(packed)
	if err != nil {
		return err
	}
	defer plain.Close()
	if err := t.parse(ctx, plain); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, packed); err != nil {
		return err
	}
	if !sameSum(l.TOC.Digest, sum.Sum(nil)) {
		return errors.New("it is not the one the manifest names")
	}
	return t.finishAt(l.TOC.Offset)
}

// tocWindow is the largest window of a table's or a file's frame. The tools that
// write tables (containers/storage, at its default level) use no larger one; a
// frame beyond it makes the layer be read whole.
const tocWindow = 32 << 20

func newZstdReader(r io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(tocWindow))
}

// parse reads the JSON of a table, {"version":1,"entries":[…]}, item by item: it
// may be a bomb, and is not verified before its end.
func (t *tocReader) parse(ctx context.Context, r io.Reader) error {
	in := &itemReader{r: r, left: maxItem, cost: &t.b.cost}
	d := json.NewDecoder(in)
	if err := expect(d, json.Delim('{')); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key != "entries" {
			var other json.RawMessage
			if err := d.Decode(&other); err != nil {
				return err
			}
			continue
		}
		if err := t.parseEntries(ctx, d, in); err != nil {
			return err
		}
	}
	if err := expect(d, json.Delim('}')); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, in) // all of it counts for the digest
	return err
}

func (t *tocReader) parseEntries(ctx context.Context, d *json.Decoder, in *itemReader) error {
	start, err := d.Token()
	if start == nil && err == nil {
		return nil // null: the layer is empty
	}
	if err != nil || start != json.Delim('[') {
		return fmt.Errorf("its entries are not a list: %w", err)
	}
	for n := 0; d.More(); n++ {
		in.left = maxItem
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var e tocEntry
		if err := d.Decode(&e); err != nil {
			return err
		}
		if err := t.add(&e); err != nil {
			return err
		}
	}
	return expect(d, json.Delim(']'))
}

func expect(d *json.Decoder, want json.Delim) error {
	got, err := d.Token()
	if err == nil && got != want {
		err = fmt.Errorf("it has %v where %v belongs", got, want)
	}
	return err
}

// maxItem is how many bytes one item of a table may have: a name and a link of
// MaxNameBytes each, escaped, and extended attributes.
const maxItem = 4 << 20

// itemReader fails after left bytes, so that no single item fills the memory.
type itemReader struct {
	r    io.Reader
	left int64
	cost *cost // nil for no limits
}

func (f *itemReader) Read(p []byte) (int, error) {
	if f.left <= 0 {
		return 0, &LimitError{What: "an item of the table of contents", Limit: "4 MiB"}
	}
	n, err := f.r.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	if f.cost != nil && n > 0 {
		if over := f.cost.name(int64(n)); over != nil {
			return 0, over
		}
	}
	return n, err
}
