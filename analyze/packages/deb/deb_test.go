package deb

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"1.0", "1.0", 0},
		{"1.0", "1.0-0", 0},
		{"0:1.0", "1.0", 0},
		{"00:1.0", "1.0", 0},
		{"1:1.0", "2.0", 1},
		{"1.9", "1.10", -1},
		{"1.09", "1.9", 0},
		{"1.0~rc1", "1.0", -1},
		{"1.0~~", "1.0~", -1},
		{"1.0a", "1.0", 1},
		{"1.0a", "1.0+", -1},
		{"1.0-1", "1.0-1+b1", -1},
		{"1.0-1~deb12u1", "1.0-1", -1},
		{"2.7.2-linux-1", "2.7.3-linux-1", -1},
		{"1.0-2-1", "1.0-1-2", 1},
		{"1.2.3", "1.2", 1},
	} {
		if got := sign(CompareVersions(c.a, c.b)); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := sign(CompareVersions(c.b, c.a)); got != -c.want {
			t.Errorf("%q and %q: %d, want %d", c.b, c.a, got, -c.want)
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestRelations(t *testing.T) {
	for _, c := range []struct {
		field string
		want  []Relation
		bad   bool
	}{
		{field: ""},
		{field: "a", want: []Relation{{Name: "a"}}},
		{field: "a,b |c", want: []Relation{{Name: "a"}, {Name: "b", Or: true}, {Name: "c"}}},
		{field: "python3:any (>= 3.8~) , libc6(<<2)", want: []Relation{
			{Name: "python3:any", Op: GreaterEqual, Version: "3.8~"}, {Name: "libc6", Op: Less, Version: "2"},
		}},
		{field: "a (= 1 ), b (>1), c (< 1)", want: []Relation{
			{Name: "a", Op: Equal, Version: "1"}, {Name: "b", Op: GreaterEqual, Version: "1"}, {Name: "c", Op: LessEqual, Version: "1"},
		}},
		{field: "a\n b,\n c", want: []Relation{}, bad: true},
		{field: "a,\n b,", want: []Relation{{Name: "a"}, {Name: "b"}}},
		{field: "a (>= 1", bad: true},
		{field: "a, (>= 1)", want: []Relation{{Name: "a"}}, bad: true},
		{field: "a (" + strings.Repeat("1", MaxVersion+1) + ")", bad: true},
	} {
		got, err := appendRelations(nil, c.field, maxRelations)
		if d := cmp.Diff(c.want, got); d != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%q: %s", c.field, d)
		}
		if (err != nil) != c.bad {
			t.Errorf("%q: error %v", c.field, err)
		}
	}
}

func TestStatus(t *testing.T) {
	text := `Package: One
status: install ok installed
Priority: Required
Section: libs
Architecture: amd64
Source: uno (1:0.9)
Version: 1.0
Depends: two (>= 2),
 three
Description: ignored
 Depends: four
 .
 more

Garbage
Package: two
Status: hold ok half-configured
Protected: yes
Version: 2

Version: 3

Package: broken
Status: deinstall ok config-files
Version: 4
Recommends: a b
`
	got, notes, err := Status(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Package{
		{
			Name: "one", Version: "1.0", Arch: "amd64", Source: "uno", SourceVersion: "1:0.9", Section: "libs", Priority: "required",
			Want: "install", Flag: "ok", State: "installed",
			Depends: []Relation{{Name: "two", Op: GreaterEqual, Version: "2"}, {Name: "three"}},
		},
		{Name: "two", Version: "2", Arch: "none", Source: "two", SourceVersion: "2", Want: "hold", Flag: "ok", State: "half-configured", Protected: true},
		{Name: "broken", Version: "4", Arch: "none", Source: "broken", SourceVersion: "4", Want: "deinstall", Flag: "ok", State: "config-files"},
	}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b []Relation) bool { return slices.Equal(a, b) })); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"package broken: Recommends is malformed and was read in part"}, notes); d != "" {
		t.Error(d)
	}
}

func TestStatusIsBounded(t *testing.T) {
	if _, _, err := Status("Package: a\nDepends: " + strings.Repeat("a,", maxRelations+1)); err == nil {
		t.Error("no error for too many relations")
	}
	if _, _, err := Status(strings.Repeat("Package: a\n\n", maxPackages+1)); err == nil {
		t.Error("no error for too many packages")
	}
	got, notes, err := Status("Package: a\nVersion: " + strings.Repeat("1", MaxVersion+1))
	if len(got) != 0 || len(notes) != 1 || err != nil {
		t.Errorf("got %d packages, notes %q, error %v", len(got), notes, err)
	}
}

func TestConfig(t *testing.T) {
	c, notes := ReadConfig([]ConfigFile{
		{"70late", `APT::List:: "late"; Plain "2";`},
		{"00early.conf", `
// a comment with "quotes"
# another
APT {
  List { "one"; "two"; /* "three"; */ };
  Deep::Down "yes"; # comment
};
/* over
   lines */ Url "http://example.org/#x"; Plain 1;
Gone { "x"; };`},
		{"10clear", "#clear Gone;\nsplit\n  \"over lines\" ;"},
		{"20ignored.bak", `Plain "9";`},
		{"90odd~", `Plain "9";`},
		{"80broken", `Before "1"; { "x"; }; After "1";`},
	}, `Main "true";`)
	for path, want := range map[string][]string{
		"apt::list": {"one", "two", "late"}, "Gone": nil, "Url": {"http://example.org/#x"}, "Plain": {"2"},
		"split": {"over lines"}, "Before": {"1"}, "After": nil, "Main": {"true"},
	} {
		if got := c.list(path); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if !c.bool("APT::Deep::Down", false) || c.bool("nothing", false) || !c.bool("nothing", true) {
		t.Error("switches")
	}
	if d := cmp.Diff([]string{"apt configuration 80broken: a block has no name"}, notes); d != "" {
		t.Error(d)
	}
}

func TestExtendedStates(t *testing.T) {
	s := ExtendedStates(`Package: a
Architecture: amd64
Auto-Installed: 1

Package: b
Auto-Installed: 1

Package: c
Architecture: amd64
Auto-Installed: 0
`)
	for _, c := range []struct {
		name, arch string
		want       bool
	}{{"a", "amd64", true}, {"a", "all", true}, {"a", "i386", false}, {"b", "i386", true}, {"c", "amd64", false}, {"d", "amd64", false}} {
		if got := s.Auto(&Package{Name: c.name, Arch: c.arch}, "amd64"); got != c.want {
			t.Errorf("%s:%s: %v, want %v", c.name, c.arch, got, c.want)
		}
	}
	if s.Entries != 3 {
		t.Errorf("%d entries, want 3", s.Entries)
	}
}

// FuzzVersionsAndRelations: an order has two sides, and what was read of a field
// fits into it.
func FuzzVersionsAndRelations(f *testing.F) {
	f.Add("1:1.0~rc1-2", "1.0-2", "a (>= 1) | b:any, c")
	f.Fuzz(func(t *testing.T, a, b, text string) {
		if x, y := sign(CompareVersions(a, b)), sign(CompareVersions(b, a)); x != -y || CompareVersions(a, a) != 0 {
			t.Errorf("%q and %q: %d and %d", a, b, x, y)
		}
		list, _ := appendRelations(nil, text, 100)
		if len(list) > 100 || len(list) > len(text) {
			t.Errorf("%d relations in %q", len(list), text)
		}
		for _, r := range list {
			if r.Name == "" || r.Op == Any && r.Version != "" {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}
