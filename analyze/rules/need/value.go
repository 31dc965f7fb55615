package need

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// scope is a list of what variables were set to, the newest first. It is never
// changed, so that instructions share it.
type scope struct {
	name   string
	values []string
	outer  *scope
	depth  int
}

// maxScope is how many settings a scope holds; with more of them every variable
// may be anything.
const maxScope = 500

func (s *scope) with(name string, values []string) *scope {
	depth := 1
	if s != nil {
		depth = s.depth + 1
	}
	return &scope{name, values, s, depth}
}

// lookup returns what a variable may be; nil where nothing is known of it.
func (s *scope) lookup(name string) []string {
	if s == nil || s.depth > maxScope {
		return nil
	}
	for ; s != nil; s = s.outer {
		if s.name == name {
			return s.values
		}
	}
	return nil
}

// values are patterns of what a word may be.
type values = []string

// maxValue is how many bytes a value may have: a=$a$a doubles it with each command.
const maxValue = 64 << 10

// maxValues is how many bytes the long values of an image's scripts may have together; freeValue is how
// many one may have that does not count.
const maxValues, freeValue = 64 << 20, 1 << 10

// product appends each of more to each of a word's values so far.
func product(so, more values) values {
	if longest(so)+longest(more) > maxValue {
		return values{unknown}
	}
	if len(more) == 1 && len(so) == 1 {
		return values{so[0] + more[0]}
	}
	if len(so)*len(more) > maxAlternatives {
		more = values{unknown}
		if len(so) > maxAlternatives {
			return values{unknown}
		}
	}
	out := make(values, 0, len(so)*len(more))
	for _, a := range so {
		for _, b := range more {
			out = append(out, a+b)
		}
	}
	return out
}

// longest is how many bytes the longest value has.
func longest(list values) (n int) {
	for _, v := range list {
		n = max(n, len(v))
	}
	return n
}

// union joins two lists of values.
func union(a, b values) values {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if len(out) > maxAlternatives {
		return values{unknown}
	}
	return out
}

// word evaluates a word of a script as far as its text tells.
func (w *walker) word(word *syntax.Word) values {
	if word == nil {
		return values{""}
	}
	if braced(word) {
		whole := &syntax.Word{Parts: slices.Clone(word.Parts)}
		syntax.SplitBraces(whole)
		var all values
		for one, err := range expand.BracesSeq(nil, whole) {
			if err != nil {
				return values{unknown}
			}
			all = union(all, w.parts(one.Parts, false, true))
			if len(all) >= maxAlternatives {
				return values{unknown}
			}
		}
		return all
	}
	all := w.parts(word.Parts, false, true)
	for _, v := range all {
		if len(v) > freeValue {
			w.room.spent += len(v)
		}
	}
	if w.room.spent > maxValues {
		return values{unknown}
	}
	return all
}

// braced reports whether a word has a list in braces that is short enough to be
// written out.
func braced(word *syntax.Word) bool {
	if lit := word.Lit(); lit != "" {
		return strings.ContainsRune(lit, '{') && strings.ContainsRune(lit, ',') && strings.Count(lit, "{") == 1 && strings.Count(lit, ",") < maxAlternatives
	}
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.ContainsAny(lit.Value, "{}") {
			return strings.Count(lit.Value, "{") == 1 && strings.Count(lit.Value, "}") == 1 && strings.Count(lit.Value, ",") < maxAlternatives
		}
	}
	return false
}

func (w *walker) parts(parts []syntax.WordPart, quoted, first bool) values {
	so := values{""}
	for i, part := range parts {
		so = product(so, w.part(part, quoted, first && i == 0))
	}
	return so
}

func (w *walker) part(part syntax.WordPart, quoted, first bool) values {
	switch p := part.(type) {
	case *syntax.Lit:
		return w.literal(p.Value, quoted, first)
	case *syntax.SglQuoted:
		return values{clean(p.Value)}
	case *syntax.DblQuoted:
		return w.parts(p.Parts, true, false)
	case *syntax.ParamExp:
		return w.parameter(p)
	case *syntax.CmdSubst:
		return w.output(p.Stmts)
	case *syntax.ArithmExp:
		return values{string(plain)}
	case *syntax.ProcSubst:
		return values{"/dev/fd/" + string(plain)}
	case *syntax.ExtGlob:
		return values{string(star)}
	}
	return values{unknown}
}

