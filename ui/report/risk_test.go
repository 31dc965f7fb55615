package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// TestRisksComeFirst: a key, a token and cloud credentials stand above hundreds of
// megabytes in every format for people, each with its file. (JUnit has a case a rule, in
// the order of the catalogue.)
func TestRisksComeFirst(t *testing.T) {
	paths := []string{"root/.ssh/id_ed25519", "app/.npmrc", "root/.aws/credentials"}
	r := reporttest.Located()
	for i, path := range paths {
		f := model.Finding{ID: fmt.Sprint("secret", i), Rule: "baked-in-secret", Title: "a secret in the image", Confidence: model.Possible, Layer: model.Ptr(2), Instruction: model.Ptr(3), Paths: []string{path}}
		r.Findings, r.Risks = append(r.Findings, f), append(r.Risks, f.ID)
	}
	for _, format := range []string{"text", "markdown", "github", "html"} {
		w, err := report.New(format, report.Options{Width: 80})
		if err != nil {
			t.Fatal(err)
		}
		text := reporttest.Render(t, w, r)
		first := strings.Index(text, "apt-get install -y --no-install-recommends")
		for _, path := range paths {
			if at := strings.Index(text, path); at < 0 || first >= 0 && at > first {
				t.Errorf("%s: %s stands at %d, the first edit at %d", format, path, at, first)
			}
		}
	}
}
