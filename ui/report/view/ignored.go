package view

import "github.com/tare-oci/tare/model"

// IgnoredBy returns for each finding of the report, by its index, the entry of the
// settings by which the gate ignored it; nil for the others, and for all where
// the gate was not asked.
func IgnoredBy(r *model.Report, c *model.Check) []*model.Ignored {
	out := make([]*model.Ignored, len(r.Findings))
	if c == nil {
		return out
	}
	for e := range c.Ignored {
		for _, i := range c.Ignored[e].Findings {
			if i >= 0 && i < len(out) && out[i] == nil {
				out[i] = &c.Ignored[e]
			}
		}
	}
	return out
}

// Ignored reports for each finding of the report, by its index, whether the gate
// ignored it.
func Ignored(r *model.Report, c *model.Check) []bool {
	out := make([]bool, len(r.Findings))
	for i, entry := range IgnoredBy(r, c) {
		out[i] = entry != nil
	}
	return out
}

// ThresholdName returns a threshold's name with the rule that it is about.
func ThresholdName(t *model.Threshold) string {
	if t.Rule != "" {
		return t.Name + " " + t.Rule
	}
	return t.Name
}
