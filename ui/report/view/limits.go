package view

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tare-oci/tare/model"
)

// maxLimits is how many limits formats tell of one by one. A gate has two dozen, and one
// more for each thing that a project denies.
const maxLimits = 200

// FailedLimits are the thresholds that failed and count no finding, such as the size of
// the image: what is shown beside code has nothing else to show for them.
func FailedLimits(r *model.Report, c *model.Check) (all []*model.Threshold) {
	if c == nil {
		return nil
	}
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		found := false
		for _, at := range t.Findings {
			found = found || at >= 0 && at < len(r.Findings)
		}
		if !t.Passed && !found && len(all) < maxLimits {
			all = append(all, t)
		}
	}
	return all
}

// LimitID names a limit as formats name rules: "gate-max-size". What it is about, a path
// or a label, is none of the name.
func LimitID(t *model.Threshold) string { return "gate-" + t.Name }

// LimitHeadline says how a limit failed: "max-size is 124 MB, the limit is 100 MB".
func (v Findings) LimitHeadline(t *model.Threshold) string {
	return v.OneLine(Clip(ThresholdName(t) + " is " + t.Figure + ", the limit is " + t.Limit))
}

// LimitPlace is the line of the instruction that has most to do with a failure, nil where
// no line is known.
func (v Findings) LimitPlace(t *model.Threshold) *model.Location {
	for i := range t.Contributions {
		if at := v.Place(t.Contributions[i].Location); at != nil {
			return at
		}
	}
	return nil
}

// LimitPrint tells a limit from all others, as long as it stands in the settings.
func LimitPrint(t *model.Threshold) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"gate", t.Name, t.Rule, t.Limit}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Nowhere is where what no line of the Dockerfile brought stands for programs that ask
// for a line: at the last FROM, since most of that the base image brought. GitHub refuses
// a whole report for one result without a file.
func (v Findings) Nowhere() *model.Location {
	at := &model.Location{File: "Dockerfile", Line: 1, EndLine: 1}
	d := v.Report.Dockerfile
	if d == nil || d.File == "" {
		return at
	}
	at.File = v.Paths.Of(d.File)
	for i, line := range d.Lines {
		if word := strings.Fields(line); len(word) > 1 && strings.EqualFold(word[0], "FROM") {
			at.Line, at.EndLine = i+1, i+1
		}
	}
	return at
}
