package pattern_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/pattern"
)

// TestPatterns tries every form of a pattern.
func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		patterns string
		hits     string
		misses   string
	}{
		{"a/b/**", "a/b/c a/b/c/d", "a/b a/bc a x/a/b/c"},
		{"a/b", "a/b", "a/b/c a ab"},
		{"a/*.x", "a/b.x", "a/.x a/b.y a/b/c.x b.x"},
		{"a/*/c/**", "a/b/c/d a/x/c/d/e", "a/c/d a/b/c"},
		{"**/.git/**", ".git/a a/.git/b a/b/.git/c/d", ".git a/.git .gitx/a"},
		{"**/*~", "a~ a/b~ a/b/c~", "a~/b ~"},
		{"**/core.#", "core.1 a/core.1234", "core. core.1a core.js core"},
		{"**/a/b/c/**", "a/b/c/d x/a/b/c/d a/b/a/b/c/d a/a/b/c/d", "a/b/d a/b/c b/c/d"},
		{"a/** !a/b/**", "a/c a/c/b/d", "a/b/c a/b/c/d"},
		{"a/** !a/*/c", "a/c a/b/d a/b/c/d", "a/b/c"},
		{"**/x/** !u/**", "x/a a/x/b", "u/x/a u/b"},
		{"a?c", "abc", "ac abbc"},
		{"a-[bc]/*", "a-b/x a-c/y", "a-d/x"},
		{"t*p", "tp tap", "t tapx"},
		{"t*m*p", "tmp tamp tamap tmmp", "tp t tap tmpx atmp"},
		{"*.tar.*", "a.tar.gz .tar. a.tar.tar.x", "a.tar atar.gz a.tgz"},
		{"a*x*c/d a*y*c/e", "axc/d ayc/e", "axc/e ayc/d"},
		{"a*a*a", "aaa abaca", "a aa aab"},
		{"a*b*c*d", "abcd axbxcxd", "abd acbd"},
		{"pre*/**", "pre/x prefix/y", "xpre/y pre"},
	} {
		p := pattern.New(nil)
		for _, one := range strings.Fields(test.patterns) {
			p.Add(one, 3)
		}
		for _, name := range strings.Fields(test.hits) {
			if p.Match(name) != pattern.Only(3) {
				t.Errorf("%s does not match %s", test.patterns, name)
			}
		}
		for _, name := range strings.Fields(test.misses) {
			if !p.Match(name).IsEmpty() {
				t.Errorf("%s matches %s", test.patterns, name)
			}
		}
	}
}

// TestOtherPatternsAreNotShared: an index knows the patterns that it was asked for, whatever
// others were made before and since, and whose they are.
func TestOtherPatternsAreNotShared(t *testing.T) {
	for n := range 20 {
		for owner := range 2 {
			p := pattern.Of(nil, []pattern.Owned{{Pattern: "a" + strconv.Itoa(n), Owner: owner}})
			for m := range 20 {
				got, want := p.Match("a"+strconv.Itoa(m)), pattern.Set{}
				if m == n {
					want = pattern.Only(owner)
				}
				if got != want {
					t.Errorf("a%d of the patterns a%d of %d: %b", m, n, owner, got)
				}
			}
		}
	}
}
