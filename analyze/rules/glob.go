package rules

import (
	"path"
	"strings"
)

// globPlace is a name of a pattern that holds *, ?, [ ] or ends in #, and where it
// leads.
type globPlace struct {
	kind      globKind
	text, end string
	at        *place
}

type globKind uint8

const (
	anyName   globKind = iota // *
	byPrefix                  // text*
	byEnds                    // text*end, text may be ""
	byDigits                  // text#: text and digits to the end
	byPattern                 // whatever path.Match knows
)

func globOf(name string) globPlace {
	text, end, star := strings.Cut(name, "*")
	switch {
	case name == "*":
		return globPlace{kind: anyName}
	case strings.HasSuffix(name, "#"):
		return globPlace{kind: byDigits, text: strings.TrimSuffix(name, "#")}
	case !star || strings.ContainsAny(text+end, `*?[\`):
		return globPlace{kind: byPattern, text: name}
	case end == "":
		return globPlace{kind: byPrefix, text: text}
	}
	return globPlace{kind: byEnds, text: text, end: end}
}

func (g *globPlace) matches(name []byte) bool {
	switch g.kind {
	case anyName:
		return true
	case byPrefix:
		return len(name) >= len(g.text) && string(name[:len(g.text)]) == g.text
	case byEnds:
		least := len(g.text) + len(g.end)
		return len(name) >= max(least, len(g.end)+1) && string(name[:len(g.text)]) == g.text && string(name[len(name)-len(g.end):]) == g.end
	case byDigits:
		n := len(g.text)
		return len(name) > n && string(name[:n]) == g.text && strings.Trim(string(name[n:]), "0123456789") == ""
	}
	ok, err := path.Match(g.text, string(name))
	return err == nil && ok
}

func matchesName(pattern, name string) bool {
	if !strings.ContainsAny(pattern, `*?[#\`) {
		return pattern == name
	}
	g := globOf(pattern)
	return g.matches([]byte(name))
}
