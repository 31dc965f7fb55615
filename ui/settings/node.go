package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/ui/yamlnode"
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
		return nil, p.broken(err, text)
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, p.at(more.Line, "a second document starts here; keep one")
	} else if !errors.Is(err, io.EOF) {
		return nil, p.broken(err, text)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return empty, nil
	}
	return doc.Content[0], nil
}

// unknownAnchor is what the YAML library says of an alias to nothing.
var unknownAnchor = regexp.MustCompile(`^unknown anchor '([^']+)'`)

// broken says that a file is no YAML, and where. The library names no line where
// it is the first, and none for characters and anchors that it does not know.
func (p *parser) broken(err error, text []byte) error {
	reason, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		reason = strings.TrimPrefix(err.Error(), m[0])
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	} else if m := unknownAnchor.FindStringSubmatch(reason); m != nil {
		line = lineOf(text, bytes.Index(text, []byte("*"+m[1])))
	} else {
		line = lineOf(text, firstOdd(text))
	}
	return p.at(line, "it is not valid YAML: %s; check that line and those above it", reason)
}

// lineOf is the line in which a byte stands, the first where that is -1.
func lineOf(text []byte, at int) int { return 1 + bytes.Count(text[:max(at, 0)], []byte("\n")) }

// firstOdd is the position of the first character that YAML does not allow, or
// byte that is none; -1 where there is none.
func firstOdd(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' && r != '\u0085' {
			return i
		}
		i += size
	}
	return -1
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

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
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!str", "!!timestamp":
		return "a text"
	}
	return "of the type " + n.ShortTag()
}

// mapping calls read for each key of a mapping. No key stands twice.
func (p *parser) mapping(n *yaml.Node, of string, read func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return p.at(n.Line, "%s is %s; write keys and values, such as %s", of, what(n), example)
	}
	lines := map[string]int{}
	for key, value := range yamlnode.Pairs(n) {
		if key.Kind != yaml.ScalarNode {
			return p.at(key.Line, "a key is %s; write a name, such as %s", what(key), example)
		}
		if first, twice := lines[key.Value]; twice {
			return p.at(key.Line, "%s is already set in line %d; keep one of them", key.Value, first)
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
	text := strings.TrimSpace(n.Value)
	if n.Kind != yaml.ScalarNode || isNull(n) || text == "" {
		is := what(n)
		if n.Kind == yaml.ScalarNode {
			is = "empty"
		}
		return "", p.at(n.Line, "%s is %s; it takes %s", key, is, takes)
	}
	return text, nil
}

// word reads a scalar that is a text, a date too, and not a number or the like
// that happens to be written as one. Types that are as good are in also.
func (p *parser) word(key string, n *yaml.Node, takes string, also ...string) (string, error) {
	text, err := p.text(key, n, takes)
	if tag := n.ShortTag(); err == nil && tag != "!!str" && tag != "!!timestamp" && !slices.Contains(also, tag) {
		err = p.at(n.Line, "%s is %s; it takes %s; in quotes it is a text", key, what(n), takes)
	}
	return text, err
}

// words reads a list of texts, or one.
func (p *parser) words(key string, n *yaml.Node, takes string) ([]*yaml.Node, error) {
	items := yamlnode.Items(n)
	for _, item := range items {
		if _, err := p.word(key, item, takes); err != nil {
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
