package report

import (
	"io"
	"net/url"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// SARIF writes the findings in the Static Analysis Results Interchange Format
// 2.1.0 (OASIS), for code scanning and editors: a result for each finding, at its
// instruction in the Dockerfile, or at the step of the history where there is no
// Dockerfile, one for each limit that failed without a finding, and the rules that these
// are of.
//
// How loud a result is says package severity. Findings that the gate's settings ignore
// are notes, and suppressed, with the reason.
type SARIF struct {
	Rules    []Rule
	Paths    view.Paths
	Check    *model.Check   // nil without a gate
	Severity severity.Table // what the project sets
	// OpenOnly leaves out what is ignored, for a reader that knows no suppressions:
	// GitHub's code scanning opens an alert for each.
	OpenOnly bool
}

// The types below are the part of a SARIF log that tare writes, in the order in
// which it writes it (SARIF 2.1.0; the section of each is named).

// sarifRun is one run of the tool (3.14).
type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

// sarifTool is the program that ran (3.18), of which tare is the driver alone
// (3.19).
type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	InformationURI string      `json:"informationUri"`
	Name           string      `json:"name"`
	Rules          []sarifRule `json:"rules"`
	Version        string      `json:"version"`
}

// sarifInvocation tells how the run ended (3.20).
type sarifInvocation struct {
	ExecutionSuccessful bool `json:"executionSuccessful"`
}

// sarifRule is a reporting descriptor (3.49): a rule with all that explains it.
type sarifRule struct {
	ID                   string              `json:"id"`
	Name                 string              `json:"name"`
	ShortDescription     sarifText           `json:"shortDescription"`
	FullDescription      sarifText           `json:"fullDescription"`
	DefaultConfiguration sarifConfiguration  `json:"defaultConfiguration"`
	HelpURI              string              `json:"helpUri"`
	Help                 sarifText           `json:"help"`
	Properties           sarifRuleProperties `json:"properties"`
}

// sarifText is a message string (3.12) or, without Markdown, a message (3.11).
type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

// sarifConfiguration is a reporting configuration (3.50).
type sarifConfiguration struct {
	Level string `json:"level"`
}

// sarifRuleProperties is the property bag (3.8) of a rule, with the keys that
// GitHub's code scanning reads.
type sarifRuleProperties struct {
	Precision string   `json:"precision"`
	Severity  string   `json:"problem.severity"`
	Tags      []string `json:"tags"`
}

// sarifResult is one finding (3.27). Either all results of a run have a list of
// suppressions or none (3.27.23): a list that is empty says that a result was
// looked at and is not suppressed.
type sarifResult struct {
	Properties          sarifResultProperties `json:"properties"`
	RuleID              string                `json:"ruleId"`
	RuleIndex           int                   `json:"ruleIndex"`
	Level               string                `json:"level"`
	Message             sarifText             `json:"message"`
	Locations           []sarifLocation       `json:"locations"`
	PartialFingerprints map[string]string     `json:"partialFingerprints"`
	Fixes               []sarifFix            `json:"fixes,omitempty"`
	Suppressions        *[]sarifSuppression   `json:"suppressions,omitempty"`
}

// sarifResultProperties is the property bag (3.8) of a result.
type sarifResultProperties struct {
	Bytes           int64            `json:"bytes"`
	CompressedBytes *int64           `json:"compressedBytes,omitempty"`
	Confidence      model.Confidence `json:"confidence"`
	ID              string           `json:"id"`
	Inherited       bool             `json:"inherited"`
}

// sarifLocation is a place in a file and, where that says little, in the image (3.28).
type sarifLocation struct {
	Physical *sarifPhysicalLocation `json:"physicalLocation,omitempty"`
	Logical  []sarifLogicalLocation `json:"logicalLocations,omitempty"`
}

// sarifPhysicalLocation is a place in a file (3.29).
type sarifPhysicalLocation struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

// sarifArtifact names a file (3.4).
type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

// sarifRegion is lines of a file, counted from 1 (3.30). Without a column it
// reaches from the start of its first line to the end of its last.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine"`
}

// sarifLogicalLocation is a step of the build (3.33).
type sarifLogicalLocation struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

// sarifFix is an edit (3.55) of one file (3.56) in one place (3.57).
type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent sarifText   `json:"insertedContent"`
}

// sarifSuppression says that the settings ignore a result, and why (3.35).
type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

// sarifKey names the fingerprint; its number goes up when it is made otherwise.
const sarifKey = "tareFinding/v1"

// sarifBuilder makes the parts of a log.
type sarifBuilder struct {
	view.Findings
	levels []severity.Level // by finding
}

