package catalogue_test

import (
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFixOfNothing tries histories that make no sense: however broken one is, no rule
// may panic.
func TestFixOfNothing(t *testing.T) {
	odd := []*rules.Build{nil, {}, rulestest.Build("RUN"), rulestest.Build(""), rulestest.Build("COPY"), rulestest.Build("RUN if", "RUN ("), rulestest.Build("RUN a", "COPY <<EOF", "RUN chown -R a:b /")}
	findings := []*model.Finding{{}, rulestest.Leftover(0), rulestest.Leftover(7, "a"), rulestest.Shadowed(0, 0, "a"), rulestest.Shadowed(0, 2, "a"), rulestest.Shadowed(0, 9, "a"), rulestest.Shadowed(1, 0), rulestest.OfBase(rulestest.Leftover(0)), rulestest.Shadowed(-1, -1, "x")}
	for _, rule := range catalogue.Rules {
		for _, b := range odd {
			if rule.Observe != nil && b != nil {
				rule.Observe(b, model.NewTree())
			}
			if rule.Fix == nil {
				continue
			}
			for _, f := range findings {
				if fix := rule.Fix(f, b); fix != nil && (fix.Before == nil) != (fix.After == nil) {
					t.Errorf("%s: only one of before and after is there", rule.ID)
				}
			}
		}
	}
}

// TestCommandsAreTyped: what a rule tells a person to type is a script that a shell
// reads.
func TestCommandsAreTyped(t *testing.T) {
	for _, rule := range catalogue.Rules {
		if _, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(rule.Lesson.See), ""); err != nil {
			t.Errorf("%s: %v\n%s", rule.ID, err, rule.Lesson.See)
		}
	}
}

// TestClaimsByPath wants the first rule that has a path to be the right one.
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
	b := &rules.Build{}
	for _, rule := range catalogue.Rules {
		if len(rule.Paths) > 0 && b.Matches(rule.Paths, path) {
			return rule.ID
		}
	}
	return ""
}

// TestCatalogueFitsItsSets holds the number of rules to what a set can tell apart.
func TestCatalogueFitsItsSets(t *testing.T) {
	if len(catalogue.Rules) > rules.MaxRules {
		t.Fatalf("%d rules do not fit a set", len(catalogue.Rules))
	}
}

// TestCatalogue holds every rule to be whole, once and in its chapter. That none goes
// missing or changes its place unnoticed is for TestRulesPage.
func TestCatalogue(t *testing.T) {
	chapters := make(map[rules.Group]bool)
	for i, rule := range catalogue.Rules {
		if i == 0 || catalogue.Rules[i-1].Group != rule.Group {
			if chapters[rule.Group] {
				t.Errorf("%s stands outside of its chapter, %s", rule.ID, rule.Group)
			}
			chapters[rule.Group] = true
		}
		if rule.Title == "" || len(rule.Why) < 200 || (rule.Fix == nil) == (rule.Observe == nil && rule.ObservePod == nil) || rule.Confidence == "" || rule.Group == "" {
			t.Errorf("%s is not complete", rule.ID)
		}
		if rule.See == "" || rule.Before == "" || rule.After == "" || rule.Before == rule.After || rule.WhenNot == "" || len(rule.Sources) == 0 {
			t.Errorf("%s teaches nothing", rule.ID)
		}
		if len(rule.Mounts) == 0 && (rule.Locked || len(rule.Empties) > 0) {
			t.Errorf("%s says how to treat a mount that it has not", rule.ID)
		}
		if found, ok := catalogue.ByID(rule.ID); !ok || found != &catalogue.Rules[i] {
			t.Errorf("ByID does not find %s, or another of that id", rule.ID)
		}
	}
	if _, ok := catalogue.ByID("no-such-rule"); ok {
		t.Error("ByID finds what is not there")
	}
	if rule, _ := catalogue.ByID("duplicate-content"); rule.Confidence != model.Possible {
		t.Error("duplicate-content must stay possible: its bytes are live")
	}
}
