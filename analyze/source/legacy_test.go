package source

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

func TestBeforeManifestJSON(t *testing.T) {
	packed := ancient().Tar()
	for way, img := range map[string]*Image{
		"file":   mustOpen(t, write(t, "image.tar", packed), Options{}),
		"stream": mustOpen(t, "-", Options{Stdin: bytes.NewReader(packed)}),
		"folder": mustOpen(t, folderOf(t, ancient()), Options{}),
	} {
		t.Run(way, func(t *testing.T) {
			blobs := readAll(t, img)
			want := [][]byte{sample().Layers[0].Uncompressed(), sample().Layers[2].Uncompressed()}
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
		"form no chain":          ancient().With(top+"/json", []byte(`{"parent":"`+top+`"}`)),
		"is missing":             ancient().Without(top + "/json"),
		"which is no layer":      ancient().With("repositories", []byte(`{"app":{"1":"../../etc"}}`)),
		"lists no image":         ancient().With("repositories", []byte(`{}`)),
		"layer 1 (" + top:        ancient().Without(top + "/layer.tar"),
		"repositories is broken": ancient().With("repositories", []byte(`{`)),
	} {
		_, err := Open(context.Background(), write(t, "image.tar", archive.Tar()), Options{})
		wantError(t, err, want)
	}
}
