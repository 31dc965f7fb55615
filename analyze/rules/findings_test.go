package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFindingsOfPackages lets a rule own the files of a package, and names the
// packages of what another claimed, the largest first.
func TestFindingsOfPackages(t *testing.T) {
	s := rulestest.NewTree()
	file := func(path string, size int64) model.RecordID {
		return s.Add(path, model.Record{Kind: model.File, Size: model.SizeOf(size), Compressed: model.SizeOf(size)})
	}
	file("usr/a", 10)
	linked := file("usr/b", 20)
	file("cache/c", 30)
	file("cache/d", 40)
	s.Packages = []int32{0, 0, 1, 2}
	b := rulestest.Layers(1, 0)
	b.Packages = []model.Package{{Name: "tool"}, {Name: "small"}, {Name: "large"}}
	b.OwnedByLink = map[model.RecordID]bool{linked: true}
	catalogue := []rules.Rule{
		{ID: "owner", Confidence: model.Likely, VisibleOnly: true, Owns: func(*rules.Build) func(*model.Package) bool {
			return func(p *model.Package) bool { return p.Name == "tool" }
		}},
		{ID: "cache", Confidence: model.Certain, Paths: []string{"cache/**"}},
	}
	var got []string
	for _, f := range rules.Claim(s.Tree, b, catalogue).Findings(nil) {
		got = append(got, f.Rule+": "+strings.Join(f.Paths, " ")+" of "+strings.Join(f.Packages, " "))
	}
	if diff := cmp.Diff([]string{"cache: cache/d cache/c of large small", "owner: usr/a of tool"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFixesAndObservations hands rules their build, and masks what they answer.
func TestFixesAndObservations(t *testing.T) {
	s := rulestest.NewTree()
	kept := s.Add("one", model.Record{Kind: model.File, Size: model.SizeOf(1)})
	copied := s.Add("two", model.Record{Kind: model.File, Size: model.SizeOf(1), Verdict: model.Duplicate})
	b := rulestest.Build("RUN curl hunter22 " + strings.Repeat("x", 60))
	b.Env = []string{"PASSWORD=hunter22"}
	note := func(text string) *model.Fix {
		return &model.Fix{Strategy: model.Manual, Summary: text, Before: model.Ptr("a hunter22"), After: model.Ptr("b hunter22")}
	}
	catalogue := []rules.Rule{
		{ID: "same", Duplicates: true, Confidence: model.Possible, Fix: func(_ *model.Finding, b *rules.Build) *model.Fix {
			return note(b.DuplicateOf.Path + " by " + b.DuplicateOf.Step)
		}},
		{ID: "seen", Confidence: model.Possible, Observe: func(b *rules.Build, _ *model.Tree) []rules.Observation {
			if b.DuplicateOf.Path != "" {
				t.Error("DuplicateOf outlives the fix that it is for")
			}
			return []rules.Observation{{Fix: note("hunter22")}, {Layer: model.Ptr(0)}, {Instruction: model.Ptr(0), Paths: []string{"p"}}}
		}},
	}
	var got []string
	for _, f := range rules.Claim(s.Tree, b, catalogue).Findings(map[model.RecordID]model.RecordID{copied: kept}) {
		text := f.ID
		if f.Fix != nil {
			text += ": " + f.Fix.Summary + " | " + *f.Fix.Before + " | " + *f.Fix.After
		}
		got = append(got, text)
	}
	want := []string{"same@0: one by step 1 (RUN curl *** " + strings.Repeat("x", 36) + "…) | a *** | b ***", "seen: *** | a *** | b ***", "seen@0", "seen#0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSuppressedRules leaves visible files alone where the image runs from beside
// them or with a tool that uses them, and shadowed ones never.
func TestSuppressedRules(t *testing.T) {
	for name, test := range map[string]struct {
		build *rules.Build
		rule  rules.Rule
		want  string
	}{
		"nothing runs":     {&rules.Build{}, rules.Rule{ProgramDirs: []string{"c/**"}, Tools: []string{"go"}}, "c@0 c@0-0:deleted"},
		"a program inside": {&rules.Build{Cmd: []string{"/c/app"}}, rules.Rule{ProgramDirs: []string{"c/**"}}, "c@0-0:deleted"},
		"a tool":           {&rules.Build{Cmd: []string{"go", "run"}}, rules.Rule{Tools: []string{"go run"}}, "c@0-0:deleted"},
		"unless":           {&rules.Build{}, rules.Rule{Unless: func(*rules.Build) bool { return true }}, "c@0-0:deleted"},
		"an exempt path":   {&rules.Build{}, rules.Rule{Exempts: func(_ *rules.Build, path string) bool { return path == "c/x" }}, "c@0-0:deleted"},
		"a tool that another Dockerfile runs on the image":        {&rules.Build{Neighbours: []rules.Neighbour{{Calls: []string{"go run ."}}}}, rules.Rule{Tools: []string{"go run"}}, "c@0-0:deleted"},
		"another tool that another Dockerfile runs on the image":  {&rules.Build{Neighbours: []rules.Neighbour{{Calls: []string{"go runner"}}}}, rules.Rule{Tools: []string{"go run"}}, "c@0 c@0-0:deleted"},
		"a path that another Dockerfile copies":                   {&rules.Build{Neighbours: []rules.Neighbour{{Copies: []string{"/c/x"}}}}, rules.Rule{}, "c@0-0:deleted"},
		"a path of an image that another Dockerfile mounts whole": {&rules.Build{Neighbours: []rules.Neighbour{{Copies: []string{"/"}}}}, rules.Rule{}, "c@0-0:deleted"},
		"a path beside what another Dockerfile copies":            {&rules.Build{Neighbours: []rules.Neighbour{{Copies: []string{"/c/y"}}}}, rules.Rule{}, "c@0 c@0-0:deleted"},
		"another exempt path":                                     {&rules.Build{}, rules.Rule{Exempts: func(_ *rules.Build, path string) bool { return path == "c" }}, "c@0 c@0-0:deleted"},
	} {
		s := rulestest.NewTree()
		s.Add("c/x", model.Record{Kind: model.File, Size: model.SizeOf(2)})
		s.Add("c/y", model.Record{Kind: model.File, Size: model.SizeOf(1), Verdict: model.Shadowed, Cause: model.Deleted})
		test.build.Layers = rulestest.Layers(1, 0).Layers
		test.rule.ID, test.rule.Confidence, test.rule.Paths = "c", model.Certain, []string{"c/**"}
		var got []string
		for _, f := range rules.Claim(s.Tree, test.build, []rules.Rule{test.rule}).Findings(nil) {
			got = append(got, f.ID)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
