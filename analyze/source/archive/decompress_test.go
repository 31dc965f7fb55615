package archive

import (
	"bytes"
	"io"
	"testing"

	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestLimitReader: what decompresses to far more than it is, and to more than the limit,
// is refused with the limit's name.
func TestLimitReader(t *testing.T) {
	content := imagetest.XZBlocks(make([]byte, 1<<20), 0)
	for free, refused := range map[int64]bool{1 << 20: false, 1000: true} {
		f := newLimitReader("xz", bytes.NewReader(content), func(r io.Reader) io.Reader { return xz.NewReader(r) })
		f.free = free
		n, err := io.Copy(io.Discard, f)
		if !refused {
			if err != nil || n != 1<<20 {
				t.Errorf("%d bytes, %v", n, err)
			}
			continue
		}
		sourcetest.WantError(t, err, "over 4 GiB and more than 32 times as large")
	}
}
