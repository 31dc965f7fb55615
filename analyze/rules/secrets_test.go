package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

func TestSecrets(t *testing.T) {
	s := newSprout()
	s.add("app/.env", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	s.add("root/.aws/credentials", model.Record{Kind: model.File, Size: model.SizeOf(10), Verdict: model.Shadowed, Cause: model.Deleted, HiddenBy: 1})
	s.add("root/.netrc", model.Record{Kind: model.File})
	s.add("usr/lib/python3/test/id_rsa", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	b := build("ENV TOKEN=abcdef", "RUN make")
	b.Env = []string{"TOKEN=abcdef", "PASSWORD=hunter2"}
	found := observeSecrets(b, s.tree)
	if len(found) != 3 || found[0].Instruction == nil || *found[0].Instruction != 0 {
		t.Fatalf("%+v", found)
	}
	if diff := cmp.Diff([]string{"app/.env", "root/.aws/credentials"}, found[2].Paths); diff != "" {
		t.Errorf("files, removed ones too (-want +got):\n%s", diff)
	}
	if found[2].Layer == nil || *found[2].Layer != 0 {
		t.Errorf("the files' layer: %+v", found[2])
	}
	if !strings.Contains(found[1].Fix.Summary, "PASSWORD") || strings.Contains(found[1].Fix.Summary, "TOKEN") {
		t.Errorf("a variable that no instruction sets is named: %s", found[1].Fix.Summary)
	}
	// No text of a finding may hold a secret.
	b = build("RUN PASSWORD=hunter22 pip install a")
	b.Env = []string{"PASSWORD=hunter22"}
	s = newSprout()
	s.add("root/.cache/pip/a", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	for _, f := range Claim(s.tree, b).Findings(nil) {
		for _, text := range []*string{&f.Fix.Summary, f.Fix.Before, f.Fix.After} {
			if text != nil && strings.Contains(*text, "hunter22") {
				t.Errorf("%s tells the secret: %s", f.ID, *text)
			}
		}
	}
}
