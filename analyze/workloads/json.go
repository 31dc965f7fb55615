package workloads

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxNodes is how many values one JSON object may have.
const maxNodes = 500_000

var (
	errTooMany = errors.New("it has too many values for a Kubernetes object")
	errTooDeep = errors.New("its values are too deep inside each other")
)

// jsonReader turns JSON into nodes that have lines. The YAML library would not do: it knows no
// surrogate pairs.
type jsonReader struct {
	*json.Decoder
	text  []byte
	at    int64 // up to where lines is counted
	lines int   // line breaks of the file before at
	left  int   // nodes that the object may still have
}

// json reads a stream of JSON objects, and reports whether that is what it is. The items
// of a list are read one by one.
func (r *reader) json(p part) bool {
	j := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(p.text)), text: p.text, lines: p.lines}
	j.UseNumber()
	for first := true; ; first = false {
		token, err := j.Token()
		if err == io.EOF {
			return true
		}
		if err == nil {
			err = r.jsonValue(j, token)
		}
		switch {
		case err == nil:
			continue
		case first && yamlFlow(p.text):
			return false
		case r.named || mentions(p.text, jsonWords):
			r.brokenJSON(j, err)
		}
		return true
	}
}

// brokenJSON says what is wrong, and where.
func (r *reader) brokenJSON(j *jsonReader, err error) {
	reason := err.Error()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		j.count(min(syntax.Offset, int64(len(j.text))))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || reason == "unexpected end of JSON input" {
		reason = "it ends in the middle"
		j.count(int64(len(bytes.TrimRight(j.text, " \t\r\n"))))
	}
	r.problem(j.lines+1, "it is not valid JSON: "+reason, "check that line and those above it")
}

// yamlFlow reports whether a text that starts with a brace is YAML, not broken JSON.
func yamlFlow(text []byte) bool {
	var n yaml.Node
	return !looksJSON.Match(text) && len(text) <= maxObject && yaml.Unmarshal(text, &n) == nil
}

var looksJSON = lazyregexp.New(`^\s*\{\s*"`)

// jsonValue reads the value at the top of a stream that starts with a token.
func (r *reader) jsonValue(j *jsonReader, token json.Token) error {
	j.left = maxNodes
	if token != json.Delim('{') {
		n, err := j.node(token, 0)
		if err == nil {
			r.object(n, "")
		}
		return err
	}
	top := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: j.line()}
	kind := ""
	for j.More() {
		key, err := j.key()
		if err != nil {
			return err
		}
		token, err := j.Token()
		if err != nil {
			return err
		}
		if key.Value == "items" && token == json.Delim('[') {
			r.seen = true
			if err := r.jsonItems(j, kind); err != nil {
				return err
			}
			continue
		}
		value, err := j.node(token, 1)
		if err != nil {
			return err
		}
		if key.Value == "kind" {
			kind = value.Value
		}
		top.Content = append(top.Content, key, value)
	}
	_, err := j.Token()
	r.object(top, "")
	return err
}

// jsonItems reads the items of a list.
func (r *reader) jsonItems(j *jsonReader, kind string) error {
	kind, _ = strings.CutSuffix(kind, "List") // List itself says nothing of its items
	for j.More() {
		j.left = maxNodes
		token, err := j.Token()
		if err != nil {
			return err
		}
		n, err := j.node(token, 1)
		if err != nil {
			return err
		}
		r.object(n, kind)
	}
	_, err := j.Token()
	return err
}

func (j *jsonReader) key() (*yaml.Node, error) {
	token, err := j.Token()
	if err != nil {
		return nil, err
	}
	key, ok := token.(string)
	if !ok {
		return nil, fmt.Errorf("a key is %v", token)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: j.line()}, nil
}

// node reads the value that starts with a token.
func (j *jsonReader) node(token json.Token, depth int) (*yaml.Node, error) {
	if j.left--; j.left < 0 {
		return nil, errTooMany
	}
	if depth > maxJSONDepth {
		return nil, errTooDeep
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: j.line()}
	switch t := token.(type) {
	case string:
		n.Tag, n.Value = "!!str", t
	case json.Number:
		n.Tag, n.Value = "!!float", t.String()
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	case nil:
		n.Tag, n.Value = "!!null", "null"
	case json.Delim:
		return n, j.fill(n, t, depth)
	}
	return n, nil
}

// maxJSONDepth is how many objects and arrays may be inside each other.
const maxJSONDepth = 1000

// fill reads what is inside an object or array.
func (j *jsonReader) fill(n *yaml.Node, open json.Delim, depth int) error {
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if open == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for j.More() {
		if open == '{' {
			key, err := j.key()
			if err != nil {
				return err
			}
			n.Content = append(n.Content, key)
		}
		token, err := j.Token()
		if err != nil {
			return err
		}
		value, err := j.node(token, depth+1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, value)
	}
	_, err := j.Token()
	return err
}

// line is where the decoder is.
func (j *jsonReader) line() int {
	j.count(j.InputOffset())
	return j.lines + 1
}

func (j *jsonReader) count(to int64) {
	if to > j.at {
		j.lines += bytes.Count(j.text[j.at:to], []byte("\n"))
		j.at = to
	}
}
