package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// maxFailures is how many limits the comment says it of that they fail, or are passed by
// somebody's leave; the table in the details has more.
const maxFailures = 12

// failures says which limits fail, by how much and why, and which growth somebody let
// through. Limits that fail for the risks below share one line.
func (c *Comment) failures(to *markdown.Comment) {
	if c.Check == nil {
		return
	}
	var lines, denied []string
	more := 0
	fresh, _ := c.sortedRisks()
	for i := range c.Check.Thresholds {
		t := &c.Check.Thresholds[i]
		_, why, let := strings.Cut(t.Reason, letThrough)
		switch {
		case t.Passed && !let:
		case len(lines)+len(denied) == maxFailures:
			more++
		case t.Passed:
			to.Add("**Let through** until " + markdown.Prose(why) + ": " + markdown.Code(view.ThresholdName(t)) + " is " + markdown.Prose(t.Figure) + ".\n\n")
		case c.isOf(t, fresh):
			denied = append(denied, markdown.Code(view.ThresholdName(t)))
		default:
			lines = append(lines, failure(t))
		}
	}
	if more > 0 {
		lines = append(lines, "- and "+display.Plural(more, "more limit")+"\n")
	}
	if len(lines) > 0 {
		to.Add(strings.Join(lines, "") + "\n")
	}
	if len(denied) > 0 {
		to.Add("Fails " + listed(denied) + ":\n\n")
	}
}

// failure says how a limit failed, and why.
func failure(t *model.Threshold) string {
	line := "- **" + markdown.Code(view.ThresholdName(t)) + "** is " + markdown.Prose(t.Figure) + ", the limit is " + markdown.Prose(t.Limit)
	if why, _, _ := strings.Cut(t.Reason, "; the image weighs "); why != "" { // the figures say that
		line += ": " + markdown.Reason(why)
	}
	return line + "\n"
}

// isOf reports whether a limit fails for nothing but these risks.
func (c *Comment) isOf(t *model.Threshold, risks []*model.Finding) bool {
	if t.Name != gateDeny || len(t.Findings) == 0 || len(t.Findings) > len(risks) {
		return false
	}
	for _, at := range t.Findings {
		if at < 0 || at >= len(c.Report.Findings) || !slices.ContainsFunc(risks, func(f *model.Finding) bool { return f.ID == c.Report.Findings[at].ID }) {
			return false
		}
	}
	return true
}

// gateDeny is the name of the limit on what rules find.
const gateDeny = "deny"

// limits is the gate's table.
func (c *Comment) limits(to *markdown.Comment) {
	if c.Check == nil || len(c.Check.Thresholds) == 0 {
		return
	}
	failed := 0
	for i := range c.Check.Thresholds {
		if !c.Check.Thresholds[i].Passed {
			failed++
		}
	}
	title := display.Plural(len(c.Check.Thresholds), "limit") + " kept"
	if failed > 0 {
		title = fmt.Sprintf("%s, %d failed", display.Plural(len(c.Check.Thresholds), "limit"), failed)
	}
	to.Add("**" + title + "**\n\n")
	c.parts(to).Thresholds()
}

// letThrough is what the gate's reason holds where somebody lets a growth through.
const letThrough = "let through until "
