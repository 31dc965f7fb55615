package archive_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestLimitsOfArchives reaches every limit of what an archive says of its image,
// and passes it: the former opens, the latter is refused with the limit's name,
// read in place and as a stream. Layers, values and manifests of a registry have
// theirs in TestTooManyLayers, TestBroken and TestRegistryErrors.
func TestLimitsOfArchives(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("these archives are large")
	}
	history := func(steps int) imagetest.Archive {
		img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("a", "b")}, CreatedBy: "COPY a /"}}}
		for range steps - 1 {
			img.Layers = append(img.Layers, imagetest.Layer{Empty: true, CreatedBy: "ENV A=b"})
		}
		return img.OCI()
	}
	config := func(bytes int) imagetest.Archive {
		img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("a", "b")}, CreatedBy: "COPY a /"}}}
		img.Config.Labels = map[string]string{"a": ""}
		img.Config.Labels["a"] = strings.Repeat("b", bytes-len(img.OCI().Body(imagetest.Blob(img.ID()))))
		return img.OCI()
	}
	entries := func(n int) imagetest.Archive {
		archive := history(1)
		for i := len(archive); i < n; i++ {
			archive = append(archive, imagetest.File{Path: fmt.Sprint("x", i)})
		}
		return archive
	}
	limits := []struct {
		says    string
		archive func(beyond int) imagetest.Archive
	}{
		{"the config's history has 20001 steps; tare reads at most 20000", func(beyond int) imagetest.Archive { return history(20_000 + beyond) }},
		{"larger than 32 MiB", func(beyond int) imagetest.Archive { return config(32<<20 + beyond) }},
		{"it holds more than 100000 files", func(beyond int) imagetest.Archive { return entries(100_000 + beyond) }},
	}
	for _, c := range limits[:imagetest.Rounds(1, 1, len(limits))] {
		for beyond := range 2 {
			if beyond == 0 && imagetest.Rounds(0, 0, 1) == 0 {
				continue
			}
			packed := c.archive(beyond).Tar()
			_, err := source.Open(t.Context(), sourcetest.WriteFile(t, "image.tar", packed), source.Options{})
			_, streamed := sourcetest.ReadStream(mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(packed)}))
			if beyond > 0 {
				sourcetest.WantError(t, err, c.says)
				sourcetest.WantError(t, streamed, c.says)
			} else if err != nil || streamed != nil {
				t.Errorf("just within %q: %v; as a stream: %v", c.says, err, streamed)
			}
		}
	}
}
