package rules

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestListsThatAreInstalledFrom: where a container or a build on top of the image
// installs from the lists, nothing is said of them.
func TestListsThatAreInstalledFrom(t *testing.T) {
	install := "RUN apt-get update && apt-get install -y curl"
	for _, test := range []struct {
		name  string
		build *Build
		claim bool
	}{
		{"plain", build(install), true},
		{"the entry point installs", &Build{Entrypoint: []string{"sh", "-c", "apt-get install -y $PKG && exec app"}}, false},
		{"the entry point updates, too", &Build{Entrypoint: []string{"sh", "-c", "apt-get update && apt-get install -y $PKG"}}, true},
		{"the next build installs", build(install, "ONBUILD RUN apt-get install -y vim"), false},
		{"the next build updates, too", build(install, "ONBUILD RUN apt-get update && apt-get install -y vim"), true},
	} {
		if test.build.Layers == nil {
			with := build(install)
			with.Entrypoint = test.build.Entrypoint
			test.build = with
		}
		s := newSprout()
		s.add("var/lib/apt/lists/deb_Packages", model.Record{Kind: model.File, Size: model.SizeOf(100)})
		found := Claim(s.tree, test.build).Findings(nil)
		got := false
		for _, f := range found {
			got = got || f.Rule == "apt-lists"
		}
		if got != test.claim {
			t.Errorf("%s: claimed %v", test.name, got)
		}
	}
}

// TestManyFindings goes through an image with a finding in each of thousands of
// layers: work that grows with their cube would not end here.
func TestManyFindings(t *testing.T) {
	for rule, path := range map[string]string{"cargo build": "usr/local/cargo/registry/cache/", "pip install x": "root/.cache/pip/http/", "make tmp": "tmp/f", "apt-get update": "var/lib/apt/lists/"} {
		texts := make([]string, 4000)
		for i := range texts {
			texts[i] = "RUN " + rule
		}
		b := build(texts...)
		s := newSprout()
		for i := range texts {
			s.add(path+strings.Repeat("x", i%7)+string(rune('a'+i%26)), model.Record{Kind: model.File, Size: model.SizeOf(100), Layer: uint16(i)})
		}
		if found := Claim(s.tree, b).Findings(nil); len(found) < 100 {
			t.Errorf("%s: %d findings", rule, len(found))
		}
	}
}
