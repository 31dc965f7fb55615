package deb

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTrapsAsAptSeesThem shows every trap to apt itself, where there is one. Where a dependency is not met, or something must be reinstalled first, there is no
// answer: apt refuses.
func TestTrapsAsAptSeesThem(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs apt-get and TARE_REAL=1")
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("there is no apt-get on this machine")
	}
	answered := 0
	for _, c := range traps {
		t.Run(c.name, func(t *testing.T) {
			s := system(t, c.config, c.lines...)
			if slices.ContainsFunc(s.Packages, func(p Package) bool { return p.Name == "apt" && p.Version == "2.2.4" }) {
				t.Skip("this is about another apt than the machine's")
			}
			for _, mode := range [][2]bool{{false, false}, {true, false}, {true, true}} {
				want, refused := askApt(t, c.config, s, mode[0], mode[1])
				if refused {
					t.Skip("apt does not answer about a broken system")
				}
				got, err := Removable(s, mode[0], mode[1])
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("recommends %v, suggests %v: %s", mode[0], mode[1], d)
				}
				answered++
			}
		})
	}
	if answered < 30 {
		t.Errorf("apt answered only %d times", answered)
	}
}

// askApt returns what apt-get autoremove would remove, in byte order.
func askApt(t *testing.T, config string, s System, recommended, suggested bool) (names []string, refused bool) {
	t.Helper()
	dir := t.TempDir()
	var status, states strings.Builder
	for _, p := range s.Packages {
		fmt.Fprintf(&status, "Package: %s\nStatus: %s %s %s\nVersion: %s\nArchitecture: %s\nMaintainer: x\nDescription: x\nSource: %s (%s)\n",
			p.Name, p.Want, p.Flag, p.State, p.Version, p.Arch, p.Source, p.SourceVersion)
		for name, value := range map[string]string{
			"Section": p.Section, "Priority": p.Priority, "Multi-Arch": p.MultiArch, "Pre-Depends": field(p.PreDepends), "Depends": field(p.Depends),
			"Recommends": field(p.Recommends), "Suggests": field(p.Suggests), "Provides": field(p.Provides),
			"Essential": flag(p.Essential), "Protected": flag(p.Protected),
		} {
			if value != "" {
				fmt.Fprintf(&status, "%s: %s\n", name, value)
			}
		}
		fmt.Fprintln(&status)
		if s.States.Auto(&p, "amd64") {
			fmt.Fprintf(&states, "Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n", p.Name, archOf(&p, "amd64"))
		}
	}
	for name, text := range map[string]string{"status": status.String(), "extended_states": states.String(), "apt.conf": fmt.Sprintf(`
Dir::State %q; Dir::State::lists "lists/"; Dir::State::status %q; Dir::State::extended_states %q;
Dir::Cache %q; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache ""; Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::parts "/dev/null"; Dir::Etc::main "/dev/null"; Debug::NoLocking "true";
APT::Architecture "amd64"; APT::Architectures { "amd64"; "i386"; };
APT::AutoRemove::RecommendsImportant "%v"; APT::AutoRemove::SuggestsImportant "%v";
`, dir+"/", dir+"/status", dir+"/extended_states", dir+"/", recommended, suggested) + config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "lists", "partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	// Without the variable apt would protect the kernel that happens to run.
	c := exec.Command("apt-get", "-s", "autoremove")
	c.Env = append(os.Environ(), "APT_CONFIG="+filepath.Join(dir, "apt.conf"), "LC_ALL=C", "SOURCE_DATE_EPOCH=1")
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		for _, known := range []string{"Unmet dependencies", "needs to be reinstalled"} {
			if strings.Contains(complaints.String(), known) {
				return nil, true
			}
		}
		t.Fatalf("apt-get: %v\n%s", err, complaints.String())
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "Remv" {
			names = append(names, words[1])
		}
	}
	slices.Sort(names)
	return names, false
}

func flag(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// field writes relations as dpkg does.
func field(list []Relation) string {
	signs := map[Op]string{Less: "<<", LessEqual: "<=", Equal: "=", GreaterEqual: ">=", Greater: ">>"}
	var b strings.Builder
	for i, r := range list {
		switch {
		case i > 0 && list[i-1].Or:
			b.WriteString(" | ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(r.Name)
		if r.Op != Any {
			fmt.Fprintf(&b, " (%s %s)", signs[r.Op], r.Version)
		}
	}
	return b.String()
}
