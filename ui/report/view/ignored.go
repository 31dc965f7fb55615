package view

import "github.com/tare-oci/tare/model"

// IgnoredBy gives each finding the entry by which the settings that the gate read
// tell to ignore it, nil where there is none.
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

// Ignored says which findings have an entry.
func Ignored(r *model.Report, c *model.Check) []bool {
	out := make([]bool, len(r.Findings))
	for i, entry := range IgnoredBy(r, c) {
		out[i] = entry != nil
	}
	return out
}

// ThresholdName is a threshold's name with the rule that it is about.
func ThresholdName(t *model.Threshold) string {
	if t.Rule != "" {
		return t.Name + " " + t.Rule
	}
	return t.Name
}
