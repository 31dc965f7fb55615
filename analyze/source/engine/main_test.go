package engine_test

import (
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(sourcetest.Isolate(m)) }

func mustOpen(t *testing.T, reference string, opt source.Options) *source.Image {
	t.Helper()
	return sourcetest.MustOpen(t, source.Open, reference, opt)
}
