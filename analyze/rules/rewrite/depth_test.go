package rewrite

import (
	"strings"
	"testing"
)

// A script whose brackets lie in one another deeper than any that somebody wrote is not read: the
// parser's stack would take a thousand times its size.
func TestDepth(t *testing.T) {
	for _, c := range []struct{ open, inner, end string }{{"( ", "true", ")"}, {"{ ", "true;", " };"}, {"<(", "true", ")"}, {"a[", "1", "]"}} {
		nested := func(depth int) string {
			return strings.Repeat(c.open, depth) + c.inner + strings.Repeat(c.end, depth)
		}
		if err := parses(nested(400)); err != nil && c.open != "a[" {
			t.Errorf("%q 400 times: %v", c.open, err)
		}
		if err := parses(nested(maxDepth + 1)); err == nil {
			t.Errorf("%q %d times is read", c.open, maxDepth+1)
		}
		if err := parses(strings.Repeat("x() { y; }; ", 3000) + "true"); err != nil {
			t.Errorf("brackets side by side: %v", err)
		}
	}
}

func parses(script string) error {
	_, err := parseShell(script)
	return err
}
