package settings

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/severity"
	"github.com/tare-oci/tare/ui/yamlnode"
)

// list reads the limits of a key of which there may be many: one, or a list.
func (p *parser) list(key, value *yaml.Node) error {
	items, err := p.words(key.Value, value, gate.Takes(key.Value))
	if err != nil {
		return err
	}
	for _, item := range items {
		bound, err := gate.ParseItem(key.Value, strings.TrimSpace(item.Value))
		if err != nil {
			return p.at(item.Line, "%s: %q cannot be; %w", key.Value, item.Value, err)
		}
		p.out.Limits = append(p.out.Limits, gate.Limit{Bound: bound, From: p.where(item.Line)})
	}
	return nil
}

// user reads who has to run the container: true, a user, or a list of them.
func (p *parser) user(key, value *yaml.Node) error {
	takes := gate.Takes(gate.NameRequireUser)
	var users []string
	for _, item := range yamlnode.Items(value) {
		text, err := p.word(key.Value, item, takes, "!!bool", "!!int")
		if err != nil {
			return err
		}
		if text == "false" {
			return nil
		}
		users = append(users, text)
	}
	if len(users) == 0 {
		return p.at(value.Line, "%s is empty; it takes %s", key.Value, takes)
	}
	p.out.Limits = append(p.out.Limits, gate.Limit{Bound: gate.ParseUser(strings.Join(users, ",")), From: p.where(key.Line)})
	return nil
}

func (p *parser) floor(value *yaml.Node) error {
	takes := gate.Takes(gate.NameFloor)
	var texts []string
	for _, item := range yamlnode.Items(value) {
		text, err := p.text(gate.NameFloor, item, takes)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	floor, err := gate.ParseFloor(strings.Join(texts, ","))
	if err != nil {
		return p.at(value.Line, "floor: %q cannot be; %w", strings.Join(texts, ","), err)
	}
	p.out.Floor = floor
	return nil
}

// severity reads how bad findings are, by rule or by kind.
func (p *parser) severity(value *yaml.Node) error {
	p.out.Severity = severity.Table{}
	return p.mapping(value, "severity", func(key, value *yaml.Node) error {
		if !slices.Contains(severity.Keys, key.Value) {
			if _, err := p.rule(key); err != nil {
				return p.unknown(key.Line, "rule or kind", key.Value, append(slices.Clone(severity.Keys), p.rules...))
			}
		}
		text, err := p.word(key.Value, value, severity.Takes)
		if err != nil {
			return err
		}
		level, err := severity.Parse(text)
		if err != nil {
			return p.at(value.Line, "%s: %q cannot be; %w", key.Value, text, err)
		}
		p.out.Severity[key.Value] = level
		return nil
	})
}

var allowanceKeys = []string{"of", "up-to", "reason", "until"}

// allowances reads what lets single growths through.
func (p *parser) allowances(list *yaml.Node) error {
	if list.Kind != yaml.SequenceNode {
		return p.at(list.Line, "allow-growth is %s; it takes a list, each entry with a reason and until when", what(list))
	}
	for _, entry := range list.Content {
		if entry.Kind != yaml.MappingNode {
			return p.at(entry.Line, "this entry is %s; write a reason and until when", what(entry))
		}
		if len(p.out.Allowed) == maxIgnores {
			return p.at(entry.Line, "this is one entry too many; tare takes %d", maxIgnores)
		}
		a, err := p.allowance(entry)
		if err != nil {
			return err
		}
		p.out.Allowed = append(p.out.Allowed, a)
	}
	return nil
}

func (p *parser) allowance(entry *yaml.Node) (gate.Allowance, error) {
	a := gate.Allowance{Where: p.where(entry.Line)}
	err := p.mapping(entry, "this entry", func(key, value *yaml.Node) error {
		switch key.Value {
		case "reason":
			return p.plain(key.Value, &a.Reason, value, "a sentence for who asks later")
		case "until":
			const takes = "the last day on which it holds, such as 2030-01-31"
			if err := p.plain(key.Value, &a.Until, value, takes); err != nil {
				return err
			}
			if _, err := time.Parse(time.DateOnly, a.Until); err != nil {
				return p.at(value.Line, "until: %q is not a date; it takes %s", a.Until, takes)
			}
			return nil
		case "of":
			var word string
			err := p.plain(key.Value, &word, value, gate.TakesAllowed)
			if err == nil {
				if a.Of, err = gate.AllowedLimit(word); err != nil {
					err = p.at(value.Line, "of: %q cannot be; %w", word, err)
				}
			}
			return err
		case "up-to":
			text, err := p.text(key.Value, value, gate.Takes(gate.NameMaxSizeGrowth))
			if err != nil {
				return err
			}
			most, err := gate.ParseGrowth(text)
			if err != nil {
				return p.at(value.Line, "up-to: %q cannot be; %w", text, err)
			}
			a.UpTo = &most
			return nil
		}
		return p.unknown(key.Line, "key of an allowance", key.Value, allowanceKeys)
	})
	switch {
	case err != nil:
		return a, err
	case a.Reason == "":
		return a, p.at(entry.Line, "this entry gives no reason; add reason: and a sentence for who asks later")
	case a.Until == "":
		return a, p.at(entry.Line, "this entry never ends; add until: and its last day")
	}
	return a, nil
}
