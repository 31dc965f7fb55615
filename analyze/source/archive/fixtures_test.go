package archive_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// fixtures are archives that other programs wrote.
const fixtures = "../../../../shared/fixtures"

func eachFixture(t *testing.T, try func(t *testing.T, path string)) {
	t.Helper()
	found, err := filepath.Glob(filepath.FromSlash(fixtures + "/*/*.tar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skipf("no fixtures in %s", fixtures)
	}
	for _, path := range found {
		t.Run(filepath.Base(path), func(t *testing.T) { try(t, path) })
	}
}

// isRootfs tells the fixtures that are layers, not images.
func isRootfs(path string) bool {
	switch strings.TrimSuffix(filepath.Base(path), "-image.tar") {
	case "test-gzip", "test-zstd", "test-estargz", "test-uncompressed":
		return true
	}
	return false
}

func TestFixtures(t *testing.T) {
	eachFixture(t, func(t *testing.T, path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if isRootfs(path) {
			_, err := source.Open(context.Background(), path, source.Options{})
			sourcetest.WantError(t, err, path, "the tar is no image", "docker import")
			img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(content)})
			_, err = sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, "the tar is no image")
			return
		}
		inPlace := mustOpen(t, path, source.Options{})
		sourcetest.CheckLayers(t, inPlace)
		streamed := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(content)})
		sourcetest.CheckLayers(t, streamed)
		if len(inPlace.Layers) == 0 || len(inPlace.Layers) != len(streamed.Layers) || inPlace.ID != streamed.ID || inPlace.Digest != streamed.Digest {
			t.Errorf("in place %d layers of %s, streamed %d of %s", len(inPlace.Layers), inPlace.ID, len(streamed.Layers), streamed.ID)
		}
	})
}
