package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// JUnit writes the report as test results, which every CI system can show: a
// suite for each group of the catalogue with a test case for each rule, and
// before them, where the gate was asked, a suite with a case for each threshold.
//
// A rule fails where it found what package severity calls a warning or an error; with a
// gate, only where a threshold that failed counts its findings, so that the
// tests pass exactly when the gate does. A rule that found anything else is
// skipped, and says what.
//
// The form is that of Apache Ant, which asks for a time and a host: they are the
// image's, when it was made, and "localhost", so that the same report gives the
// same bytes.
type JUnit struct {
	Rules    []Rule
	Paths    view.Paths
	Check    *model.Check   // nil without a gate
	Severity severity.Table // what the project sets
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Package    string          `xml:"package,attr"`
	ID         int             `xml:"id,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Properties junitProperties `xml:"properties"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out"`
	Err        string          `xml:"system-err"`
}

type junitProperties struct {
	Properties []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Skipped   *junitSkipped `xml:"skipped"`
	Failure   *junitFailure `xml:"failure"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// Write implements Writer.
func (j JUnit) Write(w io.Writer, r *model.Report) error {
	b := junitBuilder{Findings: view.NewFindings(r, j.Paths), check: j.Check, ignored: view.Ignored(r, j.Check), order: view.RankedIndexes(r), levels: j.Severity.Levels(r, j.Check)}
	var all junitSuites
	add := func(name string, cases []junitCase) {
		all.Suites = append(all.Suites, b.suite(name, len(all.Suites), cases))
	}
	if j.Check != nil {
		add("gate", b.thresholds())
	}
	rules := b.risksFirst(withUnknown(j.Rules, r.Findings))
	for start := 0; start < len(rules); {
		end := start
		var cases []junitCase
		for ; end < len(rules) && rules[end].Group == rules[start].Group; end++ {
			cases = append(cases, b.rule(&rules[end]))
		}
		add(rules[start].Group, cases)
		start = end
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	// Line ends stand in texts alone, not in attributes, and may stand as they are.
	_, err = io.WriteString(w, xml.Header+strings.ReplaceAll(string(text), "&#xA;", "\n")+"\n")
	return err
}

// risksFirst puts the groups that hold risks of the image first, and in each group the
// rules of these.
func (b junitBuilder) risksFirst(rules []Rule) []Rule {
	risky, groups := make(map[string]bool), make(map[string]int)
	for _, f := range view.Settle(b.Report).Risks {
		risky[f.Rule] = true
	}
	for i := range rules {
		if _, known := groups[rules[i].Group]; !known {
			groups[rules[i].Group] = len(rules) + len(groups)
		}
	}
	for i := range rules {
		if at := groups[rules[i].Group]; risky[rules[i].ID] && at >= len(rules) {
			groups[rules[i].Group] = at - len(rules)
		}
	}
	order := func(r *Rule) int {
		if risky[r.ID] {
			return 0
		}
		return 1
	}
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(x, y Rule) int {
		return cmp.Or(groups[x.Group]-groups[y.Group], order(&x)-order(&y))
	})
	return rules
}

// junitBuilder makes suites of one report. XML allows few control characters
// (1.0, 2.2), so every text of the image is escaped as for a terminal.
type junitBuilder struct {
	view.Findings
	check   *model.Check
	ignored []bool
	order   []int // of the findings
	levels  []severity.Level
}

func (b junitBuilder) suite(name string, id int, cases []junitCase) junitSuite {
	image := &b.Report.Image
	s := junitSuite{Name: b.OneLine(name), Package: "tare", ID: id, Timestamp: "1970-01-01T00:00:00", Hostname: "localhost", Time: "0", Cases: cases, Tests: len(cases)}
	if created := view.UTC(image.Created); created != nil && created.Year() > 0 {
		s.Timestamp = created.Format("2006-01-02T15:04:05")
	}
	for i := range cases {
		if cases[i].Failure != nil {
			s.Failures++
		}
		if cases[i].Skipped != nil {
			s.Skipped++
		}
	}
	sum := &b.Report.Summary
	s.Properties.Properties = []junitProperty{
		{"image", b.OneLine(image.Reference)},
		{"platform", b.OneLine(image.Platform)},
		{"size", fmt.Sprint(image.Size)},
		{"wasted", fmt.Sprint(sum.WastedBytes)},
		{"avoidable", fmt.Sprint(sum.AvoidableBytes)},
		{"efficiency", fmt.Sprint(sum.Efficiency)},
		{"partial", fmt.Sprint(b.Report.Partial)},
	}
	return s
}

// testcase is a case that passes. Its class is the suite's name, as a word.
func (b junitBuilder) testcase(name, group string) junitCase {
	return junitCase{Name: b.OneLine(name), Classname: "tare." + strings.ReplaceAll(b.OneLine(group), " ", "-"), Time: "0"}
}

// thresholds are the gate's cases.
func (b junitBuilder) thresholds() []junitCase {
	var cases []junitCase
	for i := range b.check.Thresholds {
		t := &b.check.Thresholds[i]
		c := b.testcase(view.ThresholdName(t), "gate")
		if !t.Passed {
			lines := []string{b.OneLine(view.Clip(t.Reason))}
			if len(t.Findings) > 0 && t.Findings[0] >= 0 && t.Findings[0] < len(b.Report.Findings) {
				lines = append(lines, b.tell(t.Findings[0])...)
			}
			c.Failure = &junitFailure{Type: b.OneLine(t.Name), Message: b.OneLine(t.Figure + ", the limit is " + t.Limit), Text: strings.Join(lines, "\n")}
		}
		cases = append(cases, c)
	}
	return cases
}

// rule is a rule's case: failed, skipped or passed.
func (b junitBuilder) rule(rule *Rule) junitCase {
	c := b.testcase(rule.ID, rule.Group)
	var failed, noted []int
	for _, i := range b.order {
		switch f := &b.Report.Findings[i]; {
		case f.Rule != rule.ID:
		case b.fails(i):
			failed = append(failed, i)
		default:
			noted = append(noted, i)
		}
	}
	switch {
	case len(failed) > 0:
		var bytes int64
		var lines []string
		for _, i := range failed {
			bytes += b.Report.Findings[i].Bytes
			lines = append(lines, b.tell(i)...)
		}
		c.Failure = &junitFailure{Type: b.OneLine(rule.ID), Message: b.failed(rule, failed, bytes), Text: strings.Join(lines, "\n")}
	case len(noted) > 0:
		c.Skipped = &junitSkipped{Message: b.Headline(&b.Report.Findings[noted[0]]) + b.whyNotFailed(noted[0])}
		if more := len(noted) - 1; more > 0 {
			c.Skipped.Message += ", and " + display.Plural(more, "more finding")
		}
	}
	return c
}

// failed says in one line why a rule fails; without bytes, what the first finding is.
func (b junitBuilder) failed(rule *Rule, findings []int, bytes int64) string {
	if bytes > 0 {
		return b.OneLine(rule.Title) + ": " + display.Bytes(bytes)
	}
	text := b.Headline(&b.Report.Findings[findings[0]])
	if more := len(findings) - 1; more > 0 {
		text += ", and " + display.Plural(more, "more finding")
	}
	return text
}

// fails reports whether a finding fails its rule.
func (b junitBuilder) fails(i int) bool {
	if b.check == nil {
		return b.levels[i] >= severity.Warning
	}
	for t := range b.check.Thresholds {
		if threshold := &b.check.Thresholds[t]; !threshold.Passed {
			for _, counted := range threshold.Findings {
				if counted == i {
					return true
				}
			}
		}
	}
	return false
}

// whyNotFailed says why a finding does not fail its rule, where that is not plain.
func (b junitBuilder) whyNotFailed(i int) string {
	switch {
	case b.ignored[i]:
		return ", ignored by the settings"
	case b.check != nil && b.levels[i] >= severity.Warning:
		return ", within the limits"
	}
	return ""
}

// tell is all there is to say of a finding: where, why, and the edit.
func (b junitBuilder) tell(i int) []string {
	f := &b.Report.Findings[i]
	where := ""
	if at := b.Location(f); at != nil {
		where = fmt.Sprintf("%s:%d: ", b.Escape(at.File), at.Line)
	}
	lines := append([]string{where + b.Headline(f)}, b.Describe(f)...)
	for _, line := range b.Diff(f) {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return append(lines, b.Type(f), "")
}
