package gate

import (
	"strings"
	"testing"
)

func TestRepeatedDirectoriesInAGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		match         bool
	}{
		{"var/cache/**", "var/cache/apt/x", true},
		{"var/cache/", "var/cache", true},
		{"**/x", "x", true},
		{"**/**/x", "a/b/x", true},
		{"**/**/**", "a", true},
		{"a/**/**/b", "a/b", true},
		{"a/**/**/b", "a/c/d/e/b", true},
		{"a/**/**/b", "a/c/d/e/c", false},
		{"a/*", "a/b/c", false},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil || g.Match(c.path) != c.match {
			t.Errorf("%q matches %q: want %t, %v", c.pattern, c.path, c.match, err)
		}
	}
	// However often ** is repeated, the pattern is as long as one of them.
	if g, err := ParseGlob(strings.Repeat("**/", 1000) + "x"); err != nil || len(g.names) != 2 {
		t.Errorf("%d names, %v", len(g.names), err)
	}
	if _, err := ParseGlob(strings.Repeat("*", maxGlob+1)); err == nil {
		t.Error("a pattern longer than any path is taken")
	}
}
