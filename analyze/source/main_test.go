package source

import (
	"os"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/source/pipe"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) {
	pipe.WriterWait = 50 * time.Millisecond
	os.Exit(sourcetest.Isolate(m))
}

func mustOpen(t *testing.T, reference string, opt Options) *Image {
	t.Helper()
	return sourcetest.MustOpen(t, Open, reference, opt)
}
