package scan

import (
	"context"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/model"
)

// HashAt hashes the content of an entry of a layer that was read in place: n
// bytes from offset of the uncompressed tar. It gives what streaming the layer
// with the same Key ([Index.Key]) would have given. buf is scratch space and sets
// how much is read at a time.
func (k *Key) HashAt(ctx context.Context, at io.ReaderAt, offset, n int64, buf []byte) (Sum, error) {
	sum := newSummer(k)
	sum.reset(n)
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return Sum{}, err
		}
		p := buf[:min(n, int64(len(buf)))]
		read, err := at.ReadAt(p, offset)
		if read < len(p) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return Sum{}, err
		}
		sum.write(p)
		offset += int64(read)
		n -= int64(read)
	}
	return sum.sum(), nil
}

// HashAll returns the index with the contents hashed that a scan in place passed over,
// which it reads from the layer's uncompressed tar, several at a time. Those of sparse
// files stay unknown. The index itself is not changed.
func (x *Index) HashAll(ctx context.Context, at io.ReaderAt) (*Index, error) {
	var todo []int
	for i := range x.Entries {
		if e := &x.Entries[i]; e.Kind == model.File && e.Flags&(Hashed|Sparse) == 0 {
			todo = append(todo, i)
		}
	}
	if len(todo) == 0 {
		return x, nil
	}
	hashed := *x
	hashed.Entries = slices.Clone(x.Entries)
	g, ctx := errgroup.WithContext(ctx)
	workers := min(runtime.GOMAXPROCS(0), len(todo))
	for w := range workers {
		part := todo[w*len(todo)/workers : (w+1)*len(todo)/workers]
		g.Go(func() error {
			buf := make([]byte, 128<<10)
			for _, i := range part {
				e := &hashed.Entries[i]
				sum, err := x.Key.HashAt(ctx, at, e.Offset, e.Stored, buf)
				if err != nil {
					return err
				}
				e.Hash, e.Flags = sum, e.Flags&^HashedPrefix|Hashed
			}
			return nil
		})
	}
	return &hashed, g.Wait()
}
