package display

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character may carry. Real scripts
// stay below; more is the stacking that draws over the lines above and below.
const maxMarks = 8

// Escape makes s safe to print on one line of a terminal, losing nothing a
// person needs to recognise it. Printable text stays as it is. What a terminal
// would obey or hide becomes visible:
//
//	newline, tab, return       \n \t \r
//	other C0 controls, DEL     \x1b
//	C1 controls                \u009b
//	bytes that are not UTF-8   \xff
//	bidi controls, zero-width
//	and invisible characters,
//	odd spaces, unassigned     \u202e \U000e0041
//
// A combining mark without a character of its own to sit on is escaped too, as
// it would change what stands to the left of s.
//
// What a CI runner would obey in its log is spelt out too: "::" at the start of s,
// and markers such as "##[" anywhere.
//
// Backslashes are not doubled: shell text is full of them, and the result is to
// be read, not parsed. So Escape(Escape(s)) == Escape(s).
func Escape(s string) string { return escape(s, false) }

// EscapeASCII is Escape for a terminal that knows nothing but ASCII: every
// other character becomes \u00e9 or the like. Only an arrow between blanks, as
// tare's own sentences have it ("npm → g++"), is drawn as one.
func EscapeASCII(s string) string { return escape(s, true) }

// Printable reports whether Escape leaves a character alone (but for combining
// marks, where it depends on what stands before).
func Printable(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r < 0x7f
	}
	if !unicode.IsPrint(r) || r == '\u2800' { // an empty Braille cell looks like a space
		return false
	}
	// Letters and marks that draw nothing: Hangul fillers, the combining
	// grapheme joiner, variation selectors.
	return !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func escape(s string, ascii bool) string {
	s = unobeyed(s)
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marks := maxMarks // nothing to sit on yet
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		keep := Printable(r) && (r != utf8.RuneError || size > 1) && (!ascii || r < utf8.RuneSelf)
		if keep && r >= utf8.RuneSelf && unicode.Is(unicode.M, r) {
			keep = marks < maxMarks
			marks++
		} else {
			marks = 0
		}
		switch {
		case keep:
			b.WriteString(s[i : i+size])
		case r == '→' && strings.HasSuffix(s[:i], " ") && strings.HasPrefix(s[i+size:], " "):
			b.WriteString(asciiArrow)
			marks = 0
		default:
			writeEscape(&b, r, s[i], size)
			marks = maxMarks
		}
		i += size
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// writeEscape spells out one character, or one byte that is part of none.
func writeEscape(b *strings.Builder, r rune, first byte, size int) {
	switch {
	case r == utf8.RuneError && size == 1:
		b.WriteString(`\x`)
		writeHex(b, uint32(first), 2)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == '\r':
		b.WriteString(`\r`)
	case r < utf8.RuneSelf:
		b.WriteString(`\x`)
		writeHex(b, uint32(r), 2)
	case r <= 0xffff:
		b.WriteString(`\u`)
		writeHex(b, uint32(r), 4)
	default:
		b.WriteString(`\U`)
		writeHex(b, uint32(r), 8)
	}
}

func writeHex(b *strings.Builder, v uint32, digits int) {
	text := strconv.FormatUint(uint64(v), 16)
	b.WriteString(strings.Repeat("0", digits-len(text)))
	b.WriteString(text)
}

// Lines escapes a text of several lines, such as an instruction with a here
// document, line by line. Tabs become four spaces.
func Lines(s string) []string { return Unicode.Lines(s) }

// Text escapes a text of several lines and keeps its line ends and its tabs, so that
// it reads as it is. A return before a line end goes.
func Text(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		parts := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		for j, part := range parts {
			parts[j] = Escape(part)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// OneLine escapes a text of several lines for a place that has room for one:
// line continuations and runs of blanks become a single space.
func OneLine(s string) string { return Unicode.OneLine(s) }

// Lines is the function Lines within this set.
func (c Charset) Lines(s string) []string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	for i, line := range lines {
		lines[i] = c.escape(strings.ReplaceAll(line, "\t", "    "))
	}
	return lines
}

// OneLine is the function OneLine within this set.
func (c Charset) OneLine(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\\\r\n", " "), "\\\n", " ")
	return c.escape(strings.Join(strings.FieldsFunc(s, isBlank), " "))
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }
