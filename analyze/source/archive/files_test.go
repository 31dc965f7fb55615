package archive

import (
	"archive/tar"
	"testing"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestLimitOfAnEntry: no header may name more than 64 GiB.
func TestLimitOfAnEntry(t *testing.T) {
	var c contents
	header := &tar.Header{Name: "layer.tar", Typeflag: tar.TypeReg, Size: maxEntrySize}
	if err := c.add(header, entry{}); err != nil {
		t.Error(err)
	}
	header.Size++
	sourcetest.WantError(t, c.add(header, entry{}), "layer.tar is larger than 64 GiB")
}
