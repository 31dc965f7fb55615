package deb

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// system makes a System from lines like "*app:i386; Depends: lib; Version: 2": a
// star stands for asked for by name, everything else is automatic.
func system(t *testing.T, config string, lines ...string) System {
	t.Helper()
	var status, states strings.Builder
	for _, line := range append(lines, "*dpkg") {
		name, fields, _ := strings.Cut(line, "; ")
		name, asked := strings.CutPrefix(name, "*")
		name, arch, ok := strings.Cut(name, ":")
		if !ok {
			arch = "amd64"
		}
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: %s\n", name, arch)
		for f := range strings.SplitSeq(fields, "; ") {
			fmt.Fprintln(&status, f) // the later of two fields wins
		}
		fmt.Fprintln(&status)
		if !asked {
			if arch == "all" {
				arch = "amd64"
			}
			fmt.Fprintf(&states, "Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n", name, arch)
		}
	}
	packages, notes, err := Status(status.String())
	if err != nil || notes != nil {
		t.Fatal(notes, err)
	}
	c, notes := ReadConfig(nil, config)
	if notes != nil {
		t.Fatal(notes)
	}
	return System{Packages: packages, States: ExtendedStates(states.String()), Config: c, Foreign: []string{"amd64", "i386"}}
}

var whyNames = map[Why]string{
	WhyUnknown: "unknown", WhyEssential: "essential", WhyManual: "manual", WhyDependency: "dependency",
	WhyRecommended: "recommended", WhySuggested: "suggested", WhyOrphan: "orphan",
}

const kernels = `APT::VersionedKernelPackages { "linux-.*"; };`

