package pipe_test

import (
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(sourcetest.Isolate(m)) }
