package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// TestRulesPage holds docs/rules.md to the catalogue and its fixtures.
// `go test ./analyze/rules -run RulesPage -update` writes it anew.
func TestRulesPage(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "rules.md")
	want := page(t)
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(got), "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("docs/rules.md (-) is not what the catalogue says (+); run go test ./analyze/rules -run RulesPage -update:\n%s", diff)
	}
}

const intro = `# Rules

Made from the catalogue in analyze/rules by ` + "`go test ./analyze/rules -run RulesPage -update`" + `; do not edit.

A file version goes to the first rule that claims it. **certain**: removing the bytes cannot change what runs.
**likely**: the image runs without them unless it does something unusual. **possible**: worth a look; the bytes
count as live, or there are none. Shadowed bytes are certain, whatever the rule. ` + "`tare explain RULE`" + ` shows the same text.

In patterns, ` + "`~`" + ` is every user's home, ` + "`$NAME`" + ` its value in the image's environment, ` + "`**`" + ` everything below or, at the start,
any directory; ` + "`#`" + ` stands for digits, and ` + "`!`" + ` excludes paths.
`

// page is docs/rules.md.
func page(t *testing.T) string {
	var b strings.Builder
	b.WriteString(intro)
	for i, r := range catalogue.Rules {
		if i == 0 || catalogue.Rules[i-1].Group != r.Group {
			fmt.Fprintf(&b, "\n## %s\n\n| rule | confidence | what | found in the fixture | not found in |\n|---|---|---|---|---|\n", titled(string(r.Group)))
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", r.ID, r.ID, r.HowSure(), r.Title, rulestest.Parse(t, r.Fixture.Hit), rulestest.Parse(t, r.Fixture.Miss))
	}
	for i := range catalogue.Rules {
		lesson(&b, &catalogue.Rules[i])
	}
	return b.String()
}

func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func lesson(b *strings.Builder, r *rules.Rule) {
	fmt.Fprintf(b, "\n### %s\n\n*%s* (%s)\n\n%s\n", r.ID, titled(r.Title), r.HowSure(), r.Why)
	fmt.Fprintf(b, "\nSee it by hand:\n\n```sh\n%s\n```\n", r.See)
	language := "dockerfile"
	if r.OfManifest {
		language = "yaml"
	}
	fmt.Fprintf(b, "\nInstead of\n\n```%s\n%s\n```\n\nwrite\n\n```%s\n%s\n```\n", language, r.Before, language, r.After)
	if len(r.Paths) > 0 {
		fmt.Fprintf(b, "\nWhere it looks: %s.\n", codes(r.Paths))
	}
	if len(r.Mounts) > 0 {
		fmt.Fprintf(b, "\nCache mount: %s.\n", codes(r.Mounts))
	}
	fmt.Fprintf(b, "\nWhen not: %s\n\nWritten down in:\n", r.WhenNot)
	for _, source := range r.Sources {
		if strings.HasPrefix(source, "https://") && !strings.Contains(source, " ") {
			source = "<" + source + ">"
		}
		fmt.Fprintf(b, "- %s\n", source)
	}
}

func codes(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
