package packages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// edges writes Needs by name, a line a package.
func edges(d *Database) string {
	var b strings.Builder
	needs, _ := d.Needs()
	for i, list := range needs {
		if len(list) == 0 {
			continue
		}
		b.WriteString(d.Packages[i].Name + ":")
		for _, n := range list {
			b.WriteString(" " + d.Packages[n].Name)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestNeeds: alternatives, what is provided, architectures, what is not there.
func TestNeeds(t *testing.T) {
	stanza := func(name, state, fields string) string {
		return "Package: " + name + "\nStatus: install ok " + state + "\nArchitecture: amd64\nVersion: 1\n" + fields + "\n"
	}
	d, _, err := Read(Files{dpkgStatus: []byte(
		stanza("app", "installed", "Depends: lib:any (>= 2), a | b | none, app\nPre-Depends: early\nRecommends: c\n") +
			stanza("lib", "installed", "Depends: gone\n") + stanza("a", "installed", "") + stanza("other", "installed", "Provides: b (= 1)\n") +
			stanza("early", "installed", "") + stanza("c", "installed", "") + stanza("gone", "config-files", ""))})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("app: a early lib other\n", edges(d)); diff != "" {
		t.Error(diff)
	}
	_, spare := d.Needs()
	for i, list := range spare {
		if app := d.Packages[i].Name == "app"; len(list) != 0 != app || app && d.Packages[list[0]].Name != "other" {
			t.Errorf("%s depends on %v in place of others, want app alone, on the package that provides b", d.Packages[i].Name, list)
		}
	}
	d, _, err = Read(Files{apkInstalled[0]: []byte("P:app\nV:1\nD:so:libc.so.1 cmd:x>1 !bad\n\nP:musl\nV:1\np:so:libc.so.1=1\n\nP:x\nV:1\np:cmd:x=2\n\nP:bad\nV:1\n\n")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("app: musl x\n", edges(d)); diff != "" {
		t.Error(diff)
	}
}
