package rewrite

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// wordOf reads a word's value where no expansion decides it.
func wordOf(w *syntax.Word) Word {
	var text strings.Builder
	out := Word{Literal: true}
	inert := false // a quoted * or ?, which Text cannot tell from one that counts
	for i, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			out.addBare(&text, p.Value, i == 0)
			inert = inert || strings.Contains(p.Value, `\*`) || strings.Contains(p.Value, `\?`) || strings.Contains(p.Value, `\[`)
		case *syntax.SglQuoted:
			out.Literal = out.Literal && !p.Dollar
			text.WriteString(p.Value)
			inert = inert || strings.ContainsAny(p.Value, "*?[")
		case *syntax.DblQuoted:
			out.addQuoted(&text, p)
			inert = inert || strings.ContainsAny(source(p), "*?[")
		default:
			out.Literal = false
		}
	}
	if out.Literal && !(inert && out.Glob) {
		out.Text = text.String()
		return out
	}
	return Word{Text: source(w), Glob: out.Glob}
}

// addBare adds unquoted text: a backslash takes the next character as it is, a
// leading ~ and {a,b} are expanded by the shell (some shells at least).
func (w *Word) addBare(text *strings.Builder, lit string, first bool) {
	if first && strings.HasPrefix(lit, "~") {
		w.Literal = false
	}
	for i := 0; i < len(lit); i++ {
		switch c := lit[i]; c {
		case '\\':
			if i++; i < len(lit) && lit[i] != '\n' {
				text.WriteByte(lit[i])
			}
			continue
		case '{', '}':
			if strings.ContainsAny(lit, ",.") {
				w.Literal = false
			}
		case '*', '?', '[':
			w.Glob = true
		}
		text.WriteByte(lit[i])
	}
}

// addQuoted adds text in double quotes, where a backslash only escapes
// $ ` " \ and the end of a line.
func (w *Word) addQuoted(text *strings.Builder, q *syntax.DblQuoted) {
	w.Literal = w.Literal && !q.Dollar
	for _, part := range q.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			w.Literal = false
			return
		}
		for i := 0; i < len(lit.Value); i++ {
			if lit.Value[i] == '\\' && i+1 < len(lit.Value) && strings.IndexByte("$`\"\\\n", lit.Value[i+1]) >= 0 {
				if i++; lit.Value[i] == '\n' {
					continue
				}
			}
			text.WriteByte(lit.Value[i])
		}
	}
}

// source prints a piece of shell in one canonical way.
func source(n syntax.Node) string {
	var b strings.Builder
	if syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, n) != nil {
		return ""
	}
	return b.String()
}
