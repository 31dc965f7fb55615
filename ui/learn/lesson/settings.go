package lesson

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/yamlnode"
)

// minHints is how many hints a lesson must have.
const minHints = 3

// key is a setting of lesson.yaml, or of a mapping in it.
type key struct {
	name   string
	needed bool
	read   func(value *yaml.Node) error
}

// readSettings reads lesson.yaml.
func (l *Lesson) readSettings(text string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return syntaxError(err)
	}
	if len(doc.Content) == 0 {
		return &Error{File: settingsFile, What: "it is empty; it needs title, checks and hints"}
	}
	l.where = map[string]int{}
	return l.mapping(doc.Content[0], "the lesson", []key{
		{"title", true, text1(&l.Title)},
		{"minutes", true, func(n *yaml.Node) error { return number(n, &l.Minutes) }},
		{"context", false, l.readSizes},
		{"look", false, func(n *yaml.Node) error { return list(n, l.readQuestion) }},
		{"checks", true, func(n *yaml.Node) error { return list(n, l.readCheck) }},
		{"hints", true, l.hintsInto(&l.Hints, "hint")},
		{"par", false, func(n *yaml.Node) error {
			l.where["par"] = n.Line
			return bytes1(&l.Par)(n)
		}},
		{"wrong", true, func(n *yaml.Node) error { return list(n, l.readWrong) }},
		{"rules", false, texts(&l.Rules)},
		{"topics", false, texts(&l.Topics)},
		{"made-up", false, text1(&l.MadeUp)},
	})
}

var yamlLine = regexp.MustCompile(`^yaml: line ([0-9]+): (.*)$`)

func syntaxError(err error) error {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return &Error{File: settingsFile, Line: line, What: m[2]}
	}
	return &Error{File: settingsFile, What: strings.TrimPrefix(err.Error(), "yaml: ")}
}

func bad(n *yaml.Node, format string, args ...any) error {
	return &Error{File: settingsFile, Line: n.Line, What: fmt.Sprintf(format, args...)}
}

// mapping reads a YAML mapping; no key may come twice.
func (l *Lesson) mapping(n *yaml.Node, what string, keys []key) error {
	if n.Kind != yaml.MappingNode {
		return bad(n, "%s is a mapping of names and values", what)
	}
	seen := map[string]bool{}
	for name, value := range yamlnode.Pairs(n) {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == name.Value })
		switch {
		case i < 0:
			return bad(name, "%s has no %q; there are %s", what, name.Value, names(keys))
		case seen[name.Value]:
			return bad(name, "%s stands twice", name.Value)
		}
		seen[name.Value] = true
		if err := keys[i].read(value); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if k.needed && !seen[k.name] {
			return bad(n, "%s needs %s", what, k.name)
		}
	}
	return nil
}

func names(keys []key) string {
	var all []string
	for _, k := range keys {
		all = append(all, k.name)
	}
	return strings.Join(all, ", ")
}

func list(n *yaml.Node, read func(item *yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return bad(n, "this is a list with an item at least")
	}
	for _, item := range n.Content {
		if err := read(item); err != nil {
			return err
		}
	}
	return nil
}

// text1 reads one text into to.
func text1(to *string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
			return bad(n, "this is a text")
		}
		if hidden(n.Value) {
			return bad(n, "this holds a line break or a control character")
		}
		*to = strings.TrimSpace(n.Value)
		return nil
	}
}

func texts(to *[]string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		items := yamlnode.Items(n)
		if len(items) == 0 {
			return bad(n, "this is a list with an item at least")
		}
		for _, item := range items {
			var one string
			if err := text1(&one)(item); err != nil {
				return err
			}
			*to = append(*to, one)
		}
		return nil
	}
}

func number(n *yaml.Node, to *int) error {
	value, err := strconv.Atoi(n.Value)
	if err != nil || value < 1 {
		return bad(n, "%q is not a number of one or more", n.Value)
	}
	*to = value
	return nil
}

func bytes1(to *int64) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		value, err := gate.ParseBytes(n.Value)
		if err != nil {
			return bad(n, "%q is no size such as 20MB", n.Value)
		}
		*to = value
		return nil
	}
}

// readSizes reads the sizes of those build context files whose content does not matter.
func (l *Lesson) readSizes(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return bad(n, "context is a mapping of paths and sizes")
	}
	for name, size := range yamlnode.Pairs(n) {
		if clean := path.Clean(name.Value); clean != name.Value || path.IsAbs(clean) || strings.HasPrefix(clean, "..") {
			return bad(name, "%q is no path of a file in the build context", name.Value)
		}
		var f replay.File
		if err := bytes1(&f.Size)(size); err != nil {
			return err
		}
		if f.Size > maxContextFile {
			return bad(size, "a file of the build context is at most 1 GB large")
		}
		l.Context[name.Value] = f
	}
	return nil
}

const maxContextFile = 1_000_000_000

// hintsInto reads the hints of the lesson or of a question; part is what errors find
// their lines by.
func (l *Lesson) hintsInto(to *[]string, part string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := texts(to)(n); err != nil {
			return err
		}
		if len(*to) < minHints {
			return bad(n, "hints are %d or more, each telling more than the one before; there are %d", minHints, len(*to))
		}
		for i, item := range yamlnode.Items(n) {
			l.where[fmt.Sprintf("%s %d", part, i)] = item.Line
		}
		return nil
	}
}

func (l *Lesson) readQuestion(n *yaml.Node) error {
	var q Question
	err := l.mapping(n, "a question", []key{
		{"ask", true, text1(&q.Ask)},
		{"answer", true, func(v *yaml.Node) error {
			var err error
			if q.Answer, err = parseAnswer(v.Value); err != nil {
				return bad(v, "%v", err)
			}
			return nil
		}},
		{"hints", true, l.hintsInto(&q.Hints, fmt.Sprintf("look %d hint", len(l.Look)))},
		{"because", true, text1(&q.Because)},
		{"else", true, text1(&q.Else)},
	})
	if err != nil {
		return err
	}
	l.where[fmt.Sprintf("look %d", len(l.Look))] = n.Line
	l.Look = append(l.Look, q)
	return nil
}

func (l *Lesson) readWrong(n *yaml.Node) error {
	var w Wrong
	err := l.mapping(n, "a wrong solution", []key{
		{"name", true, text1(&w.Name)},
		{"fails", true, func(v *yaml.Node) error {
			if !slices.ContainsFunc(l.Checks, func(c Check) bool { return c.ID == v.Value }) && v.Value != BuildFails {
				return bad(v, "there is no check %q above", v.Value)
			}
			w.Fails = v.Value
			return nil
		}},
	})
	if err != nil {
		return err
	}
	if strings.ContainsAny(w.Name, `/\`) || w.Name == "." || w.Name == ".." {
		return bad(n, "%q is no name of a directory in wrong", w.Name)
	}
	l.where["wrong "+w.Name] = n.Line
	l.Wrong = append(l.Wrong, w)
	return nil
}

// errorAt returns an error about a part of lesson.yaml, with its line.
func (l *Lesson) errorAt(part, format string, args ...any) error {
	return &Error{File: settingsFile, Line: l.where[part], What: fmt.Sprintf(format, args...)}
}

var errNoAnswer = errors.New(`an answer is "line 3", "path /var/lib/x", "wasted", "size" or "package gcc"`)
