package compression

import (
	"testing"

	"github.com/tare-oci/tare/analyze/compression/xz"
)

// TestDetect compares the format of first bytes with the specifications' magic
// numbers, and what is nearly one with none.
func TestDetect(t *testing.T) {
	for _, test := range []struct {
		head string
		want Format
	}{
		{"\x1f\x8b\x08", Gzip},
		{"\x1f\x8b", Gzip},
		{"\x1f", None},
		{"\x28\xb5\x2f\xfd", Zstd},
		{"\x28\xb5\x2f", None},
		{"\x50\x2a\x4d\x18", Zstd},
		{"\x5f\x2a\x4d\x18\x00", Zstd},
		{"\x60\x2a\x4d\x18", None},
		{"\x50\x2a\x4d", None},
		{xz.Magic, XZ},
		{xz.Magic[:5], None},
		{"BZh9", Bzip2},
		{"BZ", None},
		{"", None},
		{"etc/passwd", None},
	} {
		if got := Detect([]byte(test.head)); got != test.want {
			t.Errorf("%q: format %d, want %d", test.head, got, test.want)
		}
	}
	if len(xz.Magic) != HeadBytes {
		t.Errorf("HeadBytes is %d, and the longest magic number has %d bytes", HeadBytes, len(xz.Magic))
	}
}
