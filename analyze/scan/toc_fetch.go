package scan

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze/source/image"
)

const (
	// maxGap is how many bytes nobody wants are fetched to save a request.
	maxGap = 4 << 10
	// maxRequest is how many bytes are asked for at once, but for larger files.
	maxRequest = 4 << 20
	// requests is how many are on their way at a time, for one layer.
	requests = 4
)

// emptySum is the SHA-256 of nothing.
var emptySum = sha256.Sum256(nil)

// fetch reads the contents of the files that are wanted, neighbours together.
func (t *tocReader) fetch(ctx context.Context, l image.Layer) error {
	parts := t.wanted
	t.b.x.Captured = make([][]byte, len(parts))
	for i, p := range parts {
		t.b.x.Entries[p.entry].Link = uint32(i + 1)
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(parts[a].start, parts[b].start) })
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(requests)
	for len(order) > 0 {
		n := 1
		first, end := parts[order[0]].start, parts[order[0]].end
		for n < len(order) {
			p := parts[order[n]]
			if p.end != p.start && (p.start-end > maxGap || p.end-first > maxRequest) && end != first {
				break
			}
			if end == first {
				first = p.start // files of no bytes lie nowhere
			}
			end = max(end, p.end)
			n++
		}
		together := order[:n]
		order = order[n:]
		g.Go(func() error { return t.fetchParts(ctx, l, together, first, end) })
	}
	return g.Wait()
}

// fetchParts reads a stretch of the blob and takes files out of it.
func (t *tocReader) fetchParts(ctx context.Context, l image.Layer, which []int, first, end int64) error {
	var blob []byte
	if end > first {
		var err error
		if blob, err = readAll(ctx, l, first, end-first); err != nil {
			return err
		}
	}
	for _, i := range which {
		p := &t.wanted[i]
		e := &t.b.x.Entries[p.entry]
		content := make([]byte, 0)
		if e.Size > 0 {
			if p.start < first || p.end > end || p.end <= p.start {
				return fmt.Errorf("%s lies nowhere", t.b.x.Path(e))
			}
			var err error
			if content, err = t.unpack(blob[p.start-first:p.end-first], e.Size); err != nil {
				return fmt.Errorf("%s: %w", t.b.x.Path(e), err)
			}
		}
		if sha256.Sum256(content) != p.sum {
			return fmt.Errorf("%s is not what the table of contents promises", t.b.x.Path(e))
		}
		t.b.x.Captured[i] = content
	}
	return nil
}

// unpack decompresses a file of size bytes, which begins a member or a frame.
func (t *tocReader) unpack(blob []byte, size int64) ([]byte, error) {
	plain, done, err := t.member(bytes.NewReader(blob))
	if err != nil {
		return nil, err
	}
	defer done()
	var out bytes.Buffer // grows with what is there: the size may be a lie
	if _, err := io.CopyN(&out, plain, size); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
