package overlay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
)

// longer is a table with n entries, most of them memory that nobody touches.
func longer[T any](table []T, n int) []T {
	longer := make([]T, n, n+10)
	copy(longer, table)
	return longer
}

// TestLimits reaches every limit of an image, and passes it: the former is no
// matter of limits, the latter is refused with its name. The builder is set to
// stand right before each, as getting there takes the memory that it bounds.
func TestLimits(t *testing.T) {
	index := func(files ...imagetest.File) *scan.Index {
		t.Helper()
		blob := imagetest.Tar(files...)
		l := image.Layer{Size: int64(len(blob)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(blob)), nil
		}}
		x, err := scan.Layer(t.Context(), l, scan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	one := index(imagetest.Text("a/b", "c")) // two paths, one of them implied
	for _, c := range []struct {
		says string
		set  func(b *Builder, beyond int)
	}{
		{fmt.Sprint("the number of layers is over tare's limit of ", maxLayers), func(b *Builder, beyond int) {
			b.layers = make([]layer, maxLayers-1+beyond)
		}},
		{fmt.Sprintf("the way through the layer's symbolic links is over tare's limit of %d directories", maxSteps), func(b *Builder, beyond int) {
			b.steps = maxSteps + beyond
		}},
		{fmt.Sprint("the number of directories that no layer names is over tare's limit of ", maxImplied), func(b *Builder, beyond int) {
			b.implied = maxImplied - 1 + beyond
		}},
		{fmt.Sprint("the number of paths in the image is over tare's limit of ", maxNodes), func(b *Builder, beyond int) {
			n := maxNodes - 2 + beyond
			b.tree.Nodes = longer(b.tree.Nodes, n)
			b.live, b.firstLive, b.nextLive, b.listed, b.slotOf = longer(b.live, n), longer(b.firstLive, n), longer(b.nextLive, n), longer(b.listed, n), longer(b.slotOf, n)
			b.cost.length = longer(b.cost.length, n)
		}},
	} {
		for beyond := range 2 {
			b := New()
			c.set(b, beyond)
			_, _, err := b.Add(t.Context(), one, nil)
			limited := errors.As(err, new(*scan.LimitError))
			if limited != (beyond == 1) || limited && err.Error() != c.says {
				t.Errorf("%d beyond %q: %v", beyond, c.says, err)
			}
		}
	}
	if imagetest.Rounds(0, 0, 1) == 0 {
		return
	}
	// One that is reached in earnest, which takes a gigabyte: few names that imply many directories.
	var deep []imagetest.File
	for i := range maxImplied/scan.MaxDepth + 2 {
		deep = append(deep, imagetest.Text(fmt.Sprint(i, strings.Repeat("/d", scan.MaxDepth-2), "/f"), ""))
	}
	if _, _, err := New().Add(t.Context(), index(deep...), nil); !errors.As(err, new(*scan.LimitError)) {
		t.Errorf("a million directories that no layer names: %v", err)
	}
}
