package registry_test

import (
	"os"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) {
	httpretry.FirstPause = time.Millisecond // the pauses' length is tested where they are made
	os.Exit(sourcetest.Isolate(m))
}

func mustOpen(t *testing.T, reference string, opt source.Options) *source.Image {
	t.Helper()
	return sourcetest.MustOpen(t, source.Open, reference, opt)
}
