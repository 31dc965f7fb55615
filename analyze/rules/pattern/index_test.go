package pattern_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
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

// TestIndexOfATree holds the index that remembers directories to the one that does
// not, over random trees of names that the catalogue knows.
func TestIndexOfATree(t *testing.T) {
	names := strings.Fields("a root home app .cache pip uv .git node_modules typescript var lib dpkg x-old cache ~ y~ go pkg mod target release deps .npm _cacache core.12 usr share doc a.pyc R renv")
	b := &rules.Build{Env: []string{"PIP_CACHE_DIR=/a/root", "GOPATH=/go", "HOME=/app"}}
	plain := index(b, nil)
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := rulestest.NewTree()
		var all []string
		for range 200 {
			parts := make([]string, 1+r.IntN(7))
			for i := range parts {
				parts[i] = names[r.IntN(len(names))]
			}
			all = append(all, strings.Join(parts, "/"))
			s.Node(all[len(all)-1])
		}
		p, shared := index(b, s.Tree), pattern.Of(s.Tree, owned(b))
		for _, name := range all {
			want := plain.Match(name)
			if got := p.Node(s.Node(name)); got != want {
				t.Fatalf("%s: %b in the tree, %b alone", name, got, want)
			}
			if got := shared.Node(s.Node(name)); got != want {
				t.Fatalf("%s: %b in the tree with shared patterns, %b alone", name, got, want)
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

// owned is the whole catalogue, each rule an owner.
func owned(b *rules.Build) (all []pattern.Owned) {
	for i, rule := range catalogue.Rules {
		for _, one := range rule.Paths {
			for _, expanded := range b.Expand(one) {
				all = append(all, pattern.Owned{Pattern: expanded, Owner: i})
			}
		}
	}
	return all
}

// index holds what the whole catalogue claims, each rule an owner.
func index(b *rules.Build, t *model.Tree) *pattern.Index {
	p := pattern.New(t)
	for _, one := range owned(b) {
		p.Add(one.Pattern, one.Owner)
	}
	return p
}

// FuzzIndex looks paths up that a stranger named.
func FuzzIndex(f *testing.F) {
	for _, name := range []string{"root/.cache/pip/a", "a//b", "", "core.1", "~", "*", "var/lib/gems/*/cache/*.gem"} {
		f.Add(name)
	}
	b := &rules.Build{}
	p := index(b, nil)
	f.Fuzz(func(t *testing.T, name string) {
		for set := p.Match(name); !set.IsEmpty(); set = set.Without(pattern.Only(set.First())) {
			rule := &catalogue.Rules[set.First()]
			if targets := b.Targets(rule, []string{name}); len(targets) != 1 {
				t.Fatalf("%s: targets of %q: %q", rule.ID, name, targets)
			}
			if command, ok := advice.RemoveAll(b.Targets(rule, []string{name}), false); ok && strings.ContainsAny(strings.TrimPrefix(command, "rm -rf "), "\n;&|$`'\"\\ ()<>") {
				t.Fatalf("%q would run %q", name, command)
			}
		}
	})
}
