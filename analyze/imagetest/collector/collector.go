// Package collector makes test programs collect garbage less often. They make images,
// reports and frames, drop them, and end after seconds: a seventh of what all of them work
// would be looking for what can be dropped. Import it for that alone; imagetest does.
package collector

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

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
