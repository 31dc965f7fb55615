package scan

import (
	"context"
	"errors"
	"io"

	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

// Each opens the contents of several files of a layer, reading it once: it calls do for each
// that is wanted, in the order of the tar. The content is nil for a file that is stored
// sparsely. It ends with the last file that is wanted, and with an error of do. Files that
// the layer does not hold are [ErrNoFile].
func Each(ctx context.Context, l image.Layer, want map[FileRef]bool, do func(p FileRef, content io.Reader) error) error {
	r, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	return EachIn(ctx, r, want, do)
}

// EachIn is [Each] for a blob that is being read.
func EachIn(ctx context.Context, blob io.Reader, want map[FileRef]bool, do func(p FileRef, content io.Reader) error) (err error) {
	in := &input{r: ctxio.NewReader(ctx, blob)}
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	dec, err := newDecoder(mediaTypeOf(head[:n]), &replayReader{head: head[:n], r: in}, false, false, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dec.Close()) }()
	return eachFile(ctx, &streamCursor{dec: dec}, want, do)
}

// eachFile passes entries until the last one that is wanted.
func eachFile(ctx context.Context, cur cursor, want map[FileRef]bool, do func(p FileRef, content io.Reader) error) error {
	seen := make(map[FileRef]int, len(want)) // by the reference without Nth
	for p := range want {
		seen[FileRef{Name: p.Name, Size: p.Size}] = 0
	}
	t := &tarReader{cur: cur}
	var b *builder
	var h header
	left := len(want)
	for passed := 0; left > 0; passed++ {
		if passed%startAnew == 0 {
			b = newBuilder()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := t.next(&h)
		if err == io.EOF {
			return ErrNoFile
		}
		if err != nil {
			return err
		}
		at, err := b.add(&h)
		if err != nil {
			return err
		}
		if at < 0 {
			continue
		}
		e := &b.x.Entries[at]
		if e.Kind != model.File {
			continue
		}
		p := FileRef{Name: string(b.x.Name(e)), Size: e.Size}
		nth, asked := seen[p]
		if !asked {
			continue
		}
		seen[p]++
		if p.Nth = nth; !want[p] {
			continue
		}
		left--
		if e.Flags&Sparse != 0 {
			if err := do(p, nil); err != nil {
				return err
			}
			continue
		}
		c := &content{cur, e.Stored}
		if err := do(p, c); err != nil {
			return err
		}
		t.left = c.left // the rest of it is passed
	}
	return nil
}
