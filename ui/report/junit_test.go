package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// node is an element of an XML document.
type node struct {
	name     string
	attr     map[string]string
	children []*node
	text     string
}

func parseXML(text string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	root := &node{}
	stack := []*node{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return root.children[0], nil
		} else if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch e := token.(type) {
		case xml.StartElement:
			n := &node{name: e.Name.Local, attr: map[string]string{}}
			for _, a := range e.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(e)
		}
	}
}

// find returns the children with a name, none for no node.
func (n *node) find(name string) (found []*node) {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

func (n *node) first(name string) *node {
	if found := n.find(name); len(found) > 0 {
		return found[0]
	}
	return nil
}

// xsd is as much of XML Schema as testdata/junit/JUnit.xsd makes use of; what it
// does not know, it fails on.
type xsd struct{ root *node }

func (x xsd) named(kind, name string) *node {
	for _, n := range x.root.find(kind) {
		if n.attr["name"] == name {
			return n
		}
	}
	return nil
}

// check validates a document from its top element on.
func (x xsd) check(doc *node) error {
	decl := x.named("element", doc.name)
	if decl == nil {
		return fmt.Errorf("no element %s", doc.name)
	}
	return x.element(decl, doc)
}

func (x xsd) element(decl, n *node) error {
	if name := decl.attr["type"]; name != "" {
		if complexType := x.named("complexType", name); complexType != nil {
			return x.complex(complexType, n)
		}
		return x.simple(name, n.text)
	}
	if c := decl.first("complexType"); c != nil {
		return x.complex(c, n)
	}
	if s := decl.first("simpleType"); s != nil {
		return x.restricted(s, n.text)
	}
	return nil // of any type
}

// complex checks attributes and children.
func (x xsd) complex(t, n *node) error {
	attributes, content := map[string]*node{}, []*node(nil)
	for part := t; part != nil; {
		for _, a := range part.find("attribute") {
			attributes[a.attr["name"]] = a
		}
		for _, c := range part.children {
			if c.name == "sequence" || c.name == "choice" {
				content = append(content, c)
			}
		}
		extension := part.first("complexContent").first("extension")
		if extension == nil {
			extension = part.first("simpleContent").first("extension")
		}
		if extension != nil {
			for _, a := range extension.find("attribute") {
				attributes[a.attr["name"]] = a
			}
			part = x.named("complexType", extension.attr["base"])
			continue
		}
		part = nil
	}
	for name, a := range attributes {
		value, there := n.attr[name]
		if !there {
			if a.attr["use"] == "required" {
				return fmt.Errorf("%s lacks %s", n.name, name)
			}
			continue
		}
		err := error(nil)
		if kind := a.attr["type"]; kind != "" {
			err = x.simple(kind, value)
		} else if s := a.first("simpleType"); s != nil {
			err = x.restricted(s, value)
		}
		if err != nil {
			return fmt.Errorf("%s: %s: %w", n.name, name, err)
		}
	}
	for name := range n.attr {
		if attributes[name] == nil {
			return fmt.Errorf("%s may have no %s", n.name, name)
		}
	}
	rest := n.children
	for _, c := range content {
		var err error
		if rest, err = x.particle(c, rest); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s: %s is not expected", n.name, rest[0].name)
	}
	return nil
}

// particle takes what a sequence, a choice or an element allows off the front.
func (x xsd) particle(p *node, rest []*node) ([]*node, error) {
	least, most := 1, 1
	if v, ok := p.attr["minOccurs"]; ok {
		least, _ = strconv.Atoi(v)
	}
	if v := p.attr["maxOccurs"]; v == "unbounded" {
		most = len(rest)
	}
	for n := 0; n < max(most, least); n++ {
		left, err := x.once(p, rest)
		if err != nil {
			if n < least || len(rest) > 0 && rest[0].name == p.attr["name"] {
				return nil, err
			}
			return rest, nil
		}
		rest = left
	}
	return rest, nil
}

func (x xsd) once(p *node, rest []*node) ([]*node, error) {
	switch p.name {
	case "element":
		if len(rest) == 0 || rest[0].name != p.attr["name"] {
			return nil, fmt.Errorf("no %s", p.attr["name"])
		}
		return rest[1:], x.element(p, rest[0])
	case "sequence":
		for _, c := range p.children {
			var err error
			if rest, err = x.particle(c, rest); err != nil {
				return nil, err
			}
		}
		return rest, nil
	case "choice":
		for _, c := range p.find("element") {
			if len(rest) > 0 && rest[0].name == c.attr["name"] {
				return x.particle(c, rest)
			}
		}
		return nil, fmt.Errorf("none of the choice")
	}
	return nil, fmt.Errorf("the schema's %s is not known", p.name)
}

// simple checks a value against a type by its name.
func (x xsd) simple(kind, value string) error {
	pattern, ok := map[string]string{"xs:string": `(?s).*`, "xs:token": `(?s).*`, "xs:int": `-?[0-9]{1,9}`, "xs:decimal": `-?[0-9]+(\.[0-9]+)?`, "xs:dateTime": `[0-9]{4}-.*`}[kind]
	if !ok {
		if s := x.named("simpleType", kind); s != nil {
			return x.restricted(s, value)
		}
		return fmt.Errorf("the schema's type %s is not known", kind)
	}
	if !regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(value) {
		return fmt.Errorf("%q is no %s", value, kind)
	}
	return nil
}

func (x xsd) restricted(s *node, value string) error {
	r := s.first("restriction")
	if err := x.simple(r.attr["base"], value); err != nil {
		return err
	}
	if p := r.first("pattern"); p != nil && !regexp.MustCompile("^(?:"+p.attr["value"]+")$").MatchString(value) {
		return fmt.Errorf("%q is not %s", value, p.attr["value"])
	}
	if m := r.first("minLength"); m != nil && value == "" {
		return fmt.Errorf("it is empty")
	}
	return nil
}

func antSchema(t testing.TB) xsd {
	t.Helper()
	text, err := os.ReadFile("testdata/junit/JUnit.xsd")
	if err != nil {
		t.Fatal(err)
	}
	root, err := parseXML(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return xsd{root}
}

func (x xsd) validate(text string) error {
	doc, err := parseXML(text)
	if err != nil {
		return err
	}
	return x.check(doc)
}

func TestJUnitFollowsTheSchema(t *testing.T) {
	x := antSchema(t)
	for name, r := range map[string]*model.Report{"sample": reporttest.Sample(), "located": reporttest.Located(), "clean": reporttest.Clean(), "hostile": reporttest.Hostile(), "empty": {}} {
		for _, check := range []*model.Check{nil, reporttest.Judged(), {}} {
			if err := x.validate(reporttest.Render(t, machines(check)["junit"], r)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for change, bad := range spoiltJUnit(t) {
		if x.validate(bad) == nil {
			t.Errorf("the schema takes %s", change)
		}
	}
}

// spoiltJUnit are documents with one thing wrong each, by what that is.
func spoiltJUnit(t *testing.T) map[string]string {
	t.Helper()
	good := reporttest.Render(t, machines(reporttest.Judged())["junit"], reporttest.Located())
	out := map[string]string{}
	for _, c := range [][2]string{
		{` hostname="localhost"`, ""}, {`<system-out></system-out>`, ""}, {`timestamp="2026-03-01T12:30:00"`, `timestamp="2026-03-01T12:30:00Z"`}, {`tests="3"`, `tests="three"`},
		{`time="0"`, `time="0" more="1"`}, {`<skipped `, `<passed `}, {`name="gate"`, `name=""`}, {`type="max-wasted"`, ``}, {`<testsuites>`, `<suites>`},
	} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if strings.HasPrefix(c[0], "<skipped") {
			bad = strings.Replace(bad, "</skipped>", "</passed>", 1)
		} else if strings.HasPrefix(c[0], "<testsuites") {
			bad = strings.Replace(bad, "</testsuites>", "</suites>", 1)
		}
		if bad == good {
			t.Errorf("there is no %s", c[0])
		}
		out[c[1]+" for "+c[0]] = bad
	}
	return out
}

// The counts are those of the cases, and the cases fail exactly when the gate
// does.
func TestJUnitCases(t *testing.T) {
	passed := reporttest.Judged()
	passed.Passed, passed.Thresholds[0].Passed = true, true
	for _, c := range []struct {
		check    *model.Check
		failures []string
	}{
		{nil, []string{"apt-lists", "apt-recommends"}},
		{reporttest.Judged(), []string{"max-wasted", "apt-recommends", "metadata-copy"}},
		{passed, nil},
	} {
		doc, err := parseXML(reporttest.Render(t, machines(c.check)["junit"], reporttest.Located()))
		if err != nil {
			t.Fatal(err)
		}
		var failures []string
		for _, suite := range doc.find("testsuite") {
			failed, skipped := 0, 0
			for _, test := range suite.find("testcase") {
				if f := test.first("failure"); f != nil {
					failed++
					failures = append(failures, test.attr["name"])
					if !strings.Contains(f.text, "images/api/Dockerfile:") || !strings.Contains(f.text, "\n+ ") || !strings.Contains(f.text, "\nFrom step ") {
						t.Errorf("%s fails without place, instruction or fix:\n%s", test.attr["name"], f.text)
					}
				}
				skipped += len(test.find("skipped"))
			}
			got := suite.attr["tests"] + suite.attr["failures"] + suite.attr["skipped"]
			if want := fmt.Sprint(len(suite.find("testcase"))) + fmt.Sprint(failed) + fmt.Sprint(skipped); got != want {
				t.Errorf("%s counts %s, not %s", suite.attr["name"], got, want)
			}
		}
		if diff := cmp.Diff(c.failures, failures); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
