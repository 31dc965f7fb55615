package indexstore

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/tare-oci/tare/analyze/httpretry"
)

// TestMain shortens the pauses before something is tried again, and lets more parallel tests
// run at once than there are processors: they wait for servers that do not answer.
func TestMain(m *testing.M) {
	httpretry.FirstPause = 5 * time.Millisecond // the pauses' length is tested where they are made
	minio.DefaultRetryUnit = 5 * time.Millisecond
	_ = flag.Set("test.parallel", "8") // the command line has the last word
	os.Exit(m.Run())
}
