package archive_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestBeforeManifestJSON(t *testing.T) {
	t.Parallel()
	packed := sourcetest.Ancient().Tar()
	for way, img := range map[string]*source.Image{
		"file":      mustOpen(t, sourcetest.WriteFile(t, "image.tar", packed), source.Options{}),
		"stream":    mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(packed)}),
		"directory": mustOpen(t, sourcetest.Directory(t, sourcetest.Ancient()), source.Options{}),
	} {
		t.Run(way, func(t *testing.T) {
			blobs := sourcetest.ReadAll(t, img)
			want := [][]byte{sourcetest.Sample().Layers[0].Uncompressed(), sourcetest.Sample().Layers[2].Uncompressed()}
			if diff := cmp.Diff(want, blobs); diff != "" {
				t.Error("the layers are not in order")
			}
			history := img.Config.History
			if len(history) != 2 || history[1].CreatedBy != "/bin/sh -c make" || history[0].Created.Year() != 2013 {
				t.Errorf("history is %+v", history)
			}
			if img.Platform != "linux/amd64" || img.ID != "" || len(img.Config.Config.Cmd) != 1 {
				t.Errorf("image is %+v", img)
			}
		})
	}
	top := strings.Repeat("a", 64)
	for want, archive := range map[string]imagetest.Archive{
		"do not form a chain":    sourcetest.Ancient().With(top+"/json", []byte(`{"parent":"`+top+`"}`)),
		"is missing":             sourcetest.Ancient().Without(top + "/json"),
		"which is not a layer":   sourcetest.Ancient().With("repositories", []byte(`{"app":{"1":"../../etc"}}`)),
		"lists no image":         sourcetest.Ancient().With("repositories", []byte(`{}`)),
		"layer 1 (" + top:        sourcetest.Ancient().Without(top + "/layer.tar"),
		"repositories is broken": sourcetest.Ancient().With("repositories", []byte(`{`)),
	} {
		_, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{})
		sourcetest.WantError(t, err, want)
	}
}
