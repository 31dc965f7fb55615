package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
)

// TestSearchPathIsBounded: a PATH may hold any number of directories, and a program that is
// in none of the first is not known to be missing.
func TestSearchPathIsBounded(t *testing.T) {
	of := func(n int) *rules.Build {
		var dirs []string
		for i := range n {
			dirs = append(dirs, fmt.Sprintf("/d%d", i), "/bin", "relative")
		}
		return &rules.Build{Env: []string{"PATH=" + strings.Join(dirs, ":")}, Cmd: []string{"app"}}
	}
	if got := of(20).SearchPath(); len(got) != 21 || got[0] != "/d0" || got[1] != "/bin" || got[20] != "/d19" {
		t.Errorf("got %v", got)
	}
	many := of(100_000)
	if got := len(many.SearchPath()); got > 1000 {
		t.Errorf("%d directories", got)
	}
	if got := len(many.Wants()); got > 1000 {
		t.Errorf("%d files are wanted", got)
	}
}
