// Package rulestest tests rules: on the fixtures that they carry, on histories and trees made by
// hand, and on small images. Only tests may import it.
//
//	rulestest.Fixes(t, rules.Caches, cases, nil)
package rulestest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// Chapter returns the rules of a group, and fails where there are none.
func Chapter(t *testing.T, group rules.Group) (chapter []*rules.Rule) {
	t.Helper()
	for i := range catalogue.Rules {
		if rule := &catalogue.Rules[i]; rule.Group == group {
			chapter = append(chapter, rule)
		}
	}
	if len(chapter) == 0 {
		t.Fatalf("the catalogue has no rules of %q", group)
	}
	return chapter
}

// Fixtures holds each rule of a chapter to its fixture: it finds something in the
// one image, once, and nothing in the other.
func Fixtures(t *testing.T, group rules.Group) {
	t.Helper()
	for _, rule := range Chapter(t, group) {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			hits := Parse(t, rule.Fixture.Hit).Findings(t, rule.ID)
			if len(hits) != 1 {
				t.Fatalf("%s finds %d times something in the image of its Fixture.Hit, and once is wanted; see that Paths fit the files there and that no rule above it in catalogue.go takes them. %s", rule.ID, len(hits), told(hits))
			}
			hit := hits[0]
			want := rule.Confidence
			if hit.Verdict != nil && *hit.Verdict == model.Shadowed {
				want = model.Certain
			}
			observes := rule.Observe != nil || rule.ObservePod != nil
			switch {
			case hit.Confidence != want && !observes:
				t.Fatalf("in Fixture.Hit the finding of %s is %s, want %s: see its Confidence. %s", rule.ID, hit.Confidence, want, told(hits))
			case (hit.Bytes > 0) == observes:
				t.Fatalf("in Fixture.Hit the finding of %s has %d bytes; a rule with Observe has none, any other has some. %s", rule.ID, hit.Bytes, told(hits))
			case hit.Fix == nil:
				t.Fatalf("in Fixture.Hit the finding of %s has no fix; let Fix or Observe return one. %s", rule.ID, told(hits))
			case (hit.Manifest != nil) != (rule.ObservePod != nil):
				t.Fatalf("in Fixture.Hit the finding of %s is at %v of a manifest; one with ObservePod has a line there, any other has none. %s", rule.ID, hit.Manifest, told(hits))
			}
			if diff := cmp.Diff(rule.Fixture.Fixed, Text(hit.Fix.After)); diff != "" {
				t.Errorf("Fixture.Fixed of %s (-) is not what its fix makes of the instruction (+); if that is as it should be, write it there:\n%s\nthe fix says: %s", rule.ID, diff, hit.Fix.Summary)
			}
			miss := Parse(t, rule.Fixture.Miss)
			if len(miss.Steps) == 0 {
				t.Fatalf("%s has no Fixture.Miss; write an image much like Fixture.Hit in which the rule must find nothing", rule.ID)
			}
			if misses := miss.Findings(t, rule.ID); len(misses) != 0 {
				t.Errorf("%s finds something in the image of its Fixture.Miss; narrow its Paths, or change that image. %s", rule.ID, told(misses))
			}
		})
	}
}

// told writes findings for whoever reads why a test failed.
func told(findings []model.Finding) string {
	if len(findings) == 0 {
		return "Nothing is found."
	}
	var b strings.Builder
	b.WriteString("Found is:")
	for i := range findings {
		f := &findings[i]
		fmt.Fprintf(&b, "\n%s: %s, %s, %d bytes: %s", f.Rule, f.Title, f.Confidence, f.Bytes, strings.Join(f.Paths, ", "))
		if f.Fix != nil {
			fmt.Fprintf(&b, "; the fix says: %s", f.Fix.Summary)
		}
	}
	return b.String()
}

// FixCase is a finding in a history, and the fix that a rule must propose.
type FixCase struct {
	Name, Rule    string
	Build         *rules.Build
	Finding       *model.Finding
	Strategy      model.Strategy
	Before, After string // "" is null
}

// Case makes a FixCase.
func Case(name, rule string, b *rules.Build, f *model.Finding, strategy model.Strategy, before, after string) FixCase {
	return FixCase{Name: name, Rule: rule, Build: b, Finding: f, Strategy: strategy, Before: before, After: after}
}

// Fixes tries the cases of a chapter. Each rule with a fix must be tried with a hint,
// and with an edit if its fixture has one, unless exempt reports true: the rules of
// a family share their fix, which is tried in package advice. A nil exempt exempts
// no rule.
func Fixes(t *testing.T, group rules.Group, cases []FixCase, exempt func(*rules.Rule) bool) {
	t.Helper()
	edits, hints := make(map[string]int), make(map[string]int)
	for _, test := range cases {
		if test.After != "" {
			edits[test.Rule]++
		} else {
			hints[test.Rule]++
		}
		t.Run(test.Rule+"/"+test.Name, func(t *testing.T) { tryFix(t, test) })
	}
	for _, rule := range Chapter(t, group) {
		if rule.Fix == nil || exempt != nil && exempt(rule) {
			continue
		}
		if edits[rule.ID] == 0 && rule.Fixture.Fixed != "" || hints[rule.ID] == 0 {
			t.Errorf("%s has %d cases with an edit and %d without; add one of each (with an edit only if Fixture.Fixed has one) to the cases of this test", rule.ID, edits[rule.ID], hints[rule.ID])
		}
	}
}

func tryFix(t *testing.T, test FixCase) {
	t.Helper()
	rule, ok := catalogue.ByID(test.Rule)
	if !ok {
		t.Fatalf("no rule %s", test.Rule)
	}
	fix := rule.Fix(test.Finding, test.Build)
	if fix == nil {
		t.Fatal("no fix")
	}
	if fix.Strategy != test.Strategy {
		t.Errorf("strategy %s, want %s (%s)", fix.Strategy, test.Strategy, fix.Summary)
	}
	if diff := cmp.Diff(test.Before, Text(fix.Before)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(test.After, Text(fix.After)); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(fix.Summary, ".") || strings.Contains(fix.Summary, "\n") || strings.Contains(fix.Summary, "  ") {
		t.Errorf("summary is no sentence: %q", fix.Summary)
	}
}

// Observed tries what a rule observes of a build: want is a part of the fix, "" where
// nothing is to be found.
func Observed(t *testing.T, id string, b *rules.Build, want string) {
	t.Helper()
	rule, ok := catalogue.ByID(id)
	if !ok {
		t.Fatalf("no rule %s", id)
	}
	got := ""
	for _, o := range rule.Observe(b, model.NewTree()) {
		got += o.Fix.Summary + Text(o.Fix.After)
	}
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("%s: %q, want %q", id, got, want)
	}
}

// FindsNothing wants a rule to find nothing in an image.
func FindsNothing(t *testing.T, id string, img Image) {
	t.Helper()
	if _, ok := catalogue.ByID(id); !ok {
		t.Fatalf("no rule %s", id)
	}
	if found := img.Findings(t, id); len(found) != 0 {
		t.Errorf("%s finds what the image uses. %s", id, told(found))
	}
}

// Text is a text of a fix, "" for null.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
