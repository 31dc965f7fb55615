package rules_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// BenchmarkClaim hands a million paths to the rules, a few of which they want.
func BenchmarkClaim(b *testing.B) {
	s := rulestest.NewTree()
	n := 0
	for i := range 2000 {
		dir := fmt.Sprintf("usr/lib/package-%d/share/module", i)
		if i%50 == 0 {
			dir = fmt.Sprintf("app/vendor-%d/.git/objects", i)
		}
		at := s.Node(dir)
		for j := range 500 {
			node := s.AddNode(at, fmt.Sprintf("file-%d.js", j))
			s.Push(model.Record{Kind: model.File, Size: model.SizeOf(100), Node: node, Gone: model.StillThere, HiddenBy: model.StillThere, Ref: model.NoFinding})
			n++
		}
	}
	build := rulestest.Layers(1, 0)
	for b.Loop() {
		rules.Claim(s.Tree, build, catalogue.Rules)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/path")
}
