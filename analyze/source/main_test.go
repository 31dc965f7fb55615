package source

import (
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(sourcetest.Isolate(m)) }

func mustOpen(t *testing.T, reference string, opt Options) *Image {
	t.Helper()
	return sourcetest.MustOpen(t, Open, reference, opt)
}
