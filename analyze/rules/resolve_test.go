package rules_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestResolve follows links through a tree.
func TestResolve(t *testing.T) {
	s := rulestest.NewTree()
	link := func(path, to string) {
		s.Add(path, model.Record{Kind: model.Symlink, Ref: s.AddText(to)})
	}
	s.Add("opt/app/v2/run", model.Record{Kind: model.File, Size: model.SizeOf(1)})
	s.Add("opt/app/v2", model.Record{Kind: model.Directory})
	s.Add("opt/app", model.Record{Kind: model.Directory})
	s.Add("opt", model.Record{Kind: model.Directory})
	s.Add("usr", model.Record{Kind: model.Directory})
	s.Add("usr/bin", model.Record{Kind: model.Directory})
	link("opt/app/current", "v2")
	link("usr/bin/run", "../../opt/app/current/run")
	link("bin", "usr/bin")
	link("loop", "loop")
	link("away", "/no/where")
	b := &rules.Build{Tree: s.Tree}
	for name, want := range map[string]string{"/bin/run": "opt/app/v2/run", "/usr/bin/run": "opt/app/v2/run", "/opt/app/v2/run": "", "/loop": "", "/away": "", "/none": "", "/": ""} {
		got, ok := b.Resolve(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s leads to %q (%v), want %q", name, got, ok, want)
		}
	}
}
