// Package quick keeps go test ./... short. Tests ask it how many cases to try, and a test
// program that it is part of collects garbage less often: such programs make images, reports
// and frames, drop them, and end after seconds, and a seventh of what they worked was looking
// for what could be dropped. It imports nothing of tare, for the tests of small packages;
// imagetest brings it along.
package quick

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
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

// percent is how much may be allocated before the next collection, measured by what is in
// use. Beyond it, new pages cost as much as collecting.
const percent = 400

// Benchmarks are left as users have it, and GOGC in the environment goes first.
func init() {
	benchmarks := slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench") })
	if testing.Testing() && os.Getenv("GOGC") == "" && !benchmarks {
		debug.SetGCPercent(percent)
	}
}
