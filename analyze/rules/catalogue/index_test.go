package catalogue_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

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
