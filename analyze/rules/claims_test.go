package rules_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

func summary(findings []model.Finding) (out []string) {
	for _, f := range findings {
		compressed := "?"
		if f.CompressedBytes != nil {
			compressed = fmt.Sprint(*f.CompressedBytes)
		}
		out = append(out, fmt.Sprintf("%s %s %d/%s %q inherited=%v", f.ID, f.Confidence, f.Bytes, compressed, f.Paths, f.Inherited))
	}
	return out
}

func TestClaims(t *testing.T) {
	s := rulestest.NewTree()
	file := func(path string, size int64, layer uint16) model.RecordID {
		return s.Add(path, model.Record{Kind: model.File, Size: model.SizeOf(size), Compressed: model.SizeOf(size / 2), Layer: layer})
	}
	hidden := func(path string, size int64, layer, by uint16, cause model.Cause) {
		s.Add(path, model.Record{Kind: model.File, Size: model.SizeOf(size), Compressed: model.SizeOf(size / 2), Layer: layer, HiddenBy: by, Verdict: model.Shadowed, Cause: cause})
	}
	file("var/lib/apt/lists/a", 100, 1)
	file("var/lib/apt/lists/b", 300, 1)
	file("var/lib/apt/lists/empty", 0, 1)
	hidden("var/lib/apt/lists/late", 50, 1, 2, model.Deleted)
	hidden("srv/deleted", 40, 0, 2, model.Deleted)
	hidden("srv/replaced", 30, 0, 0, model.Replaced)
	hidden("srv/copied", 20, 1, 2, model.Copied)
	hidden("var/lib/dpkg/status", 10, 0, 1, model.Replaced)
	file("var/lib/dpkg/status", 11, 1)
	// A cache that a package manager hard-links into the tree wastes nothing.
	cached := file("var/cache/apt/archives/p.deb", 1000, 1)
	s.Add("opt/p.deb", model.Record{Kind: model.Link, Ref: uint32(cached), Layer: 1})
	// One whose every name is in a cache does.
	both := file("var/cache/apt/archives/q.deb", 500, 1)
	s.Add("var/cache/apt/archives/q-again.deb", model.Record{Kind: model.Link, Ref: uint32(both), Layer: 1})
	duplicate := file("srv/one", 4096, 1)
	copied := file("srv/two", 4096, 1)

	c := rules.Claim(s.Tree, rulestest.Layers(3, 1), catalogue.Rules)
	s.Records[copied].Verdict = model.Duplicate
	got := summary(c.Findings(map[model.RecordID]model.RecordID{copied: duplicate}))
	want := []string{
		`apt-cache@1 certain 500/250 ["var/cache/apt/archives/q-again.deb"] inherited=false`,
		`apt-lists@1 certain 400/200 ["var/lib/apt/lists/b" "var/lib/apt/lists/a"] inherited=false`,
		`apt-lists@1-2:deleted certain 50/25 ["var/lib/apt/lists/late"] inherited=false`,
		`removed-later@0-2:deleted certain 40/20 ["srv/deleted"] inherited=false`,
		`overwritten@0-0:replaced certain 30/15 ["srv/replaced"] inherited=true`,
		`metadata-copy@1-2:copied certain 20/10 ["srv/copied"] inherited=false`,
		`package-db-churn@0-1:replaced certain 10/5 ["var/lib/dpkg/status"] inherited=false`,
		`duplicate-content@1 possible 4096/2048 ["srv/two"] inherited=false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v := s.Records[cached].Verdict; v != model.Live {
		t.Errorf("a cache that is linked into the tree is %s", v)
	}
	if v := s.Records[both].Verdict; v != model.Leftover {
		t.Errorf("a cache under two cache names is %s", v)
	}
}

// TestLargestPaths fills a finding past the number of paths it lists.
func TestLargestPaths(t *testing.T) {
	s := rulestest.NewTree()
	for i := range 3 * model.MaxFindingPaths {
		s.Add(fmt.Sprintf("tmp/%03d", i), model.Record{Kind: model.File, Size: model.SizeOf(int64(1 + i%7)), Compressed: model.SizeUnknown})
	}
	f := rules.Claim(s.Tree, rulestest.Layers(1, 0), catalogue.Rules).Findings(nil)[0]
	if f.FileCount != 3*model.MaxFindingPaths || len(f.Paths) != model.MaxFindingPaths || f.CompressedBytes != nil {
		t.Fatalf("%d files, %d paths, pull bytes %v", f.FileCount, len(f.Paths), f.CompressedBytes)
	}
	if diff := cmp.Diff([]string{"tmp/006", "tmp/013", "tmp/020"}, f.Paths[:3]); diff != "" {
		t.Errorf("largest first, then by name (-want +got):\n%s", diff)
	}
}
