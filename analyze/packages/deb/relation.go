package deb

import (
	"errors"
	"strings"
)

// Op is the sign between a package and a version in a relation.
type Op uint8

// The relations of deb-control(5). The obsolete < and > mean <= and >=.
const (
	Any Op = iota // no version is asked for
	Less
	LessEqual
	Equal
	GreaterEqual
	Greater
	NotEqual
)

// Relation is one alternative of a dependency field: "python3:any (>= 3.8)".
type Relation struct {
	Name    string // as written, so perhaps with ":any", ":native" or an architecture
	Version string // "" when Op is Any
	Op      Op
	Or      bool // another alternative follows: "a | b"
}

// errRelation says that a dependency field breaks off.
var errRelation = errors.New("malformed relation")

// appendRelations reads a Depends-like field, as far as most relations. On an
// error it returns what came before the broken part.
func appendRelations(to []Relation, field string, most int) ([]Relation, error) {
	for rest := trim(field); rest != "" && len(to) < most; {
		r, after, err := cutRelation(rest)
		if err != nil {
			return to, err
		}
		to, rest = append(to, r), after
	}
	return to, nil
}

// cutRelation reads one relation and the comma or bar after it.
func cutRelation(s string) (r Relation, rest string, err error) {
	end := strings.IndexAny(s, " \t\n\r\v\f(),|[]<>")
	if end < 0 {
		end = len(s)
	}
	if r.Name = s[:end]; r.Name == "" {
		return r, "", errRelation
	}
	s = trimLeft(s[end:])
	if strings.HasPrefix(s, "(") {
		version, after, ok := strings.Cut(s[1:], ")")
		r.Op, version = cutOp(trimLeft(version))
		if r.Version = trim(version); !ok || r.Version == "" || len(r.Version) > MaxVersion {
			return r, "", errRelation
		}
		s = trimLeft(after)
	}
	if s == "" {
		return r, "", nil
	}
	if s[0] != ',' && s[0] != '|' {
		return r, "", errRelation
	}
	r.Or = s[0] == '|'
	return r, trimLeft(s[1:]), nil
}

func cutOp(s string) (Op, string) {
	for _, sign := range []struct {
		text string
		op   Op
	}{
		{"<=", LessEqual}, {"<<", Less}, {"<", LessEqual},
		{">=", GreaterEqual}, {">>", Greater}, {">", GreaterEqual},
		{"=", Equal}, {"!=", NotEqual},
	} {
		if after, ok := strings.CutPrefix(s, sign.text); ok {
			return sign.op, after
		}
	}
	return Equal, s // apt's leniency towards "(1.0)"
}

// satisfiedBy reports whether a version will do. A provider that names no version
// ("") satisfies only a relation that asks for none.
func (r *Relation) satisfiedBy(version string) bool {
	if r.Version == "" {
		return true
	}
	if version == "" {
		return false
	}
	c := CompareVersions(version, r.Version)
	switch r.Op {
	case Less:
		return c < 0
	case LessEqual:
		return c <= 0
	case Equal:
		return c == 0
	case GreaterEqual:
		return c >= 0
	case Greater:
		return c > 0
	case NotEqual:
		return c != 0
	}
	return false
}

func trim(s string) string     { return strings.Trim(s, " \t\n\r\v\f") }
func trimLeft(s string) string { return strings.TrimLeft(s, " \t\n\r\v\f") }
