package settings

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"
)

// place is how an error begins.
var place = regexp.MustCompile(`^the\.file:([0-9]+): .`)

// hold checks an error of Parse: it names the file and a line that there is, or
// the one behind the last.
func hold(t *testing.T, text []byte, err error) {
	t.Helper()
	m := place.FindStringSubmatch(err.Error())
	if m == nil {
		t.Fatalf("%q: no file and line: %v", text, err)
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		text = bytes.ReplaceAll(text, []byte{0}, nil) // UTF-16
	}
	lines := 2
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} { // as YAML has it
		lines += bytes.Count(text, []byte(end))
	}
	if line, err := strconv.Atoi(m[1]); err != nil || line < 1 || line > lines {
		t.Fatalf("%q: there is no line %s", text, m[1])
	}
}

// FuzzTare holds that whatever stands in a file, reading it ends in settings or
// in an error that says where.
func FuzzTare(f *testing.F) {
	for text := range judged {
		f.Add([]byte(text))
	}
	for _, text := range []string{"a: *b", "\xff", "max-size: \x01", "a: [", "---\n---\n", "? - a\n: b", "!!binary x: y", "%YAML 9.9\n---\n", "\t- x", "a: &a [*a]", "<<: {a: b}", "\xff\xfea\x00"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("the.file", text, rules)
		if err != nil {
			hold(t, text, err)
			return
		}
		for _, l := range s.Limits {
			if place.FindString(l.From+": x") == "" && !s.Dive {
				t.Fatalf("%q: a limit from %q", text, l.From)
			}
		}
		for _, g := range s.Ignores {
			if g.Reason == "" || g.Rule+g.Path+g.Package == "" {
				t.Fatalf("%q: %+v", text, g)
			}
		}
	})
}

// FuzzDive is FuzzTare for a .dive-ci.
func FuzzDive(f *testing.F) {
	for _, text := range []string{
		"", "rules:", "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20Mb\n  highestUserWastedPercent: 0.5\n  plugin1/rule1: error\n",
		"rules: {lowest-efficiency: off}", "rules: [a]", "rules: {lowestEfficiency: [1]}", "rules: {lowestEfficiency: 2}", "- a", "rules: {? [a] : b}", "rules: &r {a: *r}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseAs("the.file", text, true)
		if err != nil {
			hold(t, text, err)
			return
		}
		if !s.Dive || len(s.Limits) > 3 || len(s.Notes) == 0 {
			t.Fatalf("%q: %+v", text, s)
		}
	})
}

// parseAs is Parse for a file of any name.
func parseAs(name string, text []byte, dive bool) (*Settings, error) {
	p := parser{file: name, rules: rules, out: &Settings{File: name, Dive: dive}}
	top, err := p.document(text)
	if err == nil {
		err = p.dive(top)
	}
	return p.out, err
}
