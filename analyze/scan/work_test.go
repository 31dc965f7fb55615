package scan

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/source/image"
)

// TestLookingCounts: what takes longer to look into than to decompress takes as much more of what an
// image may have decompressed, whether the layer is read in place or passes.
func TestLookingCounts(t *testing.T) {
	var jar bytes.Buffer
	w := zip.NewWriter(&jar)
	for i := range 20 {
		m, err := w.Create(fmt.Sprintf("META-INF/maven/g/a%d/pom.properties", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(make([]byte, 200_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content string
		least   int64
	}{
		"a/node_modules/m/package.json": {`{"name":"m","x":"` + strings.Repeat("x", 10_000) + `"}`, 960_000},
		"srv/a.jar":                     {jar.String(), 4_000_000 * 16},
		"srv/a.conf":                    {strings.Repeat("x", 10_000), 160_000},
		"srv/.env":                      {strings.Repeat("x", 10_000), 2_560_000},
	} {
		blob := bytes.Join([][]byte{rawHeader(name, typeRegular, int64(len(c.content)), "ustar\x0000", nil), []byte(c.content), make([]byte, 1024+(512-len(c.content)%512)%512)}, nil)
		for _, plain := range []bool{true, false} {
			b := budget.New(nil)
			l := image.Layer{Size: int64(len(blob)), At: bytes.NewReader(blob)}
			if !plain {
				var packed bytes.Buffer
				z := gzip.NewWriter(&packed)
				if _, err := z.Write(blob); err != nil {
					t.Fatal(err)
				}
				if err := z.Close(); err != nil {
					t.Fatal(err)
				}
				l = image.Layer{Size: int64(packed.Len()), Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(&packed), nil }}
			}
			if _, err := Layer(t.Context(), l, Options{Budget: b, Libraries: true, Secrets: true}); err != nil {
				t.Fatal(name, err)
			}
			if took := b.Taken(budget.Decoded); took < c.least {
				t.Errorf("%s, in place %v: %d taken, want %d at least", name, plain, took, c.least)
			}
		}
	}
}
