package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
)

// TestHomesAndVariables tries what only the image can say of a pattern.
func TestHomesAndVariables(t *testing.T) {
	b := &rules.Build{
		Env:        []string{"HOME=/srv/me", "PIP_CACHE_DIR=/pip", "UV_CACHE_DIR=/usr", "YARN_CACHE_FOLDER=relative", "CCACHE_DIR=/app", "GOCACHE=/a*b"},
		Captured:   map[string][]byte{"etc/passwd": []byte("root:x:0:0:root:/root:/bin/sh\njenkins:x:1000:1000::/var/jenkins_home:/bin/sh\nodd:x:1\n")},
		WorkingDir: "/app",
	}
	for name, want := range map[string]string{
		"root/.cache/pip/a":             "pip-cache",
		"home/ann/.cache/pip/a":         "pip-cache",
		"srv/me/.cache/pip/a":           "pip-cache",
		"var/jenkins_home/.cache/pip/a": "pip-cache",
		".cache/pip/a":                  "pip-cache",
		"pip/a":                         "pip-cache",
		"home/.cache/pip/a":             "",
		"usr/a":                         "",
		"relative/a":                    "",
		"app/a":                         "",
		"aXb/c":                         "",
	} {
		got := ""
		for _, rule := range catalogue.Rules {
			if got == "" && len(rule.Paths) > 0 && b.Matches(rule.Paths, name) {
				got = rule.ID
			}
		}
		if got != want {
			t.Errorf("%s goes to %q, want %q", name, got, want)
		}
	}
}

// TestTargets wants what an rm has to take.
func TestTargets(t *testing.T) {
	b := &rules.Build{Env: []string{"BUNDLE_PATH=/gems"}}
	for _, test := range []struct {
		rule  string
		paths string
		want  string
	}{
		{"pip-cache", "root/.cache/pip/a/b root/.cache/pip/c home/x/.cache/pip/d", "home/x/.cache/pip root/.cache/pip"},
		{"vcs-metadata", "app/.git/a app/vendor/.git/b/c", "app/.git app/vendor/.git"},
		{"gem-cache", "gems/cache/a.gem gems/cache/b.gem", "gems/cache/*.gem"},
		{"backup-files", "etc/passwd-", "etc/passwd-"},
		{"cargo-cache", "src/target/release/deps/a src/target/release/deps/b/c", "src/target/release/deps"},
		{"logs", "elsewhere", "elsewhere"},
	} {
		rule, _ := catalogue.ByID(test.rule)
		if diff := cmp.Diff(strings.Fields(test.want), b.Targets(rule, strings.Fields(test.paths))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.rule, diff)
		}
	}
}
