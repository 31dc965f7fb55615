package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/ui/nearest"
)

// parser reads one file into out. Its errors name file and line.
type parser struct {
	file  string
	rules []string
	out   *Settings
}

// at says something of a line.
func (p *parser) at(line int, format string, args ...any) error {
	return fmt.Errorf("%s: %w", p.where(line), fmt.Errorf(format, args...))
}

func (p *parser) where(line int) string { return fmt.Sprintf("%s:%d", p.file, line) }

// yamlLine is where the YAML library says that something is wrong.
var yamlLine = regexp.MustCompile(`^yaml: line ([0-9]+): `)

// document reads the one document of a file; a file with nothing in it is an
// empty mapping.
func (p *parser) document(text []byte) (*yaml.Node, error) {
	empty := &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return empty, nil
	case err != nil:
		return nil, p.broken(err)
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, p.at(more.Line, "a second document starts here; keep one")
	} else if !errors.Is(err, io.EOF) {
		return nil, p.broken(err)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return empty, nil
	}
	return doc.Content[0], nil
}

// broken says that a file is no YAML, and where.
func (p *parser) broken(err error) error {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: it is no YAML: %s; mend that line or one above it", p.file, m[1], strings.TrimPrefix(text, m[0]))
	}
	return fmt.Errorf("%s: it is no YAML: %s; mend it", p.file, strings.TrimPrefix(text, "yaml: "))
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// what names the kind of a node for a person.
func what(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if isNull(n) {
		return "nothing"
	}
	return "a text"
}

// mapping calls read for each key of a mapping. No key stands twice.
func (p *parser) mapping(n *yaml.Node, of string, read func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return p.at(n.Line, "%s is %s; write keys and values, such as %s", of, what(n), example)
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return p.at(key.Line, "a key is %s; write a name, such as %s", what(key), example)
		}
		if first, twice := lines[key.Value]; twice {
			return p.at(key.Line, "%s stands in line %d already; keep one of them", key.Value, first)
		}
		lines[key.Value] = key.Line
		if err := read(key, value); err != nil {
			return err
		}
	}
	return nil
}

const example = "min-efficiency: 0.95"

// text reads a scalar as it is written: 0.95 and "0.95" are the same.
func (p *parser) text(key string, n *yaml.Node, takes string) (string, error) {
	if n.Kind != yaml.ScalarNode || isNull(n) || n.Value == "" {
		is := what(n)
		if n.Kind == yaml.ScalarNode {
			is = "empty"
		}
		return "", p.at(n.Line, "%s is %s; it takes %s", key, is, takes)
	}
	return n.Value, nil
}

// texts reads a list of scalars, or one.
func (p *parser) texts(key string, n *yaml.Node, takes string) ([]*yaml.Node, error) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, item := range items {
		if _, err := p.text(key, item, takes); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// unknown says that a word is none of names, and which it may be.
func (p *parser) unknown(line int, kind, word string, names []string) error {
	if near := nearest.Name(strings.ToLower(word), names); near != "" {
		return p.at(line, "there is no %s %q; did you mean %s?", kind, word, near)
	}
	return p.at(line, "there is no %s %q; there are %s", kind, word, strings.Join(names, ", "))
}

// rule reads the id of a rule.
func (p *parser) rule(n *yaml.Node) (string, error) {
	for _, id := range p.rules {
		if id == n.Value {
			return id, nil
		}
	}
	if near := nearest.Name(strings.ToLower(n.Value), p.rules); near != "" {
		return "", p.at(n.Line, "there is no rule %q; did you mean %s?", n.Value, near)
	}
	return "", p.at(n.Line, "there is no rule %q; tare explain lists them", n.Value)
}
