package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tare-oci/tare/ui/gate"
)

// rules are the catalogue of the tests.
var rules = []string{"apt-lists", "pip-cache", "core-dumps", "removed-later", "logs"}

// whole says all that a .tare.yaml can.
const whole = `min-efficiency: 0.95
max-wasted: 5%
max-size: 200MB
max-pull-size: "80 MiB"
max-layers: 12
deny:
  - apt-lists
  - core-dumps
  - apt-lists
fail-on: likely
scope: all
base: 3
platform: linux/amd64
dockerfile: build/Dockerfile
ignore:
  - rule: logs
    path: /var/log/
    package: rsyslog
    reason: " the audit wants them "
    expires: 2030-01-31
  - {package: curl, reason: ours}
`

func TestParse(t *testing.T) {
	limit := func(b gate.Bound, from string) gate.Limit { return gate.Limit{Bound: b, From: "ci/.tare.yaml:" + from} }
	want := &Settings{
		File: "ci/.tare.yaml",
		Limits: []gate.Limit{
			limit(gate.MinEfficiency(0.95), "1"), limit(gate.MaxWasted{Share: 0.05, IsShare: true}, "2"), limit(gate.MaxSize(200_000_000), "3"),
			limit(gate.MaxPullSize(80<<20), "4"), limit(gate.MaxLayers(12), "5"), limit(gate.Deny("apt-lists"), "7"), limit(gate.Deny("core-dumps"), "8"),
			limit(gate.FailOn("likely"), "10"),
		},
		Scope: "all", Base: "3", Platform: "linux/amd64", Dockerfile: filepath.Join("ci", "build", "Dockerfile"),
		Ignores: []gate.Ignore{
			{Rule: "logs", Path: "/var/log/", Package: "rsyslog", Reason: "the audit wants them", Expires: "2030-01-31", Where: "ci/.tare.yaml:16"},
			{Package: "curl", Reason: "ours", Where: "ci/.tare.yaml:21"},
		},
	}
	for name, text := range map[string]string{
		"as people write it": whole, "from Windows": strings.ReplaceAll(whole, "\n", "\r\n"), "with a byte order mark": "\ufeff" + whole, "as a document": whole + "...\n",
	} {
		got, err := Parse("ci/.tare.yaml", []byte(text), rules)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestParseBase holds that only a file is relative to the settings' directory, and
// stays one.
func TestParseBase(t *testing.T) {
	for _, c := range []struct{ file, base, want string }{
		{"ci/.tare.yaml", "debian:12", "debian:12"},
		{"ci/.tare.yaml", "./base.tar", "./ci/base.tar"},
		{"ci/.tare.yaml", "../base.tar", "./base.tar"},
		{"../.tare.yaml", "./base.tar", "../base.tar"},
		{".tare.yaml", "../../x", "../../x"},
		{"/etc/.tare.yaml", "./base.tar", "/etc/base.tar"},
		{".tare.yaml", `"3"`, "3"},
	} {
		got, err := Parse(c.file, []byte("base: "+c.base), rules)
		if err != nil || filepath.ToSlash(got.Base) != c.want {
			t.Errorf("%s in %s: got %q, %v, want %q", c.base, c.file, got.Base, err, c.want)
		}
	}
}

func TestParseDive(t *testing.T) {
	all, own := gate.Limit{Scope: "all"}, gate.Limit{Scope: "own"}
	set := func(l gate.Limit, b gate.Bound, from string) gate.Limit { l.Bound, l.From = b, from; return l }
	const standard = ".dive-ci (dive's default)"
	for _, c := range []struct {
		name, file, text string
		want             []gate.Limit
		notes            []string // what the notes beside dive's meaning hold
	}{
		{"nothing", ".dive-ci", "", []gate.Limit{set(all, gate.MinEfficiency(0.9), standard), set(own, gate.MaxWasted{Share: 0.1, IsShare: true}, standard)}, nil},
		{"no rules", ".dive-ci", "rules:\n", []gate.Limit{set(all, gate.MinEfficiency(0.9), standard), set(own, gate.MaxWasted{Share: 0.1, IsShare: true}, standard)}, nil},
		{"camelCase", ".dive-ci", "rules:\n  lowestEfficiency: 0.5\n  highestWastedBytes: 20Mb\n  highestUserWastedPercent: 0.2",
			[]gate.Limit{set(all, gate.MinEfficiency(0.5), ".dive-ci:2"), set(all, gate.MaxWasted{Bytes: 20_000_000}, ".dive-ci:3"), set(own, gate.MaxWasted{Share: 0.2, IsShare: true}, ".dive-ci:4")}, nil},
		{"both spellings", ".dive-ci", "rules:\n  lowest-efficiency: 0.1\n  lowestEfficiency: 0.5\n  highestUserWastedPercent: off",
			[]gate.Limit{set(all, gate.MinEfficiency(0.5), ".dive-ci:3")}, nil},
		{"all off", ".dive-ci", "rules: {lowestEfficiency: false, highestWastedBytes: '', highestUserWastedPercent: DISABLED}", nil, []string{"all rules are disabled"}},
		{"misspelt", ".dive-ci", "rules: {lowestEficiency: 0.2, highestUserWastedPercent: off}", []gate.Limit{set(all, gate.MinEfficiency(0.9), standard)},
			[]string{".dive-ci:1: lowestEficiency is not one of dive's rules, so tare ignores it; did you mean lowestEfficiency?"}},
		{"by what it says", "gate.yaml", "ci: true\nrules: {lowestEfficiency: 1, highestUserWastedPercent: off}", []gate.Limit{set(all, gate.MinEfficiency(1), "gate.yaml:2")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(c.file, []byte(c.text), rules)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Limits, cmpopts.EquateEmpty()); diff != "" || !got.Dive {
				t.Error(diff)
			}
			notes := strings.Join(got.Notes, "\n")
			if strings.Count(notes, diveMeaning) != 1 {
				t.Errorf("what is different is not told once: %q", notes)
			}
			for _, want := range c.notes {
				if !strings.Contains(notes, want) {
					t.Errorf("no note says %q: %q", want, notes)
				}
			}
			if len(got.Notes) != len(c.notes)+1 {
				t.Errorf("notes %q", got.Notes)
			}
		})
	}
}

// TestWhoseFileItIs holds that the project's own file is never taken for dive's,
// nor one that says anything of tare's.
func TestWhoseFileItIs(t *testing.T) {
	const rulesOnly = "rules: {lowestEfficiency: 0.9}"
	for _, c := range []struct {
		file, text string
		wrong      string
	}{
		{".tare.yaml", rulesOnly, `there is no key "rules"`},
		{"gate.yaml", rulesOnly + "\nmax-size: 1MB", `there is no key "rules"`},
		{"gate.yaml", "rules: [apt-lists]", `there is no key "rules"`},
		{"gate.yaml", rulesOnly, ""},
		{"x/.dive-ci", "max-size: 1MB", ""}, // dive passes over what it does not know
	} {
		got, err := Parse(c.file, []byte(c.text), rules)
		switch {
		case c.wrong == "" && (err != nil || !got.Dive):
			t.Errorf("%s: %s: %v", c.file, c.text, err)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: %s: %v", c.file, c.text, err)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if got, err := Load(write("good.yaml", []byte("max-layers: 3")), rules); err != nil || len(got.Limits) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "missing"): "there is no such file; tare init IMAGE writes .tare.yaml",
		dir:                           "name a file with --config",
		write("long.yaml", []byte(strings.Repeat("# x\n", 1<<18+1))): "longer than 1 MiB",
		write("bad.yaml", []byte("\n\nmax-layer: 3")):                `bad.yaml:3: there is no key "max-layer"; did you mean max-layers?`,
	} {
		if _, err := Load(name, rules); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestTooManyIgnores: each entry is held against every file of every finding.
func TestTooManyIgnores(t *testing.T) {
	text := "ignore:\n" + strings.Repeat("- {rule: logs, reason: x}\n", maxIgnores)
	if _, err := Parse(".tare.yaml", []byte(text), rules); err != nil {
		t.Error(err)
	}
	_, err := Parse(".tare.yaml", []byte(text+"- {rule: logs, reason: x}\n"), rules)
	if err == nil || !strings.Contains(err.Error(), "too many entries") {
		t.Errorf("one more: %v", err)
	}
	text = "ignore:\n" + strings.Repeat("- {path: '"+strings.Repeat("a/", 1024)+"a', reason: x}\n", 31)
	if _, err := Parse(".tare.yaml", []byte(text), rules); err != nil {
		t.Error(err)
	}
	_, err = Parse(".tare.yaml", []byte(text+"- {path: '"+strings.Repeat("a/", 1024)+"a', reason: x}\n"), rules)
	if err == nil || !strings.Contains(err.Error(), "longer than 64 KiB") {
		t.Errorf("long paths: %v", err)
	}
}
