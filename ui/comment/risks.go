package comment

import (
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// sortedRisks parts the risks that the image before did not have from those that it
// had; one that came to more files is in both, each time with its files. What the settings excuse is
// neither; the ignores tell of it.
func (c *Comment) sortedRisks() (fresh, old []*model.Finding) {
	for _, risk := range view.Settle(c.Report).Risks {
		at := slices.IndexFunc(c.Report.Findings, func(f model.Finding) bool { return f.ID == risk.ID })
		if c.isIgnored(at) {
			continue
		}
		came, added := c.came(at)
		left := *risk
		left.Paths = c.Check.PathsLeft(at, risk)
		switch {
		case c.Comparison == nil || added:
			fresh = append(fresh, &left)
			continue
		case len(came) == 0:
			old = append(old, &left)
			continue
		}
		news, olds := left, left
		news.Paths = slices.DeleteFunc(slices.Clone(left.Paths), func(p string) bool { return !slices.Contains(came, p) })
		olds.Paths = slices.DeleteFunc(slices.Clone(left.Paths), func(p string) bool { return slices.Contains(came, p) })
		if len(news.Paths) > 0 {
			fresh = append(fresh, &news)
		}
		if len(olds.Paths) > 0 {
			old = append(old, &olds)
		}
	}
	return fresh, old
}

// came returns the files that a risk, by its index, came to since the image before, and whether all
// of it is new.
func (c *Comment) came(at int) (paths []string, added bool) {
	if c.Comparison == nil {
		return nil, false
	}
	for i := range c.Comparison.Findings {
		if ch := &c.Comparison.Findings[i]; ch.Finding == at {
			switch ch.Kind {
			case model.Added:
				return nil, true
			case model.Changed:
				return ch.Paths, false
			}
		}
	}
	return nil, false
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

// isIgnored reports whether the settings ignore a finding, by its index.
func (c *Comment) isIgnored(at int) bool {
	return c.Check != nil && slices.ContainsFunc(c.Check.Ignored, func(i model.Ignored) bool { return slices.Contains(i.Findings, at) })
}
