package scan

import (
	"context"
	"io"

	"github.com/cespare/xxhash/v2"
)

// HashAt hashes the content of an entry of a layer that was read in place: n
// bytes from offset of the uncompressed tar. It gives what streaming the layer
// would have given. buf is scratch space and sets how much is read at a time.
func HashAt(ctx context.Context, at io.ReaderAt, offset, n int64, buf []byte) (uint64, error) {
	var sum xxhash.Digest
	sum.Reset()
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p := buf[:min(n, int64(len(buf)))]
		read, err := at.ReadAt(p, offset)
		if read < len(p) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		sum.Write(p)
		offset += int64(read)
		n -= int64(read)
	}
	return sum.Sum64(), nil
}
