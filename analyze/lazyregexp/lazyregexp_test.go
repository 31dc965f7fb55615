package lazyregexp_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// TestBadPatternFailsItsPackage holds that a pattern that is none is found by any
// test of the package that names it, and not by the first user it matters to.
func TestBadPatternFailsItsPackage(t *testing.T) {
	defer func() {
		if said, ok := recover().(string); !ok || !strings.Contains(said, "missing closing )") {
			t.Errorf("New of a bad pattern said %q", said)
		}
	}()
	lazyregexp.New("(")
}

func TestAsked(t *testing.T) {
	if got := lazyregexp.New(`^(\w+)=`).FindStringSubmatch("tag=1"); len(got) != 2 || got[1] != "tag" {
		t.Errorf("got %q", got)
	}
}