// Write implements Writer.
func (s SARIF) Write(w io.Writer, r *model.Report) error {
	b := sarifBuilder{view.NewFindings(r, s.Paths), s.Severity.Levels(r, s.Check)}
	driver := sarifDriver{InformationURI: home, Name: r.Tool.Name, Version: r.Tool.Version, Rules: []sarifRule{}}
	run := sarifRun{Invocations: []sarifInvocation{{ExecutionSuccessful: !r.Partial}}, Results: []sarifResult{}}
	index := make(map[string]int)
	prints, ignored := b.Fingerprints(), view.IgnoredBy(r, s.Check)
	for _, i := range view.RankedIndexes(r) {
		entry := ignored[i]
		if entry != nil && s.OpenOnly || b.levels[i] == severity.None {
			continue
		}
		f := &r.Findings[i]
		if _, known := index[f.Rule]; !known {
			index[f.Rule] = len(driver.Rules)
			rule := ruleByID(s.Rules, f)
			driver.Rules = append(driver.Rules, s.rule(&rule))
		}
		result := b.sarifResult(i)
		result.RuleIndex = index[f.Rule]
		result.PartialFingerprints = map[string]string{sarifKey: prints[i]}
		if s.Check != nil {
			result.Suppressions = &[]sarifSuppression{}
		}
		if entry != nil {
			*result.Suppressions = append(*result.Suppressions, b.suppression(entry))
		}
		run.Results = append(run.Results, result)
	}
	s.limits(b, &driver, &run, index)
	run.Tool = sarifTool{driver}
	o := jsontext.OpenObject(w)
	o.Field("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
	o.Field("version", "2.1.0")
	o.Field("runs", []sarifRun{run})
	return o.Close()
}

// rule describes a rule. Its level is that of a change worth making or a risk, which most
// results of it are.
func (s SARIF) rule(rule *Rule) sarifRule {
	precision := map[model.Confidence]string{model.Certain: "very-high", model.Likely: "high"}[rule.Confidence]
	if precision == "" {
		precision = "medium"
	}
	level := s.Severity.Of(rule.ID, rule.Risk, rule.Confidence)
	severity := map[string]string{"note": "recommendation", "none": "recommendation"}[level.String()]
	if severity == "" {
		severity = level.String()
	}
	return sarifRule{
		ID: rule.ID, Name: camel(rule.ID), HelpURI: rule.page(),
		ShortDescription: sarifText{Text: rule.Title}, FullDescription: sarifText{Text: rule.Why},
		DefaultConfiguration: sarifConfiguration{level.String()},
		Help:                 sarifText{Text: rule.help(false), Markdown: rule.help(true)},
		Properties:           sarifRuleProperties{Precision: precision, Severity: severity, Tags: []string{rule.Group}},
	}
}

func (b sarifBuilder) sarifResult(i int) sarifResult {
	f := &b.Report.Findings[i]
	text := strings.Join(append(append([]string{b.Headline(f) + "."}, b.Describe(f)...), b.Type(f)), "\n")
	result := sarifResult{
		Properties: sarifResultProperties{Bytes: f.Bytes, CompressedBytes: f.CompressedBytes, Confidence: f.Confidence, ID: f.ID, Inherited: f.Inherited},
		RuleID:     f.Rule, Level: b.levels[i].String(), Message: sarifMessage(text), Locations: []sarifLocation{b.sarifLocation(f)},
	}
	if fix, ok := b.sarifFix(f); ok {
		result.Fixes = []sarifFix{fix}
	}
	return result
}

// sarifMessage spells a message, in which "{0}" would be a placeholder and
// "[text](target)" a link (SARIF 2.1.0, 3.11.5 and 3.11.6).
func sarifMessage(text string) sarifText {
	return sarifText{Text: strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text)}
}

// suppression says why the settings ignore a finding.
func (b sarifBuilder) suppression(entry *model.Ignored) sarifSuppression {
	why := entry.Reason + " (" + entry.Where
	if entry.Expires != "" {
		why += ", until " + entry.Expires
	}
	return sarifSuppression{Kind: "external", Status: "accepted", Justification: b.OneLine(view.Clip(why + ")"))}
}

// sarifLocation is the instruction in the Dockerfile or, where no line of a Dockerfile is
// known, the step of the build. That stands in the Dockerfile too, at the line that View's
// Nowhere has: a place in a file is what GitHub's code scanning takes, and without one it
// refuses the report.
func (b sarifBuilder) sarifLocation(f *model.Finding) sarifLocation {
	if at := b.Location(f); at != nil {
		return sarifLocation{Physical: &sarifPhysicalLocation{sarifFile(at.File), sarifRegion{StartLine: at.Line, EndLine: at.EndLine}}}
	}
	step := sarifLogicalLocation{Name: "image", FullyQualifiedName: "image", Kind: "resource"}
	if f.Layer != nil || b.InstructionAt(f.Instruction) != nil {
		step.Name = b.Step(f.Layer, f.Instruction, view.QuoteWidth)
		whole, _, _ := strings.Cut(step.Name, ": ")
		step.FullyQualifiedName = "image/" + strings.ReplaceAll(whole, ", ", "/")
	}
	at := b.Nowhere()
	return sarifLocation{
		Physical: &sarifPhysicalLocation{sarifFile(at.File), sarifRegion{StartLine: at.Line, EndLine: at.EndLine}},
		Logical:  []sarifLogicalLocation{step},
	}
}

// sarifFile names a file of the repository.
func sarifFile(name string) sarifArtifact {
	return sarifArtifact{URI: (&url.URL{Path: name}).String(), URIBaseID: "%SRCROOT%"}
}

// sarifFix returns a fix that a program can carry out; false where it could do
// harm: where the file is not at hand to be compared with, where its instructions
// do not stand one below the other, and where the text lacks what must not be
// shown, the values of secrets and of build arguments.
func (b sarifBuilder) sarifFix(f *model.Finding) (sarifFix, bool) {
	at := b.ReplacedLines(f)
	if at == nil {
		return sarifFix{}, false
	}
	return sarifFix{
		Description: sarifMessage(display.OneLine(view.Clip(f.Fix.Summary))),
		ArtifactChanges: []sarifChange{{
			Artifact: sarifFile(b.Paths.Of(at.File)),
			Replacements: []sarifReplacement{{
				DeletedRegion:   sarifRegion{StartLine: at.Line, StartColumn: 1, EndLine: at.EndLine},
				InsertedContent: sarifText{Text: *f.Fix.After},
			}},
		}},
	}, true
}
