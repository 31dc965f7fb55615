package settings

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// diveRule is one of dive's three rules.
type diveRule struct {
	name, kebab string // dive reads both, in any case; where both stand, the first counts
	standard    string // its value where the file says nothing
	limit       string // tare's
	scope       string
}

var diveRules = []diveRule{
	{"lowestEfficiency", "lowest-efficiency", "0.9", gate.NameMinEfficiency, model.ScopeAll},
	{"highestWastedBytes", "highest-wasted-bytes", "disabled", gate.NameMaxWasted, model.ScopeAll},
	{"highestUserWastedPercent", "highest-user-wasted-percent", "0.1", gate.NameMaxWasted, model.ScopeOwn},
}

// diveMeaning is told once: the same numbers are held against other figures.
const diveMeaning = "dive's rules are checked against tare's figures: dive counts every copy of a path that is stored more than once, including the one in use, " +
	"but no leftovers; tare counts what no container can use, and leftovers. lowestEfficiency and highestWastedBytes apply to the whole image, " +
	"highestUserWastedPercent to what is above the base"

// looksLikeDive reports whether a file of another name is dive's.
func (p *parser) looksLikeDive(top *yaml.Node) bool {
	if top.Kind != yaml.MappingNode {
		return false
	}
	rules := false
	for i := 0; i+1 < len(top.Content); i += 2 {
		if slices.Contains(Keys, top.Content[i].Value) {
			return false
		}
		rules = rules || top.Content[i].Value == "rules" && top.Content[i+1].Kind == yaml.MappingNode
	}
	return rules
}

// dive reads a .dive-ci. Dive passes over what it does not know; so does this,
// but it tells of a rule that is passed over.
func (p *parser) dive(top *yaml.Node) error {
	values := map[string]*yaml.Node{}
	err := p.mapping(top, "the file", func(key, value *yaml.Node) error {
		if !strings.EqualFold(key.Value, "rules") || isNull(value) {
			return nil
		}
		return p.mapping(value, "rules", func(key, value *yaml.Node) error {
			if !isNull(value) {
				values[strings.ToLower(key.Value)] = value
			}
			p.noteUnknownRule(key)
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, rule := range diveRules {
		value := values[strings.ToLower(rule.name)]
		if value == nil {
			value = values[rule.kebab]
		}
		if err := p.diveLimit(rule, value); err != nil {
			return err
		}
	}
	p.out.Notes = append(p.out.Notes, p.file+": "+diveMeaning)
	if len(p.out.Limits) == 0 {
		p.out.Notes = append(p.out.Notes, p.file+": all rules are disabled")
	}
	return nil
}

// noteUnknownRule notes a rule that dive does not have.
func (p *parser) noteUnknownRule(key *yaml.Node) {
	var names []string
	for _, rule := range diveRules {
		names = append(names, rule.name, rule.kebab)
	}
	if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, key.Value) }) {
		return
	}
	note := p.where(key.Line) + ": " + key.Value + " is not one of dive's rules, so tare ignores it"
	if near := nearest.Name(key.Value, names); near != "" {
		note += "; did you mean " + near + "?"
	}
	p.out.Notes = append(p.out.Notes, note)
}

// diveLimit turns one of dive's rules into a limit; nil is dive's default.
func (p *parser) diveLimit(rule diveRule, value *yaml.Node) error {
	text, from, line := rule.standard, p.file+" (dive's default)", 1
	if value != nil {
		if value.Kind != yaml.ScalarNode {
			return p.at(value.Line, "%s is %s; it takes a number such as %s, or disabled", rule.name, what(value), rule.standard)
		}
		text, from, line = value.Value, p.where(value.Line), value.Line
	}
	switch text = strings.TrimSpace(text); strings.ToLower(text) {
	case "", "disabled", "off", "false":
		return nil
	}
	var bound gate.Bound
	if rule.name == "highestWastedBytes" {
		n, err := gate.ParseBytes(text)
		if err != nil {
			return p.at(line, "%s: %q is not valid; %w, or disabled", rule.name, text, err)
		}
		bound = gate.MaxWasted{Bytes: n}
	} else {
		share, err := gate.ParseShare(text)
		if err != nil {
			return p.at(line, "%s: %q is not valid; %w, or disabled", rule.name, text, err)
		}
		bound = gate.MinEfficiency(share)
		if rule.limit == gate.NameMaxWasted {
			bound = gate.MaxWasted{Share: share, IsShare: true}
		}
	}
	p.out.Limits = append(p.out.Limits, gate.Limit{Bound: bound, Scope: rule.scope, From: from})
	return nil
}
