package rules

import (
	"cmp"
	"fmt"

	"github.com/tare-oci/tare/model"
)

// observations asks the rules that look at the config and the tree, and at the pods that run
// the image, in the catalogue's order. Their findings have no bytes, verdict or cause and hold
// no versions.
func (c *Claims) observations() (findings []model.Finding) {
	c.held = make(map[int][]string)
	c.settled, c.podIDs = make(map[int][]model.Settled), make(map[string]int)
	for i := range c.catalogue {
		rule := &c.catalogue[i]
		if len(c.build.Pods) > 0 && (rule.InPod != nil || rule.ObservePod != nil) {
			findings = append(findings, c.podFindings(rule)...)
			continue
		}
		if rule.Observe == nil {
			continue
		}
		for _, o := range rule.Observe(c.build, c.tree) {
			findings = append(findings, c.observed(rule, &o))
		}
	}
	return findings
}

// observed makes a finding of an observation.
func (c *Claims) observed(rule *Rule, o *Observation) model.Finding {
	f := model.Finding{
		ID: rule.ID, Rule: rule.ID, Title: cmp.Or(o.Title, rule.Title), Confidence: cmp.Or(o.Confidence, rule.Confidence),
		CompressedBytes: model.Ptr(int64(0)), Layer: o.Layer, Instruction: o.Instruction,
		Paths: append([]string{}, o.Paths[:min(len(o.Paths), model.MaxFindingPaths)]...), Packages: []string{}, Fix: c.mask.fix(o.Fix),
	}
	switch {
	case o.Layer != nil:
		f.ID = fmt.Sprintf("%s@%d", rule.ID, *o.Layer)
		if o.Part != "" {
			f.ID += "-" + o.Part
		}
		f.Instruction, f.Inherited = c.build.Layers[*o.Layer].Instruction, c.build.Layers[*o.Layer].Inherited
	case o.Instruction != nil:
		f.ID = fmt.Sprintf("%s#%d", rule.ID, *o.Instruction)
		f.Inherited = c.build.Instructions[*o.Instruction].Inherited
	}
	return f
}
