package compare

import (
	"strings"
	"testing"

	reports "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// TestNewRisksComeFirst: a key that came, and one more beside an old one, are named with
// their files before any figure is judged; a risk that stays as it was is not.
func TestNewRisksComeFirst(t *testing.T) {
	secret := func(id, title string, layer int, paths ...string) model.Finding {
		return model.Finding{ID: id, Rule: "baked-in-secret", Title: title, Confidence: model.Certain, Layer: model.Ptr(layer), Paths: paths, Packages: []string{}}
	}
	with := func(findings ...model.Finding) *model.Report {
		r := reporttest.Located()
		for _, f := range findings {
			r.Findings, r.Risks = append(r.Findings, f), append(r.Risks, f.ID)
		}
		return r
	}
	old := with(secret("a", "a private key in the image", 1, "root/.ssh/id_rsa"))
	now := with(secret("a", "a private key in the image", 1, "root/.ssh/id_rsa", "root/.ssh/id_dsa"), secret("b", "AWS keys in the image", 2, "root/.aws/credentials"))
	for name, w := range map[string]Writer{"text": Text{Width: 100}, "markdown": Markdown{}} {
		text := render(t, w, reports.Reports(old, now))
		verdict := strings.Index(text, "efficiency")
		if name == "text" {
			verdict = strings.Index(text, "Nothing grew")
		}
		for _, path := range []string{"root/.aws/credentials", "root/.ssh/id_dsa"} {
			if at := strings.Index(text, path); at < 0 || at > verdict {
				t.Errorf("%s: %s stands at %d, the verdict at %d:\n%s", name, path, at, verdict, text)
			}
		}
		if strings.Contains(text, "id_rsa") {
			t.Errorf("%s names a risk that both have:\n%s", name, text)
		}
		if same := render(t, w, reports.Reports(now, now)); strings.Contains(strings.ToLower(same), "risk") {
			t.Errorf("%s names risks between two readings of one image:\n%s", name, same)
		}
	}
}
