package instructions

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// reference is a variable in a text, in the two forms whose value needs no shell.
var reference = lazyregexp.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)

// maxExpansions bounds values that refer to others; maxExpanded is how many bytes the values may have
// that one text names, since each may name the one before twice.
const maxExpansions, maxExpanded = 8, 64 << 10

// Expand replaces the variables of an instruction's text by the values that ENV and
// the defaults of ARG give them; false where one has none, or where something else
// is left for a shell to expand. A build may have given an ARG another value than
// its default, so the image has to confirm what comes of it.
func (l *List) Expand(text string, at int) (string, bool) {
	return l.expand(text, at, maxExpansions)
}

func (l *List) expand(text string, at, depth int) (string, bool) {
	if depth == 0 {
		return "", false
	}
	known, length := true, 0
	out := reference.ReplaceAllStringFunc(text, func(v string) string {
		if !known {
			return ""
		}
		value, set, ok := l.valueOf(strings.Trim(v, "${}"), at)
		if ok {
			value, ok = l.expand(value, set, depth-1)
		}
		length += len(value)
		known = ok && length <= maxExpanded
		return value
	})
	return out, known && !strings.ContainsAny(out, "$`\\\"'")
}

// valueOf returns the value that a variable was last given before an instruction,
// and by which.
func (l *List) valueOf(name string, at int) (value string, set int, ok bool) {
	for i := at - 1; i >= 0 && at-i <= MaxLater; i-- {
		switch l.Keyword(i) {
		case "ENV", "ARG":
			value, given, ok := assignment(l.Text(i), name)
			if ok && !given && l.Keyword(i) == "ARG" {
				value, given = l.elsewhere(name)
			}
			if ok {
				return value, i, given && value != ""
			}
		}
	}
	return "", 0, false
}

// elsewhere returns the one value that a variable is known to have had, where its
// instruction does not show it.
func (l *List) elsewhere(name string) (value string, ok bool) {
	for _, pair := range l.Variables {
		n, v, _ := strings.Cut(pair, "=")
		switch {
		case n != name:
		case ok && v != value:
			return "", false
		default:
			value, ok = v, true
		}
	}
	return value, ok
}

// assignment reads ENV and ARG: NAME=value …, and the old form ENV NAME value. given
// is false where the name stands there without a value.
func assignment(text, name string) (value string, given, ok bool) {
	keyword, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	words := assignedWords(rest)
	if len(words) > 1 && strings.EqualFold(keyword, "ENV") && !strings.Contains(words[0], "=") {
		return strings.Trim(strings.Join(words[1:], " "), `"'`), true, words[0] == name
	}
	for _, word := range words {
		if n, v, given := strings.Cut(word, "="); n == name {
			return v, given, true
		}
	}
	return "", false, false
}

// assignedWords parts the words of an ENV at blanks outside quotes, and takes quotes
// and continued lines out.
func assignedWords(text string) (words []string) {
	var word strings.Builder
	var quote rune
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, c := range strings.ReplaceAll(text, "\\\n", " ") {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			flush()
		default:
			word.WriteRune(c)
		}
	}
	flush()
	return words
}

// Dir is WorkDir with the variables of WORKDIR replaced by their values.
func (l *List) Dir(at int) string {
	if dir := l.WorkDir(at); dir != "" {
		return dir
	}
	dir := l.WorkDir(0)
	for i := range at {
		if l.Keyword(i) != "WORKDIR" {
			continue
		}
		text, ok := l.Expand(l.Text(i), i)
		if !ok {
			dir = ""
			continue
		}
		dir = rewrite.WorkDir(dir, text)
	}
	return dir
}

// Dest is where a COPY or ADD puts its files, an absolute path without variables.
func (l *List) Dest(i int) (string, bool) {
	in, ok := l.Copy(i)
	if !ok {
		return "", false
	}
	dest, ok := l.Expand(in.Dest, i)
	if !ok {
		return "", false
	}
	if path.IsAbs(dest) {
		return path.Clean(dest), true
	}
	dir := l.Dir(i)
	return path.Join(dir, dest), dir != ""
}
