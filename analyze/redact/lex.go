package redact

import "strings"

// gap is what stands between two words.
type gap uint16

const (
	gapBlank    gap = 1 << iota
	gapLine         // the end of a line, or \n within a string
	gapEqual        // = := => +=
	gapColon        // :
	gapComma        // ,
	gapQuote        // a quote, also one behind a backslash
	gapEnd          // ; & && || : a new command begins
	gapPipe         // |
	gapIn           // <
	gapHere         // <<<
	gapOut          // > >>
	gapClose        // ) } ]
	gapOpen         // ( [ {
	gapEscape       // a backslash
	gapArgument     // the end of a word of an exec form
	gapNewline      // the end of a line of the text itself
)

// word is a stretch of a text between separators, and what stands before it. A
// shell, JSON, YAML and SQL part their words by much the same bytes, and text in
// one is often quoted in another, so all of it is one flat row of words.
type word struct {
	start, end int // in bytes
	before     gap
	quoted     bool // a quote stands right before it
	open       byte // the quote that is open where the word starts, as far as the line tells; 0: none
}

// lexer parts a text into words.
type lexer struct {
	text string
	at   int
	open byte
}

// separators are the bytes that no word holds.
var separators = func() (is [256]bool) {
	for _, c := range []byte(" \t\r\n\v\f\x1f\"'`=:,;&|()[]{}<>\\\x00") {
		is[c] = true
	}
	return is
}()

// next returns the next word, false at the end of the text. What stands before
// the end is in the word's gap then, too.
func (l *lexer) next() (w word, ok bool) {
	for l.at < len(l.text) && separators[l.text[l.at]] {
		l.separator(&w)
	}
	w.start, w.open = l.at, l.open
	for l.at < len(l.text) && !separators[l.text[l.at]] {
		l.at++
	}
	w.end = l.at
	return w, w.end > w.start
}

// separator takes one separator, or one escape.
func (l *lexer) separator(w *word) {
	c := l.text[l.at]
	l.at++
	w.quoted = false
	switch c {
	case ' ', '\t', '\r', '\v', '\f':
		w.before |= gapBlank
	case '\n':
		w.before |= gapLine | gapNewline
		l.open = 0
	case wordEnd:
		w.before |= gapBlank | gapArgument
		l.open = 0
	case '"', '\'', '`':
		w.before |= gapQuote
		w.quoted = true
		if l.open == c {
			l.open = 0
		} else if l.open == 0 && c != '`' {
			l.open = c
		}
	case '=':
		w.before |= gapEqual
	case ':':
		w.before |= gapColon
	case ',':
		w.before |= gapComma
	case ';', '&':
		w.before |= gapEnd
	case '|':
		w.before |= gapPipe
		if l.at < len(l.text) && l.text[l.at] == '|' {
			l.at++
			w.before = w.before&^gapPipe | gapEnd
		}
	case '(':
		w.before |= gapOpen
	case '{':
		if l.at < len(l.text) && blank(l.text[l.at]) {
			w.before |= gapOpen
		}
	case ')', ']', '}':
		w.before |= gapClose
	case '<':
		w.before |= gapIn
		if strings.HasPrefix(l.text[l.at:], "<<") {
			l.at += 2
			w.before |= gapHere
		}
	case '>':
		w.before |= gapOut
	case '\\':
		l.escape(w)
	}
}

// escape takes what follows a backslash.
func (l *lexer) escape(w *word) {
	w.before |= gapEscape
	if l.at == len(l.text) {
		return
	}
	switch c := l.text[l.at]; {
	case c == 'n' || c == 'r':
		w.before |= gapLine
		l.at++
	case c == 't' || c == ' ':
		w.before |= gapBlank
		l.at++
	case c == '\n':
		w.before |= gapBlank // the line goes on
		l.at++
	case c == '"' || c == '\'':
		w.before |= gapQuote
		w.quoted = true
		l.at++
	}
}
