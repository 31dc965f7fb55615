package catalogue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
				t.Errorf("%s stands outside of its chapter, %s; move its line in catalogue.go beside the others of the chapter", rule.ID, rule.Group)
			}
			chapters[rule.Group] = true
		}
		for _, lack := range lacks(&rule) {
			t.Errorf("%s: %s; go doc ./analyze/rules Rule and Lesson explain the fields", rule.ID, lack)
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

// lacks says what is still to be written of a rule.
func lacks(r *rules.Rule) (todo []string) {
	acts, observes := r.Fix != nil, r.Observe != nil || r.ObservePod != nil
	for _, c := range []struct {
		missing bool
		what    string
	}{
		{r.Title == "", "Title is empty; write what a finding is headed by"},
		{len(r.Why) < 200, fmt.Sprintf("Why has %d bytes; write 200 or more on why the files are there and what removing them costs", len(r.Why))},
		{acts == observes, "it needs either Fix, for files that it claims, or Observe (or ObservePod), where there are no bytes to show"},
		{r.Confidence == "", "Confidence is empty; write model.Certain, model.Likely or model.Possible"},
		{r.Group == "", "Group is empty; write the chapter, such as rules.Caches"},
		{r.See == "", "See is empty; write a command that shows the files by hand"},
		{r.Before == "" || r.After == "" || r.Before == r.After, "Before and After have to be an instruction and what it becomes"},
		{r.WhenNot == "", "WhenNot is empty; write in which image the advice is wrong"},
		{len(r.Sources) == 0, "Sources is empty; write the address of a page that says so"},
		{len(r.Mounts) == 0 && (r.Locked || len(r.Empties) > 0), "Locked and Empties are about Mounts, which is empty; write the cache's directory there"},
	} {
		if c.missing {
			todo = append(todo, c.what)
		}
	}
	return todo
}

// TestEveryRuleIsListed: a rule that was written and not entered would never find anything.
func TestEveryRuleIsListed(t *testing.T) {
	table, err := os.ReadFile("catalogue.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*/*.go")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files of rules, %v", len(files), err)
	}
	listed := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range exported.FindAllSubmatch(text, -1) {
			name := filepath.Base(filepath.Dir(file)) + "." + string(m[1])
			if listed++; !strings.Contains(string(table), "\t"+name+",\n") {
				t.Errorf("%s in %s is not in the table; write the line %q into analyze/rules/catalogue/catalogue.go where the rule should claim", name, file, name+",")
			}
		}
	}
	if listed != len(catalogue.Rules) {
		t.Errorf("the table has %d rules, and the chapters %d; declare each as var Name = … in a file of its chapter", len(catalogue.Rules), listed)
	}
}

// exported are the rules of a chapter: its variables that others may name.
var exported = regexp.MustCompile(`(?m)^var ([A-Z]\w*) = `)
