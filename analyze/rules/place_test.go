package rules

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

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
		{"pre*/**", "pre/x prefix/y", "xpre/y pre"},
	} {
		p := newPlaces(nil)
		for _, pattern := range strings.Fields(test.patterns) {
			p.add(pattern, 3)
		}
		for _, name := range strings.Fields(test.hits) {
			if p.match(name) != 1<<3 {
				t.Errorf("%s does not match %s", test.patterns, name)
			}
		}
		for _, name := range strings.Fields(test.misses) {
			if p.match(name) != 0 {
				t.Errorf("%s matches %s", test.patterns, name)
			}
		}
	}
}

// TestPlacesOfATree holds the index that remembers directories to the one that does
// not, over random trees of names that the catalogue knows.
func TestPlacesOfATree(t *testing.T) {
	names := strings.Fields("a root home app .cache pip uv .git node_modules typescript var lib dpkg x-old cache ~ y~ go pkg mod target release deps .npm _cacache core.12 usr share doc a.pyc R renv")
	b := &Build{Env: []string{"PIP_CACHE_DIR=/a/root", "GOPATH=/go", "HOME=/app"}}
	paths := func(r *Rule) []string { return r.Paths }
	plain := b.compile(newPlaces(nil), paths)
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := newSprout()
		var all []string
		for range 200 {
			parts := make([]string, 1+r.IntN(7))
			for i := range parts {
				parts[i] = names[r.IntN(len(names))]
			}
			all = append(all, strings.Join(parts, "/"))
			s.node(all[len(all)-1])
		}
		p := b.compile(newPlaces(s.tree), paths)
		for _, name := range all {
			if got, want := p.node(s.nodes[name]), plain.match(name); got != want {
				t.Fatalf("%s: %b in the tree, %b alone", name, got, want)
			}
		}
	}
}

func TestHomesAndVariables(t *testing.T) {
	b := &Build{
		Env:        []string{"HOME=/srv/me", "PIP_CACHE_DIR=/pip", "UV_CACHE_DIR=/usr", "YARN_CACHE_FOLDER=relative", "CCACHE_DIR=/app", "GOCACHE=/a*b"},
		Captured:   map[string][]byte{"etc/passwd": []byte("root:x:0:0:root:/root:/bin/sh\njenkins:x:1000:1000::/var/jenkins_home:/bin/sh\nodd:x:1\n")},
		WorkingDir: "/app",
	}
	p := b.compile(newPlaces(nil), func(r *Rule) []string { return r.Paths })
	for name, want := range map[string]string{
		"root/.cache/pip/a":             "pip-cache",
		"home/ann/.cache/pip/a":         "pip-cache",
		"srv/me/.cache/pip/a":           "pip-cache",
		"var/jenkins_home/.cache/pip/a": "pip-cache",
		".cache/pip/a":                  "pip-cache",
		"pip/a":                         "pip-cache",
		"home/.cache/pip/a":             "",
		"usr/a":                         "",
		"relative/a":                    "",
		"app/a":                         "",
		"aXb/c":                         "",
	} {
		got := ""
		if set := p.match(name); set != 0 {
			got = Catalogue[bits.TrailingZeros64(uint64(set))].ID
		}
		if got != want {
			t.Errorf("%s goes to %q, want %q", name, got, want)
		}
	}
}

func TestRoots(t *testing.T) {
	b := &Build{Env: []string{"BUNDLE_PATH=/gems"}}
	for _, test := range []struct {
		rule  string
		paths string
		want  string
	}{
		{"pip-cache", "root/.cache/pip/a/b root/.cache/pip/c home/x/.cache/pip/d", "home/x/.cache/pip root/.cache/pip"},
		{"vcs-metadata", "app/.git/a app/vendor/.git/b/c", "app/.git app/vendor/.git"},
		{"gem-cache", "gems/cache/a.gem gems/cache/b.gem", "gems/cache/*.gem"},
		{"backup-files", "etc/passwd-", "etc/passwd-"},
		{"cargo-cache", "src/target/release/deps/a src/target/release/deps/b/c", "src/target/release/deps"},
		{"logs", "elsewhere", "elsewhere"},
	} {
		rule, _ := ByID(test.rule)
		if diff := cmp.Diff(strings.Fields(test.want), b.roots(rule, strings.Fields(test.paths))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.rule, diff)
		}
	}
}

// FuzzPlaces looks paths up that a stranger named.
func FuzzPlaces(f *testing.F) {
	for _, name := range []string{"root/.cache/pip/a", "a//b", "", "core.1", "~", "*", "var/lib/gems/*/cache/*.gem"} {
		f.Add(name)
	}
	b := &Build{}
	p := b.compile(newPlaces(nil), func(r *Rule) []string { return r.Paths })
	f.Fuzz(func(t *testing.T, name string) {
		for set := p.match(name); set != 0; set &= set - 1 {
			rule := &Catalogue[bits.TrailingZeros64(uint64(set))]
			if roots := b.roots(rule, []string{name}); len(roots) != 1 {
				t.Fatalf("%s: roots of %q: %q", rule.ID, name, roots)
			}
			if command, ok := removeAll(b.roots(rule, []string{name}), false); ok && strings.ContainsAny(strings.TrimPrefix(command, "rm -rf "), "\n;&|$`'\"\\ ()<>") {
				t.Fatalf("%q would run %q", name, command)
			}
		}
	})
}

// BenchmarkClaim hands a million paths to the rules, a few of which they want.
func BenchmarkClaim(b *testing.B) {
	s := newSprout()
	n := 0
	for i := range 2000 {
		folder := fmt.Sprintf("usr/lib/package-%d/share/module", i)
		if i%50 == 0 {
			folder = fmt.Sprintf("app/vendor-%d/.git/objects", i)
		}
		at := s.node(folder)
		for j := range 500 {
			node := s.tree.AddNode(at, fmt.Sprintf("file-%d.js", j))
			s.tree.Push(model.Record{Kind: model.File, Size: model.SizeOf(100), Node: node, Gone: model.StillThere, HiddenBy: model.StillThere, Ref: model.NoFinding})
			n++
		}
	}
	build := layers(1, 0)
	for b.Loop() {
		Claim(s.tree, build)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/path")
}
