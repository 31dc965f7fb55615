//go:build !unix

package analyze_test

import "testing"

// cpuTime is not known here: what an analysis allocates has to do.
func cpuTime(*testing.T) int64 { return 0 }
