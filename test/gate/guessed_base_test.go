package gate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// TestAKeyAboveAGuessedBase: a CMD in the middle of a Dockerfile looks like the end of the base
// image, and hides no key that was copied in above it. A base that somebody named does; the scope
// of all shows that, too.
func TestAKeyAboveAGuessedBase(t *testing.T) {
	key := "-----BEGIN PRIVATE KEY-----\n"
	for range 12 {
		key += "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n"
	}
	key += "-----END PRIVATE KEY-----\n"
	img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{
		{CreatedBy: "ADD rootfs.tar / # buildkit", Files: []imagetest.File{imagetest.Text("etc/os-release", "ID=debian\n"), imagetest.Fill("usr/lib/libc.so", 6_000)}},
		{CreatedBy: "COPY id_rsa /root/.ssh/id_rsa # buildkit", Files: []imagetest.File{imagetest.Text("root/.ssh/id_rsa", key)}},
		{CreatedBy: `CMD ["bash"]`, Empty: true},
		{CreatedBy: "RUN /bin/sh -c echo hi > /x # buildkit", Files: []imagetest.File{imagetest.Text("x", "hi\n")}},
	}}
	archive := filepath.Join(t.TempDir(), "app.tar")
	if err := os.WriteFile(archive, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		base, scope string
		passed      bool
	}{
		{"", model.ScopeOwn, false},
		{"", model.ScopeAll, false},
		{"2", model.ScopeOwn, true},
		{"2", model.ScopeAll, false},
		{"1", model.ScopeOwn, false},
	} {
		r, err := analyze.Image(t.Context(), archive, analyze.Options{Base: test.base})
		if err != nil {
			t.Fatal(err)
		}
		if test.base == "" && (r.Image.Base.How != model.BaseByHistory || r.Image.Base.Layers != 2) {
			t.Fatalf("the base is %+v", r.Image.Base)
		}
		check, err := gate.Judge(r, gate.Options{Limits: []gate.Limit{{Bound: gate.DenyRisks, Scope: test.scope}}})
		if err != nil || check.Passed != test.passed {
			t.Errorf("base %q, scope %s: passed %v, want %v (%v)", test.base, test.scope, check.Passed, test.passed, err)
		}
	}
}

// TestRisksOfTheBase: the scope of all denies what any rule that finds risks finds in the base
// image.
func TestRisksOfTheBase(t *testing.T) {
	risks := 0
	for _, rule := range catalogue.Rules {
		if !rule.Risk {
			continue
		}
		risks++
		r := &model.Report{Findings: []model.Finding{{ID: "x", Rule: rule.ID, Title: "x", Confidence: model.Certain, Inherited: true}}}
		for scope, passed := range map[string]bool{model.ScopeAll: false, model.ScopeOwn: true} {
			check, err := gate.Judge(r, gate.Options{Limits: []gate.Limit{{Bound: gate.DenyRisks, Scope: scope}}})
			if err != nil || check.Passed != passed {
				t.Errorf("%s, scope %s: %+v, %v", rule.ID, scope, check, err)
			}
		}
	}
	if risks < 3 {
		t.Errorf("only %d rules find risks", risks)
	}
}
