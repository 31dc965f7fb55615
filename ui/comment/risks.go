package comment

import (
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// sortedRisks parts the risks that the image before did not have from those that it
// had. What the settings excuse is neither; the ignores tell of it.
func (c *Comment) sortedRisks() (fresh, old []*model.Finding) {
	all := slices.DeleteFunc(view.Settle(c.Report).Risks, c.isIgnored)
	if c.Comparison == nil {
		return all, nil
	}
	added := make(map[int]bool)
	for i := range c.Comparison.Findings {
		if ch := &c.Comparison.Findings[i]; ch.Kind == model.Added {
			added[ch.Finding] = true
		}
	}
	for _, risk := range all {
		at := slices.IndexFunc(c.Report.Findings, func(f model.Finding) bool { return f.ID == risk.ID })
		if added[at] {
			fresh = append(fresh, risk)
		} else {
			old = append(old, risk)
		}
	}
	return fresh, old
}

// risks lists the dangers that came.
func (c *Comment) risks(to *markdown.Comment) {
	fresh, _ := c.sortedRisks()
	c.parts(to).Risks(fresh)
}

// oldRisks lists the dangers that the image before had, too.
func (c *Comment) oldRisks(to *markdown.Comment) {
	if _, old := c.sortedRisks(); len(old) > 0 {
		to.Add("**" + display.Plural(len(old), "risk") + " from before**\n\n")
		c.parts(to).Risks(old)
	}
}

// isIgnored reports whether the settings ignore a finding.
func (c *Comment) isIgnored(f *model.Finding) bool {
	if c.Check == nil {
		return false
	}
	at := slices.IndexFunc(c.Report.Findings, func(other model.Finding) bool { return other.ID == f.ID })
	return slices.ContainsFunc(c.Check.Ignored, func(i model.Ignored) bool { return slices.Contains(i.Findings, at) })
}
