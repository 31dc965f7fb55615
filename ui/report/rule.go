package report

import (
	"net/url"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Rule is one entry of the catalogue, with the texts that a report does not
// carry. See, Before and After are lines to be typed.
type Rule struct {
	ID         string
	Group      string
	Title      string
	Why        string
	Confidence model.Confidence
	Risk       bool // it is about danger, not bytes

	OfManifest    bool // Before and After are lines of a Kubernetes manifest
	See           string
	Before, After string
	WhenNot       string
	Sources       []string
}

// home is where tare's pages are.
const home = "https://github.com/tare-oci/tare"

// page is where a rule is explained.
func (r *Rule) page() string {
	return home + "/blob/main/docs/rules.md" + (&url.URL{Fragment: r.ID}).String()
}

// help is what a rule teaches, as plain text or in Markdown. It comes from the
// catalogue, so there is nothing to guard against.
func (r *Rule) help(markdown bool) string {
	parts := []string{r.Why}
	code := func(title, text, language string) {
		switch {
		case text == "":
		case markdown:
			parts = append(parts, "**"+title+"**", "```"+language+"\n"+text+"\n```")
		default:
			parts = append(parts, title+":", "  "+strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	code("See it by hand", r.See, "sh")
	language := "dockerfile"
	if r.OfManifest {
		language = "yaml"
	}
	code("Instead of", r.Before, language)
	code("write", r.After, language)
	if r.WhenNot != "" {
		parts = append(parts, "When not: "+r.WhenNot)
	}
	for _, source := range r.Sources {
		if markdown && strings.HasPrefix(source, "https://") { // others are manual pages: ln(1)
			source = "<" + source + ">"
		}
		parts = append(parts, source)
	}
	return strings.Join(parts, "\n\n")
}

// ruleByID finds a rule in a catalogue. One that is not in there, because the
// report is another version's, is made up from a finding.
func ruleByID(rules []Rule, f *model.Finding) Rule {
	for i := range rules {
		if rules[i].ID == f.Rule {
			return rules[i]
		}
	}
	return Rule{ID: f.Rule, Group: "other", Title: f.Title, Why: f.Title, Confidence: f.Confidence}
}

// withUnknown is a catalogue and, behind it, the rules of findings that it
// lacks, each once.
func withUnknown(rules []Rule, findings []model.Finding) []Rule {
	known := make(map[string]bool, len(rules))
	for i := range rules {
		known[rules[i].ID] = true
	}
	all := rules[:len(rules):len(rules)]
	for i := range findings {
		if f := &findings[i]; !known[f.Rule] {
			known[f.Rule] = true
			all = append(all, ruleByID(nil, f))
		}
	}
	return all
}

// camel spells an id as one word: "apt-lists" is "AptLists".
func camel(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
