package redact

import "strings"

// extents finds where values end.
type extents struct {
	text string
	// unclosed are quotes that do not stand behind the place of the key any more,
	// so that a text of many open quotes is not searched again and again.
	unclosed [6]bool
}

// judged is how many bytes of a value are looked at to report whether it is a secret.
const judged = 96

// judge returns the beginning of the value that starts at a place, cheaply: what
// turns out to be none is looked at again with the next word.
func (e *extents) judge(start int, open byte, bare bool) string {
	short := extents{text: e.text[:min(len(e.text), start+judged)]}
	from, end := short.value(start, open, bare)
	return short.text[from:end]
}

// value is where a value ends that begins at start; it may be empty. The quote
// is the one that was open there, 0 for none.
func (e *extents) value(start int, open byte, bare bool) (from, end int) {
	if start >= len(e.text) {
		return start, start
	}
	if e.text[start] == 'N' && start+1 < len(e.text) && e.text[start+1] == '\'' {
		start++ // how SQL Server writes text
	}
	if n := e.function(start); n > 0 {
		start += n
	}
	if c := e.text[start]; c == '"' || c == '\'' {
		start++
		return start, e.quoted(start, c, false)
	} else if c == '\\' && start+1 < len(e.text) && quote(e.text[start+1]) {
		start += 2
		return start, e.quoted(start, e.text[start-1], true)
	}
	return start, e.unquoted(start, open, bare)
}

// function is the length of a function's name and its bracket, PASSWORD( for one,
// if a quote follows; 0 for none.
func (e *extents) function(start int) int {
	i := start
	for i < len(e.text) && i < start+24 && (alphanumeric(e.text[i]) || e.text[i] == '_' || e.text[i] == '.') {
		i++
	}
	if i == start || i+1 >= len(e.text) || e.text[i] != '(' || !quote(e.text[i+1]) {
		return 0
	}
	return i + 1 - start
}

// quoted is where the quote stands that ends a value. Without one the value ends
// with its line.
func (e *extents) quoted(start int, q byte, escaped bool) int {
	kind := strings.IndexByte("\"'`", q)
	if escaped {
		kind += 3
	}
	if !e.unclosed[kind] {
		for i := start; i < len(e.text); i++ {
			switch c := e.text[i]; {
			case c == wordEnd:
				return i
			case c == '\\' && escaped && i+1 < len(e.text) && e.text[i+1] == q:
				return i
			case c == '\\' && q == '"':
				i++
			case c == q:
				return i
			}
		}
		e.unclosed[kind] = true
	}
	if i := strings.IndexAny(e.text[start:], "\n\x1f"); i >= 0 {
		return start + i
	}
	return len(e.text)
}

// unquoted is where a value without quotes ends. Bare values are those of a
// Dockerfile's ENV, where only blanks end one.
func (e *extents) unquoted(start int, open byte, bare bool) int {
	i := start
	for i < len(e.text) {
		c := e.text[i]
		switch {
		case blank(c):
			return i
		case c == '\\':
			if i+1 < len(e.text) && (e.text[i+1] == 'n' || e.text[i+1] == 'r' || e.text[i+1] == 't' || e.text[i+1] == '\n' || quote(e.text[i+1])) {
				return i
			}
			i++ // an escaped blank is part of the value
		case quote(c):
			if open != 0 || c == '`' || i == start || e.text[i-1] == ',' || e.text[i-1] == '=' {
				return i
			}
			// pass"word": the value goes on.
			end := e.quoted(i+1, c, false)
			if end >= len(e.text) || e.text[end] != c || strings.IndexByte(e.text[i:end], '\n') >= 0 {
				return i
			}
			i = end
		case (c == ';' || c == '&' || c == ',') && e.separates(i, c, bare):
			return i
		case (c == ')' || c == '|' || c == '>' || c == '<') && !bare && open == 0:
			return i
		case (c == '}' || c == ']') && i > start && e.closes(i):
			return i
		}
		i++
	}
	return min(i, len(e.text))
}

// separates reports whether a ; & or , within a value ends it: what follows is
// another name with its value, or the end of the word. A shell's ; and & end
// whatever stands before them.
func (e *extents) separates(at int, c byte, bare bool) bool {
	i := at + 1
	if bare && c == ',' {
		return false
	}
	if !bare && (i == len(e.text) || blank(e.text[i]) || quote(e.text[i]) || e.text[i] == c || e.text[i] == '\\') {
		return true
	}
	for i < len(e.text) && i < at+40 && (alphanumeric(e.text[i]) || e.text[i] == '_' || e.text[i] == '-' || e.text[i] == '.' || e.text[i] == ' ' && c == ';') {
		i++
	}
	return i < len(e.text) && i > at+1 && (e.text[i] == '=' || e.text[i] == ':' && c == ',')
}

// closes reports whether a closing bracket ends a value: nothing but the end of a
// word or further brackets follow.
func (e *extents) closes(at int) bool {
	i := at + 1
	if i == len(e.text) {
		return true
	}
	c := e.text[i]
	return blank(c) || quote(c) || c == '}' || c == ']' || c == ')' || c == ',' || c == ';'
}
