package rules

import (
	"math/bits"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

func TestClaimsByPath(t *testing.T) {
	for path, want := range map[string]string{
		"var/lib/apt/lists/x_Packages":           "apt-lists",
		"var/lib/apt/lists/partial/x":            "apt-lists",
		"var/lib/apt/listsx":                     "",
		"usr/var/lib/apt/lists/x":                "",
		"var/cache/apt/archives/a.deb":           "apt-cache",
		"var/cache/apt/archives/partial/a":       "apt-cache",
		"var/cache/apt/pkgcache.bin":             "apt-cache",
		"var/cache/apt/srcpkgcache.bin":          "apt-cache",
		"var/cache/apt/archives/lock":            "",
		"var/cache/apt/other/pkgcache.bin":       "",
		"tmp/a":                                  "temp-files",
		"var/tmp/a/b":                            "temp-files",
		"home/a/tmp/b":                           "",
		"tmp":                                    "",
		"var/lib/dpkg/status":                    "package-db-churn",
		"var/lib/dpkg/info/a.list":               "package-db-churn",
		"var/cache/debconf/config.dat":           "package-db-churn",
		"lib/apk/db/installed":                   "package-db-churn",
		"etc/apk/world":                          "package-db-churn",
		"etc/apk/repositories":                   "",
		"usr/lib/sysimage/rpm/rpmdb.sqlite":      "package-db-churn",
		"usr/lib/sysimage/libdnf5/packages.toml": "package-db-churn",
		"var/lib/pacman/local/a-1/desc":          "package-db-churn",
		"var/lib/pacman/sync/core.db":            "pacman-cache",
		"var/lib/apt/extended_states":            "package-db-churn",
		"etc/ld.so.cache":                        "package-db-churn",
	} {
		if got := claimant(path); got != want {
			t.Errorf("%s goes to %q, want %q", path, got, want)
		}
	}
}

// claimant is the first rule that claims a path, in an image without config.
func claimant(path string) string {
	b := &Build{}
	if set := b.compile(newPlaces(nil), func(r *Rule) []string { return r.Paths }).match(path); set != 0 {
		return Catalogue[bits.TrailingZeros64(uint64(set))].ID
	}
	return ""
}

// The sets of rules are bits of one word.
func TestCatalogueFitsItsSets(t *testing.T) {
	if len(Catalogue) > 64 {
		t.Fatalf("%d rules do not fit a ruleSet", len(Catalogue))
	}
}

func TestCatalogue(t *testing.T) {
	var ids []string
	for _, rule := range Catalogue {
		ids = append(ids, rule.ID)
		if rule.Title == "" || len(rule.Why) < 200 || (rule.Fix == nil) == (rule.Observe == nil) || rule.Confidence == "" || rule.Group == "" {
			t.Errorf("%s is not complete", rule.ID)
		}
		if rule.See == "" || rule.Before == "" || rule.After == "" || rule.Before == rule.After || rule.WhenNot == "" || len(rule.Sources) == 0 {
			t.Errorf("%s teaches nothing", rule.ID)
		}
		if found, ok := ByID(rule.ID); !ok || found.ID != rule.ID {
			t.Errorf("ByID does not find %s", rule.ID)
		}
	}
	want := strings.Fields(`apt-lists apt-cache apk-cache dnf-cache zypper-cache pacman-cache pip-cache uv-cache poetry-cache conda-cache npm-cache yarn-cache pnpm-cache
		bun-cache composer-cache gem-cache cargo-cache go-cache maven-cache gradle-cache nuget-cache r-cache bazel-cache ccache
		apt-recommends dnf-weak-deps build-tools orphaned-packages
		temp-files logs vcs-metadata backup-files core-dumps docs-and-locales python-bytecode static-libraries debug-symbols dev-dependencies
		removed-later overwritten metadata-copy package-db-churn torn-link duplicate-content base-image layer-order split-update
		shell-form-entrypoint init-system many-services runs-as-root baked-in-state baked-in-secret logs-to-files no-healthcheck`)
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
	if _, ok := ByID("no-such-rule"); ok {
		t.Error("ByID finds what is not there")
	}
	if rule, _ := ByID("duplicate-content"); rule.Confidence != model.Possible {
		t.Error("duplicate-content must stay possible: its bytes are live")
	}
}

func TestTempFilesSpareWhatRuns(t *testing.T) {
	for _, test := range []struct {
		name  string
		build *Build
		path  string
		want  bool
	}{
		{"entry point", &Build{Entrypoint: []string{"/tmp/server"}}, "tmp/server", true},
		{"beside the entry point", &Build{Entrypoint: []string{"/tmp/app/server"}}, "tmp/app/lib/x.so", true},
		{"not beside it", &Build{Entrypoint: []string{"/tmp/server"}}, "tmp/other", false},
		{"inside a shell's text", &Build{Cmd: []string{"/bin/sh", "-c", "exec /var/tmp/run --x"}}, "var/tmp/run", true},
		{"value of an option", &Build{Cmd: []string{"java", "-Dx=/tmp/a.jar"}}, "tmp/a.jar", true},
		{"PATH", &Build{Env: []string{"PATH=/usr/bin:/tmp/bin"}}, "tmp/bin/x", true},
		{"working folder", &Build{WorkingDir: "/tmp/app"}, "tmp/app/x", true},
		{"relative to the working folder", &Build{WorkingDir: "/tmp", Cmd: []string{"python3", "app.py"}}, "tmp/app.py", true},
		{"working folder is /tmp itself", &Build{WorkingDir: "/tmp", Cmd: []string{"python3"}}, "tmp/x", false},
		{"elsewhere", &Build{Entrypoint: []string{"/usr/bin/server"}}, "tmp/server", false},
		{"nothing known", nil, "tmp/x", false},
	} {
		if got := tempFiles.Spares(test.build, test.path); got != test.want {
			t.Errorf("%s: Spares(%s) = %v, want %v", test.name, test.path, got, test.want)
		}
	}
}