// clean takes the bytes out of a text that patterns use for something else.
func clean(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r <= plain }) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r <= plain {
			return ' '
		}
		return r
	}, text)
}

// literal reads text outside of expansions.
func (w *walker) literal(text string, quoted, first bool) values {
	text = clean(text)
	if quoted {
		return values{quotedEscapes.Replace(text)}
	}
	prefix := values{""}
	if first && strings.HasPrefix(text, "~") {
		user, rest, _ := strings.Cut(text[1:], "/")
		if len(rest) < len(text)-1-len(user) {
			rest = "/" + rest
		}
		if prefix = w.vars.lookup("HOME"); user != "" || prefix == nil {
			prefix = values{unknown}
		}
		text = rest
	}
	if !strings.ContainsAny(text, `\*?[`) {
		return product(prefix, values{text})
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i < len(text) && text[i] != '\n' {
				b.WriteByte(text[i])
			}
		case '*':
			b.WriteByte(star)
		case '?':
			b.WriteByte(single)
		case '[':
			if end := strings.IndexByte(text[i:], ']'); end > 1 {
				b.WriteByte(single)
				i += end
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return product(prefix, values{b.String()})
}

var quotedEscapes = strings.NewReplacer(`\$`, "$", "\\`", "`", `\"`, `"`, `\\`, `\`, "\\\n", "")

// parameter evaluates $NAME and ${NAME…}.
func (w *walker) parameter(p *syntax.ParamExp) values {
	if p.Param == nil || p.Excl || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return values{unknown}
	}
	name := p.Param.Value
	switch name {
	case "?", "#", "$", "!", "PPID", "RANDOM", "UID", "EUID", "HOSTNAME", "SECONDS":
		return values{string(plain)}
	case "PWD":
		return values{w.dir}
	}
	if p.Length {
		return values{string(plain)}
	}
	known := w.vars.lookup(name)
	if p.Exp == nil {
		if known == nil {
			return values{unknown}
		}
		return known
	}
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return union(known, w.word(p.Exp.Word))
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if known != nil {
			return known
		}
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		return union(values{""}, w.word(p.Exp.Word))
	case syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return trimSuffix(known, w.word(p.Exp.Word))
	}
	return values{unknown}
}

// trimSuffix evaluates ${NAME%suffix} where both are known.
func trimSuffix(known, suffix values) values {
	if known == nil || len(suffix) != 1 || isPattern(suffix[0]) || strings.Contains(suffix[0], unknown) {
		return values{unknown}
	}
	out := slices.Clone(known)
	for i := range out {
		out[i] = strings.TrimSuffix(out[i], suffix[0])
	}
	return out
}

// plainOutput are commands whose output is no path: numbers, names of systems.
var plainOutput = map[string]bool{"nproc": true, "uname": true, "id": true, "date": true, "arch": true, "getconf": true, "dpkg-architecture": true,
	"lsb_release": true, "hostname": true, "whoami": true, "wc": true, "expr": true, "seq": true, "openssl": true, "sha256sum": true, "md5sum": true, "tput": true}

// output is what a command substitution stands for.
func (w *walker) output(stmts []*syntax.Stmt) values {
	at := len(w.calls)
	w.subshell(stmts)
	var first *call
	for i := range w.calls[at:] {
		c := &w.calls[at+i]
		if c.printed = true; first == nil {
			first = c
		}
	}
	if first == nil {
		return values{unknown} // $(< file)
	}
	switch one := len(stmts) == 1 && len(w.calls) == at+1; {
	case plainOutput[first.name] && one:
		return values{string(plain)}
	case first.name == "dpkg" && len(first.words) > 1 && first.words[1] == "--print-architecture":
		return values{string(plain)}
	case first.name == "pwd" && one:
		return values{w.dir}
	case first.name == "mktemp":
		return values{"/\x04/fresh"} // new, so that no instruction before knows it
	case first.name == "echo" && one && len(first.words) == 2:
		return values{first.words[1]}
	case (first.name == "which" || first.name == "command") && one:
		return values{"/usr/bin/" + string(plain)}
	case first.name == "dirname" && one && len(first.words) == 2 && !strings.Contains(first.words[1], unknown):
		return values{path.Dir(first.words[1])}
	}
	return values{unknown}
}
