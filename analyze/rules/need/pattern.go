package need

import (
	"path"
	"strings"
)

// A pattern is a text of which not everything is known. These bytes, which no path
// has, stand for what is not.
const (
	anything = '\x00' // any text
	star     = '\x01' // any text without /, from a glob
	single   = '\x02' // one character that is no /, from a glob
	plain    = '\x03' // a text without / that only the shell knows, such as a number
)

const unknown = string(anything)

// maxAlternatives is how many values one word may have.
const maxAlternatives = 8

// relation is how a word stands to a target.
type relation uint8

const (
	apart   relation = iota
	above            // the word is a directory that the target lies in
	touches          // the word is, or may be, the target or something in it
	free             // the word may be anything
)

// relateNames is relate for two paths of which everything is known.
func relateNames(word, target string) relation {
	switch {
	case len(word) >= len(target):
		if strings.HasPrefix(word, target) && (len(word) == len(target) || word[len(target)] == '/' || target == "/") {
			return touches
		}
	case strings.HasPrefix(target, word) && (target[len(word)] == '/' || word == "/"):
		return above
	}
	return apart
}

// isKnown reports whether everything is known of a text.
func isKnown(text string) bool {
	for i := range len(text) {
		if text[i] <= plain {
			return false
		}
	}
	return true
}

// relate compares an absolute path that a word may be with an absolute target, both
// patterns.
func relate(word, target string) relation {
	cut := strings.IndexByte(word, anything)
	known := word
	if cut >= 0 {
		if known = word[:cut]; len(known) < 2 {
			return free
		}
	}
	want, have := strings.Split(known[1:], "/"), strings.Split(target[1:], "/")
	if known == "/" {
		want = nil
	}
	if cut >= 0 {
		want[len(want)-1] += string(star)
	}
	for i := range min(len(want), len(have)) {
		if !sameName(want[i], have[i]) {
			return apart
		}
	}
	if cut < 0 && len(want) < len(have) {
		return above
	}
	return touches
}

// sameName reports whether two names, both patterns, may be one.
func sameName(a, b string) bool {
	switch isA, isB := isPattern(a), isPattern(b); {
	case !isA && !isB:
		return a == b
	case isA && isB:
		i, j := strings.IndexFunc(a, isWild), strings.IndexFunc(b, isWild)
		return strings.HasPrefix(a[:i], b[:min(i, j)]) && strings.HasPrefix(b[:j], a[:min(i, j)])
	case isB:
		a, b = b, a
	}
	if len(b) > 0 && b[0] == '.' && (a[0] == star || a[0] == single) && len(a) > 0 {
		return false // a glob does not match a leading dot
	}
	return matchName(a, b)
}

func isWild(r rune) bool { return r == star || r == single || r == plain }

func isPattern(name string) bool { return strings.IndexFunc(name, isWild) >= 0 }

// matchName matches a pattern of a name with a name, in time that grows with the
// product of their lengths at most.
func matchName(pattern, name string) bool {
	p, n, back, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && (pattern[p] == star || pattern[p] == plain):
			back, mark = p, n
			p++
		case p < len(pattern) && (pattern[p] == single || pattern[p] == name[n]):
			p++
			n++
		case back >= 0:
			mark++
			p, n = back+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && (pattern[p] == star || pattern[p] == plain) {
		p++
	}
	return p == len(pattern)
}

// globOf makes a pattern of a path in which * and ? are the shell's.
func globOf(target string) string {
	if !strings.ContainsAny(target, "*?") {
		return target
	}
	return globs.Replace(target)
}

var globs = strings.NewReplacer("*", string(star), "?", string(single))

// joinPath resolves a path against a directory, both patterns.
func joinPath(dir, name string) string {
	whole := name
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, unknown) {
		whole = dir + "/" + name
	}
	if strings.HasPrefix(whole, unknown) {
		return unknown
	}
	if strings.IndexByte(whole, anything) >= 0 && strings.Contains(whole, "..") {
		return unknown
	}
	if !strings.HasPrefix(whole, "/") {
		return unknown
	}
	return path.Clean(whole)
}

// maxFragments is how many paths are looked for in one word.
const maxFragments = 12

// fragments are the paths that a word may name, absolute: the word itself, what
// stands behind = or an option's letter, and each absolute path inside it.
func fragments(word, dir string) []string {
	if word == "" || word == string(plain) || word == "-" {
		return nil
	}
	out := make([]string, 0, 2)
	add := func(part string) {
		if len(out) < maxFragments && part != "" && part != string(plain) {
			out = append(out, joinPath(dir, part))
		}
	}
	option := word[0] == '-'
	if option && len(word) > 2 && word[2] == anything {
		add(unknown) // -I$DIR
	}
	if !option && !strings.Contains(word, "://") {
		add(word)
	}
	if at := strings.IndexByte(word, '='); at >= 0 {
		for part := range strings.SplitSeq(word[at+1:], ":") {
			if !strings.HasPrefix(part, "/") {
				add(part)
			}
		}
	}
	for i := 0; i < len(word) && len(out) < maxFragments; i++ {
		if word[i] != '/' || i == 0 && !option {
			continue
		}
		before := byte(' ')
		if i > 0 {
			before = word[i-1]
		}
		if isNamePart(before) && !(option && i == 2) {
			continue
		}
		end := i + 1
		for end < len(word) && strings.IndexByte(":;,'\"<>()|& \t\n", word[end]) < 0 {
			end++
		}
		add(word[i:end])
	}
	return out
}

// isNamePart reports whether a character may stand in front of a slash inside a path.
func isNamePart(c byte) bool {
	return c == '/' || c == '.' || c == '_' || c == '-' || c == '~' || c == '+' || c == '}' || c < ' ' && c != '\t' && c != '\n' ||
		c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