// traps are systems and what each package is there for: "lib recommended app" is
// recommended by app, "dep recommended app/lib" comes with lib.
var traps = []struct {
	name   string
	config string
	lines  []string
	want   []string
}{
	{"the plain case", "", []string{
		"*app; Depends: lib; Recommends: extra; Suggests: doc", "lib", "extra; Depends: extra-data", "extra-data", "doc; Depends: doc-data", "doc-data", "lost",
	}, []string{
		"app manual", "doc suggested app", "doc-data suggested app/doc", "extra recommended app", "extra-data recommended app/extra",
		"lib dependency", "lost orphan",
	}},
	{"every installed alternative stays", "", []string{"*app; Depends: a | b | c", "a", "c"},
		[]string{"a dependency", "app manual", "c dependency"}},
	{"versions decide", "", []string{"*app; Depends: lib (>= 2) | lib2 (>= 2); Recommends: lib2 (<< 3)", "lib; Version: 2~rc1", "lib2; Version: 3"},
		[]string{"app manual", "lib orphan", "lib2 dependency"}},
	{"an unversioned Provides answers no versioned dependency", "", []string{"*app; Recommends: mta (>= 1)", "postfix; Provides: mta"},
		[]string{"app manual", "postfix orphan"}},
	{"a versioned Provides does", "", []string{"*app; Depends: mta (>= 1)", "postfix; Provides: mta (= 1.5)", "exim; Provides: mta (= 0.5)", "odd; Provides: mta (>= 3)"},
		[]string{"app manual", "exim orphan", "odd orphan", "postfix dependency"}},
	{"every provider stays, but of one source the newest", "", []string{
		"*app; Depends: api", "p1; Provides: api; Source: s (1)", "p2; Provides: api; Source: s (2)", "q; Provides: api",
	}, []string{"app manual", "p1 orphan", "p2 dependency", "q dependency"}},
	{"what satisfies a narrower dependency is not lost", "", []string{
		"*app; Depends: api", "*old; Depends: api (= 2)", "p1; Provides: api (= 1); Source: s (1)", "p2; Provides: api (= 2); Source: s (2)",
	}, []string{"app manual", "old manual", "p1 orphan", "p2 dependency"}},
	{"an old apt keeps providers apart from the package itself", "", []string{
		"*app; Depends: api", "api; Source: s (1)", "p2; Provides: api; Source: s (2)", "*apt; Version: 2.2.4",
	}, []string{"api dependency", "app manual", "apt essential", "p2 dependency"}},
	{"a new one does not", "", []string{
		"*app; Depends: api", "api; Source: s (1)", "p2; Provides: api; Source: s (2)", "*apt; Version: 2.6.1",
	}, []string{"api orphan", "app manual", "apt essential", "p2 dependency"}},
	{"Pre-Depends count", "", []string{"*app; Pre-Depends: lib", "lib"}, []string{"app manual", "lib dependency"}},
	{"roots", "", []string{
		"base; Essential: yes", "boot; Protected: yes", "net; Important: yes", "tool; Priority: required", "apt", "kept; Status: hold ok installed",
		"plain; Priority: important",
	}, []string{"apt essential", "base essential", "boot essential", "kept manual", "net essential", "plain orphan", "tool essential"}},
	{"configuration has a say", `APT::NeverAutoRemove { "^Firm"; "x[(*"; }; APT::Ignore-Hold "true"; pkgCacheGen::ForceImportant:: "tool";`, []string{
		"firmware; Depends: lib", "lib", "kept; Status: hold ok installed", "tool",
	}, []string{"firmware manual", "kept orphan", "lib dependency", "tool essential"}},
	{"states half-way", "", []string{
		"*app; Status: install ok unpacked; Depends: lib", "lib; Status: install ok half-configured",
		"*broken; Status: install reinstreq half-installed; Depends: broken-lib", "broken-lib; Status: install ok triggers-pending",
		"*going; Status: deinstall ok half-installed; Depends: going-lib", "going-lib", "stuck; Status: hold ok half-installed",
		"*gone; Status: deinstall ok config-files; Depends: lost", "lost", "never; Status: unknown ok not-installed",
	}, []string{
		"app manual", "broken manual", "broken-lib dependency", "going orphan", "going-lib orphan", "gone unknown", "lib dependency", "lost orphan",
		"never unknown", "stuck manual",
	}},
	{"a circle keeps nothing alive", "", []string{"a; Depends: b", "b; Depends: a"}, []string{"a orphan", "b orphan"}},
	{"a circle inside of what is recommended", "", []string{
		"*pip; Recommends: build", "build; Depends: gcc, dev", "gcc", "dev; Recommends: build, fakeroot", "fakeroot; Depends: libfake", "libfake",
	}, []string{
		"build recommended pip", "dev recommended pip/build", "fakeroot recommended dev", "gcc recommended pip/build", "libfake recommended dev/fakeroot",
		"pip manual",
	}},
	{"recommended by several, needed by one of them", "", []string{"*a; Recommends: x, y", "*b; Recommends: x; Depends: y", "x", "y"},
		[]string{"a manual", "b manual", "x recommended a b", "y dependency"}},
	{"recommended beats brought along", "", []string{"*a; Recommends: x, y", "x; Depends: y", "y"},
		[]string{"a manual", "x recommended a", "y recommended a"}},
	{"what something suggested recommends", "", []string{"*a; Suggests: s", "s; Recommends: r", "r"},
		[]string{"a manual", "r suggested a/s", "s suggested a"}},
	{"same architecture by default", "", []string{"*app:i386; Depends: lib", "lib:i386; Multi-Arch: same", "lib; Multi-Arch: same"},
		[]string{"app:i386 manual", "lib orphan", "lib:i386 dependency"}},
	{"Multi-Arch: foreign answers all", "", []string{"*app:i386; Depends: tool, api", "tool; Multi-Arch: foreign; Provides: api"},
		[]string{"app:i386 manual", "tool dependency"}},
	{":any asks for Multi-Arch: allowed", "", []string{"*app:i386; Depends: py:any (>= 1); Recommends: no:any", "py; Multi-Arch: allowed", "no"},
		[]string{"app:i386 manual", "no orphan", "py dependency"}},
	{":any of what an allowed package provides", "", []string{"*app:i386; Depends: api:any", "py; Multi-Arch: allowed; Provides: api"},
		[]string{"app:i386 manual", "py dependency"}},
	{"a named architecture", "", []string{
		"*app; Depends: lib:i386, tool:native", "lib; Multi-Arch: same", "lib:i386; Multi-Arch: same", "tool; Multi-Arch: same", "tool:i386; Multi-Arch: same",
	},
		[]string{"app manual", "lib orphan", "lib:i386 dependency", "tool dependency", "tool:i386 orphan"}},
	{"all is native", "", []string{"*app:all; Depends: lib", "lib; Multi-Arch: same", "lib:i386; Multi-Arch: same", "data:all", "*user; Depends: data"},
		[]string{"app:all manual", "data:all dependency", "lib dependency", "lib:i386 orphan", "user manual"}},
	{"an architecture nobody configured", "", []string{"*app:m68k; Depends: tool, py:any", "tool; Multi-Arch: foreign", "tool2:m68k; Multi-Arch: foreign", "py:m68k", "*u; Depends: tool2"},
		[]string{"app:m68k manual", "py:m68k dependency", "tool dependency", "tool2:m68k orphan", "u manual"}},
	{"a metapackage that may go does not hand over what it brought", `APT::Never-MarkAuto-Sections { "metapackages"; };`, []string{
		"meta; Section: metapackages; Depends: x; Recommends: y", "x", "y",
	}, []string{"meta orphan", "x orphan", "y orphan"}},
	{"the two newest kernels stay", kernels, []string{
		"linux-image-5.10.0-1-amd64; Version: 5.10.1", "linux-image-6.1.0-2-amd64; Version: 6.1.2", "linux-image-6.1.0-10-amd64; Version: 6.1.10",
		"linux-headers-6.1.0-2-amd64", "linux-image-6.1.0-2-amd64-dbg", "linux-image-amd64",
	}, []string{
		"linux-headers-6.1.0-2-amd64 manual", "linux-image-5.10.0-1-amd64 orphan", "linux-image-6.1.0-10-amd64 manual",
		"linux-image-6.1.0-2-amd64 manual", "linux-image-6.1.0-2-amd64-dbg orphan", "linux-image-amd64 orphan",
	}},
}

