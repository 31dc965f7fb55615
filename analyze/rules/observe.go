package rules

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// observations asks the rules that look at the config and the tree, in the
// catalogue's order. Their findings have no bytes, verdict or cause and hold no
// versions.
func (c *Claims) observations() (findings []model.Finding) {
	for i := range Catalogue {
		rule := &Catalogue[i]
		if rule.Observe == nil {
			continue
		}
		for _, o := range rule.Observe(c.build, c.tree) {
			f := model.Finding{
				ID: rule.ID, Rule: rule.ID, Title: rule.Title, Confidence: rule.Confidence,
				CompressedBytes: model.Ptr(int64(0)), Layer: o.Layer, Instruction: o.Instruction,
				Paths: append([]string{}, o.Paths[:min(len(o.Paths), model.MaxFindingPaths)]...), Packages: []string{}, Fix: c.mask.fix(o.Fix),
			}
			switch {
			case o.Layer != nil:
				f.ID = fmt.Sprintf("%s@%d", rule.ID, *o.Layer)
				f.Instruction, f.Inherited = c.build.Layers[*o.Layer].Instruction, c.build.Layers[*o.Layer].Inherited
			case o.Instruction != nil:
				f.ID = fmt.Sprintf("%s#%d", rule.ID, *o.Instruction)
				f.Inherited = c.build.Instructions[*o.Instruction].Inherited
			}
			findings = append(findings, f)
		}
	}
	return findings
}

// redactor masks the texts of findings. An image may have thousands of findings
// that quote the same instructions, so what those become is kept.
type redactor struct {
	mask  redact.Mask
	known map[string]string
}

func (r *redactor) text(text string) string {
	masked, ok := r.known[text]
	if !ok {
		masked = r.mask.Text(text)
		r.known[text] = masked
	}
	return masked
}

// fix returns a fix with the secrets in its texts masked.
func (r *redactor) fix(f *model.Fix) *model.Fix {
	if f == nil {
		return nil
	}
	masked := *f
	masked.Summary = r.text(f.Summary)
	if f.Before != nil {
		masked.Before = model.Ptr(r.text(*f.Before))
	}
	if f.After != nil {
		masked.After = model.Ptr(r.text(*f.After))
	}
	return &masked
}
