package imagetest

import (
	"os"
	"testing"
)

// Rounds is how many random cases a test tries: some for everybody who runs go test, a few
// under -short, which is how the race detector runs, and all where TARE_MANY is set, as
// .ci/full sets it.
func Rounds(few, some, all int) int {
	switch {
	case os.Getenv("TARE_MANY") != "":
		return all
	case testing.Short():
		return few
	}
	return some
}
