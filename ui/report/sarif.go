package report

import (
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// SARIF writes the findings in the Static Analysis Results Interchange Format
// 2.1.0 (OASIS), for code scanning and editors: a rule for each entry of the
// catalogue, a result for each finding, at its instruction in the Dockerfile, or
// at the step of the history where there is no Dockerfile.
//
// A certain finding is an error, a likely one a warning. What wastes nothing,
// what is only possible and what the base image brought are notes: nobody's
// build breaks because of them. Findings that the gate's settings ignore are
// notes, too, and suppressed, with the reason.
type SARIF struct {
	Rules []Rule
	Paths Paths
	Check *model.Check // nil where nobody asked the gate
	// OpenOnly leaves out what is ignored, for a reader that knows no suppressions:
	// GitHub's code scanning opens an alert for each.
	OpenOnly bool
}

// sarifRun and the types below it say what the library's types cannot: that a result
// was looked at and is not suppressed, by a list that is empty. Either all
// results of a run have a list or none (SARIF 2.1.0, 3.27.23).
type sarifRun struct {
	*sarif.Run
	Results []sarifResult `json:"results"`
}

type sarifResult struct {
	*sarif.Result
	Suppressions *[]sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

var sarifLevels = map[weight]string{aside: "note", wasteful: "warning", sure: "error"}

// sarifKey names the fingerprint; its number goes up when it is made otherwise.
const sarifKey = "tareFinding/v1"

// Write implements Writer.
func (s SARIF) Write(w io.Writer, r *model.Report) error {
	a := newAccount(r, s.Paths)
	rules := withUnknown(s.Rules, r.Findings)
	driver := sarif.NewVersionedDriver(r.Tool.Name, r.Tool.Version).WithInformationURI(home)
	index := make(map[string]int, len(rules))
	for i := range rules {
		index[rules[i].ID] = i
		driver.Rules = append(driver.Rules, sarifRule(&rules[i]))
	}
	run := sarif.NewRun(*sarif.NewTool(driver))
	run.Invocations = []*sarif.Invocation{{ExecutionSuccessful: model.Ptr(!r.Partial)}}
	prints, ignored := a.fingerprints(), excuses(r, s.Check)
	results := []sarifResult{}
	for i := range r.Findings {
		entry := ignored[i]
		if entry != nil && s.OpenOnly {
			continue
		}
		result := sarifResult{Result: a.sarifResult(&r.Findings[i]).WithRuleIndex(index[r.Findings[i].Rule])}
		result.PartialFingerprints = map[string]any{sarifKey: prints[i]}
		if s.Check != nil {
			result.Suppressions = &[]sarifSuppression{}
		}
		if entry != nil {
			result.WithLevel(sarifLevels[aside])
			*result.Suppressions = append(*result.Suppressions, a.suppression(entry))
		}
		results = append(results, result)
	}
	o := openObject(w)
	o.field("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
	o.field("version", string(sarif.Version210))
	o.field("runs", []sarifRun{{run, results}})
	return o.close()
}

// sarifRule is a rule with all that explains it.
func sarifRule(rule *Rule) *sarif.ReportingDescriptor {
	d := sarif.NewRule(rule.ID).WithName(camel(rule.ID)).WithHelpURI(rule.page())
	d.ShortDescription = sarif.NewMultiformatMessageString(rule.Title)
	d.FullDescription = sarif.NewMultiformatMessageString(rule.Why)
	d.Help = sarif.NewMultiformatMessageString(rule.help(false)).WithMarkdown(rule.help(true))
	level := map[model.Confidence]string{model.Certain: "error", model.Likely: "warning"}[rule.Confidence]
	precision := map[model.Confidence]string{model.Certain: "very-high", model.Likely: "high"}[rule.Confidence]
	if level == "" {
		level, precision = "note", "medium"
	}
	d.DefaultConfiguration = &sarif.ReportingConfiguration{Level: level}
	severity := level
	if level == "note" {
		severity = "recommendation"
	}
	d.Properties = sarif.Properties{"tags": []string{rule.Group}, "precision": precision, "problem.severity": severity}
	return d
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
	code("Instead of", r.Before, "dockerfile")
	code("write", r.After, "dockerfile")
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

func (a account) sarifResult(f *model.Finding) *sarif.Result {
	text := strings.Join(append([]string{a.headline(f) + "."}, a.story(f)...), "\n")
	result := sarif.NewRuleResult(f.Rule).WithLevel(sarifLevels[a.weigh(f)])
	result.Message = sarif.Message{Text: model.Ptr(sarifText(text))}
	result.AddLocation(a.sarifLocation(f))
	if fix := a.sarifFix(f); fix != nil {
		result.AddFix(fix)
	}
	result.Properties = sarif.Properties{"bytes": f.Bytes, "confidence": f.Confidence, "inherited": f.Inherited, "id": f.ID}
	if f.CompressedBytes != nil {
		result.Properties["compressedBytes"] = *f.CompressedBytes
	}
	return result
}

// sarifText spells a message, in which "{0}" would be a placeholder and
// "[text](target)" a link (SARIF 2.1.0, 3.11.5 and 3.11.6).
func sarifText(text string) string {
	return strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text)
}

// suppression says why the settings ignore a finding.
func (a account) suppression(entry *model.Ignored) sarifSuppression {
	why := entry.Reason + " (" + entry.Where
	if entry.Expires != "" {
		why += ", until " + entry.Expires
	}
	return sarifSuppression{Kind: "external", Status: "accepted", Justification: a.OneLine(clip(why + ")"))}
}

// sarifLocation is the instruction in the Dockerfile or, where nobody has that,
// the step of the build.
func (a account) sarifLocation(f *model.Finding) *sarif.Location {
	if at := a.place(f); at != nil {
		region := sarif.NewRegion().WithStartLine(at.Line).WithEndLine(at.EndLine)
		return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(sarifFile(at.File)).WithRegion(region))
	}
	step := sarif.NewLogicalLocation().WithKind("resource").WithName("image").WithFullyQualifiedName("image")
	if f.Layer != nil || a.instruction(f.Instruction) != nil {
		name := a.step(f.Layer, f.Instruction, accountWidth)
		whole, _, _ := strings.Cut(name, ": ")
		step = step.WithName(name).WithFullyQualifiedName("image/" + strings.ReplaceAll(whole, ", ", "/"))
	}
	return sarif.NewLocation().WithLogicalLocations([]*sarif.LogicalLocation{step})
}

// sarifFile names a file of the repository.
func sarifFile(name string) *sarif.ArtifactLocation {
	uri := (&url.URL{Path: name}).String()
	return sarif.NewSimpleArtifactLocation(uri).WithUriBaseId("%SRCROOT%")
}

// sarifFix is a fix that a program can carry out, nil where it could do harm:
// where the file is not at hand to be compared with, where its instructions do
// not stand one below the other, and where the text lacks what must not be
// shown, the values of secrets and of build arguments.
func (a account) sarifFix(f *model.Finding) *sarif.Fix {
	at := a.stretch(f)
	if at == nil {
		return nil
	}
	replacement := sarif.NewReplacement(sarif.NewRegion().WithStartLine(at.Line).WithStartColumn(1).WithEndLine(at.EndLine))
	replacement.InsertedContent = sarif.NewArtifactContent().WithText(*f.Fix.After)
	change := sarif.NewArtifactChange(sarifFile(a.paths.of(at.File))).WithReplacement(replacement)
	return sarif.NewFix().WithDescriptionText(sarifText(display.OneLine(clip(f.Fix.Summary)))).WithArtifactChanges([]*sarif.ArtifactChange{change})
}
