package pattern

import (
	"bytes"
	"path"
	"strings"
)

// globEdge is a name of a pattern that holds *, ?, [ ] or ends in #, and the node
// that it leads to.
type globEdge struct {
	kind              globKind
	text, middle, end string
	at                *trie
}

type globKind uint8

const (
	anyName   globKind = iota // *
	byPrefix                  // text*
	byEnds                    // text*end, text may be ""
	byMiddle                  // text*middle*end, any of them may be ""
	byDigits                  // text#: text and digits to the end
	byPattern                 // whatever path.Match knows
)

// globOf sorts a name of a pattern into the kind that is cheapest to compare.
func globOf(name string) globEdge {
	text, end, star := strings.Cut(name, "*")
	switch {
	case name == "*":
		return globEdge{kind: anyName}
	case strings.HasSuffix(name, "#"):
		return globEdge{kind: byDigits, text: strings.TrimSuffix(name, "#")}
	case !star || strings.ContainsAny(text+end, `?[\`) || strings.Count(end, "*") > 1:
		return globEdge{kind: byPattern, text: name}
	case end == "":
		return globEdge{kind: byPrefix, text: text}
	}
	if middle, end, more := strings.Cut(end, "*"); more {
		return globEdge{kind: byMiddle, text: text, middle: middle, end: end}
	}
	return globEdge{kind: byEnds, text: text, end: end}
}

// matches reports whether a name of a path is one that the glob stands for.
func (g *globEdge) matches(name []byte) bool {
	switch g.kind {
	case anyName:
		return true
	case byPrefix:
		return len(name) >= len(g.text) && string(name[:len(g.text)]) == g.text
	case byEnds:
		least := len(g.text) + len(g.end)
		return len(name) >= max(least, len(g.end)+1) && string(name[:len(g.text)]) == g.text && string(name[len(name)-len(g.end):]) == g.end
	case byMiddle:
		n := len(name) - len(g.end)
		return n >= len(g.text) && string(name[:len(g.text)]) == g.text && string(name[n:]) == g.end && bytes.Contains(name[len(g.text):n], []byte(g.middle))
	case byDigits:
		n := len(g.text)
		return len(name) > n && string(name[:n]) == g.text && strings.Trim(string(name[n:]), "0123456789") == ""
	}
	ok, err := path.Match(g.text, string(name))
	return err == nil && ok
}

// matchesName reports whether a name of a path is one that a name of a pattern
// stands for.
func matchesName(pattern, name string) bool {
	if !strings.ContainsAny(pattern, `*?[#\`) {
		return pattern == name
	}
	g := globOf(pattern)
	return g.matches([]byte(name))
}
