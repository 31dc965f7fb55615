package rules

import (
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
		"var/lib/pacman/sync/core.db":            "",
		"var/lib/apt/extended_states":            "package-db-churn",
		"etc/ld.so.cache":                        "package-db-churn",
	} {
		got := ""
		for _, rule := range Catalogue {
			if rule.Claims != nil && rule.Claims(path) {
				got = rule.ID
				break
			}
		}
		if got != want {
			t.Errorf("%s goes to %q, want %q", path, got, want)
		}
	}
}

func TestCatalogue(t *testing.T) {
	var ids []string
	for _, rule := range Catalogue {
		ids = append(ids, rule.ID)
		if rule.Title == "" || len(rule.Why) < 200 || rule.Fix == nil || rule.Confidence == "" {
			t.Errorf("%s is not complete", rule.ID)
		}
		if found, ok := ByID(rule.ID); !ok || found.ID != rule.ID {
			t.Errorf("ByID does not find %s", rule.ID)
		}
	}
	want := []string{"apt-lists", "apt-cache", "temp-files", "removed-later", "overwritten", "metadata-copy", "package-db-churn", "duplicate-content"}
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
