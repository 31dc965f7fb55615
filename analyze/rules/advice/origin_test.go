package advice_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestOrigin: what a RUN only stored again is for the COPY to leave out.
func TestOrigin(t *testing.T) {
	for _, test := range []struct {
		name  string
		cause model.Cause // of the COPY's being hidden
		build *rules.Build
		want  model.Strategy
	}{
		{"another owner", model.Copied, rulestest.Build("COPY . /app", "RUN chown -R 5 /app"), model.Dockerignore},
		{"other content", model.Replaced, rulestest.Build("COPY . /app", "RUN git -C /app gc"), model.SameRunCleanup},
		{"not from the context", model.Copied, rulestest.Build("RUN git clone x /app", "RUN chown -R 5 /app"), model.SameRunCleanup},
		{"the base's", model.Copied, rulestest.Build("COPY . /app", "--", "RUN chown -R 5 /app"), model.SameRunCleanup},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := rulestest.NewTree()
			s.Add("app/.git/HEAD", model.Record{Kind: model.File, Size: model.SizeOf(50), Layer: 0, HiddenBy: 1, Verdict: model.Shadowed, Cause: test.cause})
			s.Add("app/.git/HEAD", model.Record{Kind: model.File, Size: model.SizeOf(50), Layer: 1})
			for _, f := range rules.Claim(s.Tree, test.build, catalogue.Rules).Findings(nil) {
				if f.HiddenBy == nil && f.Fix.Strategy != test.want {
					t.Errorf("%s: %s (%s), want %s", f.ID, f.Fix.Strategy, f.Fix.Summary, test.want)
				}
			}
		})
	}
}
