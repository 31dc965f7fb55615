package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestListsThatAreInstalledFrom: where a container or a build on top of the image
// installs from the lists, nothing is said of them.
func TestListsThatAreInstalledFrom(t *testing.T) {
	install := "RUN apt-get update && apt-get install -y curl"
	for _, test := range []struct {
		name  string
		build *rules.Build
		claim bool
	}{
		{"plain", rulestest.Build(install), true},
		{"the entry point installs", &rules.Build{Entrypoint: []string{"sh", "-c", "apt-get install -y $PKG && exec app"}}, false},
		{"the entry point updates, too", &rules.Build{Entrypoint: []string{"sh", "-c", "apt-get update && apt-get install -y $PKG"}}, true},
		{"the next build installs", rulestest.Build(install, "ONBUILD RUN apt-get install -y vim"), false},
		{"the next build updates, too", rulestest.Build(install, "ONBUILD RUN apt-get update && apt-get install -y vim"), true},
	} {
		if test.build.Layers == nil {
			with := rulestest.Build(install)
			with.Entrypoint = test.build.Entrypoint
			test.build = with
		}
		s := rulestest.NewTree()
		s.Add("var/lib/apt/lists/deb_Packages", model.Record{Kind: model.File, Size: model.SizeOf(100)})
		found := rules.Claim(s.Tree, test.build, catalogue.Rules).Findings(nil)
		got := false
		for _, f := range found {
			got = got || f.Rule == "apt-lists"
		}
		if got != test.claim {
			t.Errorf("%s: claimed %v", test.name, got)
		}
	}
}
