package imagetest

import (
	"os"
	"testing"
)

// Rounds returns how many random cases a test tries: few under -short, which is how the race
// detector runs, all of them where TARE_MANY is set, as .ci/full sets it, and else some.
func Rounds(few, some, all int) int {
	switch {
	case testing.Short():
		return few
	case os.Getenv("TARE_MANY") != "":
		return all
	}
	return some
}
