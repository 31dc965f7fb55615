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

// TestOriginsOfSeveral: what several instructions brought is not for the RUN to remove that stores it again,
// nor is what a tool needs that an earlier RUN cloned.
func TestOriginsOfSeveral(t *testing.T) {
	for name, second := range map[string]string{"two clones": "RUN git clone https://example.com/b /app/b", "a tool that needs its clone": ""} {
		text := []string{"RUN git clone https://github.com/Microsoft/vcpkg.git /app/vcpkg"}
		if second != "" {
			text = append([]string{"COPY . /app"}, second)
		}
		text = append(text, "RUN chown -R 5 /app")
		last := len(text) - 1
		s := rulestest.NewTree()
		for i, dir := range []string{"app/vcpkg", "app/b"}[:last] {
			s.Add(dir+"/.git/HEAD", model.Record{Kind: model.File, Size: model.SizeOf(50), Layer: uint16(i), HiddenBy: uint16(last), Verdict: model.Shadowed, Cause: model.Copied})
			s.Add(dir+"/.git/HEAD", model.Record{Kind: model.File, Size: model.SizeOf(50), Layer: uint16(last)})
		}
		found := 0
		for _, f := range rules.Claim(s.Tree, rulestest.Build(text...), catalogue.Rules).Findings(nil) {
			if f.HiddenBy == nil && f.Rule == "vcs-metadata" {
				found++
				if f.Fix.After != nil {
					t.Errorf("%s: %s", name, *f.Fix.After)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
}
