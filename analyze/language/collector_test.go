package language_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/language"
)

// read reads a content in pieces of several lengths and where it lies, in the middle of something
// else. All must say the same.
func read(t testing.TB, path string, content []byte) (f language.Found, ok bool) {
	t.Helper()
	var c language.Collector
	size := int64(len(content))
	r := bytes.NewReader(slices.Concat([]byte("before"), content, []byte("behind")))
	var err error
	if c.BeginKnown(path, size, content[:min(len(content), language.HeadLen)]) {
		if f, ok, err = c.ReadAt(r, 6); err != nil {
			t.Fatal(err)
		}
	}
	for _, piece := range []int{1, 13, 512, 5000, 64 << 10, len(content)} {
		if piece == 1 && size > 200_000 {
			continue // it takes long
		}
		c.Begin(path, size)
		for rest := content; len(rest) > 0; {
			n := min(piece, len(rest))
			c.Write(rest[:n])
			rest = rest[n:]
		}
		g, known := c.End()
		if diff := cmp.Diff(f, g); known != ok || diff != "" {
			t.Fatalf("%s in pieces of %d bytes: %v instead of %v (-at hand +in pieces):\n%s", path, piece, known, ok, diff)
		}
	}
	if again, known := language.FromTexts(f.Texts()); ok && (!known || cmp.Diff(f, again) != "") {
		t.Errorf("%s: it is kept as %+v", path, again)
	}
	return f, ok
}
