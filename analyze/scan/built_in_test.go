package scan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// TestBuiltInLayersAreNotHashed: the digest of a layer that the program made itself is taken
// as it is, and compared only where everything is verified.
func TestBuiltInLayersAreNotHashed(t *testing.T) {
	known := "sha256:" + strings.Repeat("0", 64)
	blob := imagetest.Layer{Files: []imagetest.File{imagetest.Fill("f", 3000)}, Compression: imagetest.Gzip}.Stored()
	l := layer(blob, known, "")
	if _, err := scan.Layer(t.Context(), l, scan.Options{}); !errors.Is(err, scan.ErrDigest) {
		t.Errorf("of a layer from elsewhere: %v", err)
	}
	l.BuiltIn = true
	x, err := scan.Layer(t.Context(), l, scan.Options{})
	if err != nil || x.Digest != known {
		t.Fatalf("%+v, %v", x, err)
	}
	if _, err := scan.Layer(t.Context(), l, scan.Options{Verify: true}); !errors.Is(err, scan.ErrDigest) {
		t.Errorf("where all is verified: %v", err)
	}
}
