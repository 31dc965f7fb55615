package report

import (
	"cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// limits adds a result, and a rule, for each threshold that failed without a finding: code
// scanning shows results alone, and would show nothing of a failed job.
func (s SARIF) limits(b sarifBuilder, driver *sarifDriver, run *sarifRun, index map[string]int) {
	for _, t := range view.FailedLimits(b.Report, s.Check) {
		level := s.Severity.Threshold(t)
		if level == severity.None {
			continue
		}
		id := view.LimitID(t)
		if _, known := index[id]; !known {
			index[id] = len(driver.Rules)
			driver.Rules = append(driver.Rules, limitRule(id, t, level))
		}
		text := b.LimitHeadline(t) + "."
		if t.Reason != "" {
			text += "\n" + b.OneLine(view.Clip(t.Reason))
		}
		at := cmp.Or(b.LimitPlace(t), b.Nowhere())
		result := sarifResult{
			Properties: sarifResultProperties{Confidence: model.Certain, ID: id},
			RuleID:     id, RuleIndex: index[id], Level: level.String(), Message: sarifMessage(text),
			Locations:           []sarifLocation{{Physical: &sarifPhysicalLocation{sarifFile(at.File), sarifRegion{StartLine: at.Line, EndLine: at.EndLine}}}},
			PartialFingerprints: map[string]string{sarifKey: view.LimitPrint(t)},
			Suppressions:        &[]sarifSuppression{},
		}
		for i := range t.Contributions {
			result.Properties.Bytes += t.Contributions[i].Bytes
		}
		run.Results = append(run.Results, result)
	}
}

// limitRule describes a limit of the gate as a rule.
func limitRule(id string, t *model.Threshold, level severity.Level) sarifRule {
	const why = "A limit of tare check failed. The limit is set in the job's arguments or in .tare.yaml."
	word := level.String()
	if level == severity.Note {
		word = "recommendation"
	}
	return sarifRule{
		ID: id, Name: camel(id), HelpURI: home + "/blob/main/docs/ci.md#what-fails-and-what-does-not",
		ShortDescription: sarifText{Text: "The gate's limit " + t.Name}, FullDescription: sarifText{Text: why},
		DefaultConfiguration: sarifConfiguration{level.String()}, Help: sarifText{Text: why, Markdown: why},
		Properties: sarifRuleProperties{Precision: "very-high", Severity: word, Tags: []string{"gate"}},
	}
}
