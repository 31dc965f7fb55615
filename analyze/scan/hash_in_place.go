package scan

import (
	"context"
	"io"
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