func TestReasons(t *testing.T) {
	for _, c := range traps {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, reasonLines(t, system(t, c.config, c.lines...))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNeededBy: who depends on a package, the nearest to what was asked for.
func TestNeededBy(t *testing.T) {
	s := system(t, "", "*app; Depends: lib, deep; Recommends: extra", "lib; Depends: deep, deeper", "deep", "deeper", "*other; Depends: lib",
		"extra; Depends: extra-data, deeper", "extra-data; Depends: more", "more", "base; Depends: libc; Essential: yes", "*user; Depends: libc", "libc")
	reasons, err := Reasons(s)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, r := range reasons {
		if r.NeededBy != "" {
			got[s.Packages[i].Name] = r.NeededBy
		}
	}
	want := map[string]string{"lib": "app", "deep": "app", "deeper": "lib", "extra-data": "extra", "more": "extra-data", "libc": "base"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func reasonLines(t *testing.T, s System) []string {
	t.Helper()
	reasons, err := Reasons(s)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, r := range reasons {
		p := &s.Packages[i]
		if p.Name == "dpkg" {
			continue
		}
		line := p.Name
		if p.Arch != "amd64" {
			line += ":" + p.Arch
		}
		line += " " + whyNames[r.Why]
		if len(r.By) > 0 {
			line += " " + strings.Join(r.By, " ")
		}
		if r.Via != "" {
			line += "/" + r.Via
		}
		got = append(got, line)
	}
	slices.Sort(got)
	return got
}

// TestNothingMarked: without marks, everything was asked for, as apt sees it.
func TestNothingMarked(t *testing.T) {
	s := system(t, "", "app; Recommends: lib", "lib")
	s.States = ExtendedStates("")
	if d := cmp.Diff([]string{"app manual", "lib manual"}, reasonLines(t, s)); d != "" {
		t.Error(d)
	}
}

// TestEffortIsBounded: what cannot be followed in time ends in an error, and so
// does a chain that is deeper than apt follows.
func TestEffortIsBounded(t *testing.T) {
	var tangle, chain []string
	for i := range 6000 {
		tangle = append(tangle, fmt.Sprintf("*p%d; Provides: api (= 1); Depends: api (= 2)", i))
		chain = append(chain, fmt.Sprintf("p%d; Depends: p%d", i, i+1))
	}
	for _, lines := range [][]string{tangle, append(chain, "*top; Depends: p0")} {
		if _, err := Reasons(system(t, "", lines...)); err == nil {
			t.Error("no error")
		}
	}
}
