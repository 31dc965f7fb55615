package display

import (
	"strings"
	"unicode/utf8"
)

// stepIndent stands before every line of an instruction but its first.
const stepIndent = "    "

// mark ends a line that goes on in the next. Docker takes the backslash and the
// line break away and keeps the rest, blanks included (Dockerfile reference,
// "Format").
const mark = ` \`

// Wrap breaks escaped text at spaces into lines of at most width cells. A word
// wider than a line is cut. Spaces at a break are dropped, others stay. No break
// makes a command for a CI runner of what was none.
func Wrap(s string, width int) []string {
	if width <= 0 || fits(s, width) {
		return []string{s}
	}
	var lines []string
	line := "" // never much longer than width, so that no text takes more than its length
	for _, word := range strings.SplitAfter(s, " ") {
		bare := strings.TrimRight(word, " ")
		if bare == "" && Width(line) >= width {
			continue
		}
		if strings.TrimRight(line, " ") != "" && Width(line)+Width(bare) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, word = "", notAtStart(word)
		}
		line += word
		for !fits(strings.TrimRight(line, " "), width) {
			start, _ := head(line, width)
			if start == "" {
				start = first(line) // wider than a whole line
			}
			lines = append(lines, start)
			line = notAtStart(line[len(start):])
		}
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// Instruction lays a Dockerfile instruction out in lines of at most width
// cells, escaped. A line that is too long is broken before each && and || that
// stands outside quotes, then at spaces, with the backslashes that a Dockerfile
// wants there, so that what is shown can be pasted. In a here document, where
// a backslash would be content, lines are cut without one.
func Instruction(text string, width int) []string { return Unicode.Instruction(text, width) }

// Instruction is the function Instruction within this set.
func (c Charset) Instruction(text string, width int) []string { return c.layOut(text, width, false) }

// Steps is Instruction with every step on a line of its own, whether or not
// they would fit on one: two versions of an instruction then differ in as few
// lines as they differ in steps.
func (c Charset) Steps(text string, width int) []string { return c.layOut(text, width, true) }

func (c Charset) layOut(text string, width int, always bool) []string {
	var out []string
	hereDocument := strings.Contains(text, "<<")
	for _, line := range c.Lines(text) {
		switch {
		case fits(line, width) && (!always || hereDocument || len(steps(line)) == 1):
			out = append(out, line)
		case hereDocument || width < 20:
			out = append(out, Wrap(line, width)...)
		default:
			continued := strings.HasSuffix(line, `\`)
			line = strings.TrimRight(strings.TrimSuffix(line, `\`), " ")
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			if fits(indent+stepIndent, width/2) {
				line = line[len(indent):]
			} else {
				indent = ""
			}
			for i, step := range steps(line) {
				lead := indent
				if i > 0 {
					out[len(out)-1] += mark
					lead += stepIndent
				}
				out = append(out, wrapStep(step, lead, indent+stepIndent+stepIndent, width-len(mark))...)
			}
			if continued {
				out[len(out)-1] += mark
			}
		}
	}
	return out
}

// steps splits a shell line before each && and || outside quotes.
func steps(line string) []string {
	var steps []string
	start := 0
	scanShell(line, func(i int) {
		if strings.HasPrefix(line[i:], "&& ") || strings.HasPrefix(line[i:], "|| ") {
			if step := strings.TrimSpace(line[start:i]); step != "" {
				steps = append(steps, step)
				start = i
			}
		}
	})
	return append(steps, strings.TrimSpace(line[start:]))
}

// scanShell calls at for each byte of line that is neither inside quotes nor
// escaped by a backslash.
func scanShell(line string, at func(i int)) {
	var quote byte
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; {
		case ch == '\\' && quote != '\'':
			i++
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '\'' || ch == '"':
			quote = ch
		default:
			at(i)
		}
	}
}

// wrapStep breaks one step at spaces outside quotes, with marks at the breaks
// and none after the last line. The first line starts with lead, the others
// with indent. A word wider than a line is cut and goes on at the very start of
// the next line, as an indent would become part of it.
func wrapStep(step, lead, indent string, width int) []string {
	var lines []string
	line, empty := lead, true
	for _, word := range words(step) {
		if !empty && Width(line)+1+Width(word) > width {
			lines = append(lines, line+mark)
			// A long word stands further left rather than in two pieces.
			line, empty = indent[:max(min(len(indent), width-Width(word)), 0)], true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
		for !fits(line, width) {
			start, _ := head(line, width)
			start = start[:cut(line, len(start))]
			lines = append(lines, start+`\`)
			line = line[len(start):]
		}
	}
	return append(lines, line)
}

// cut is where a line that has room for most bytes of its last word is broken:
// after a blank of that word (it is quoted) where there is one in the latter
// half, and never before a number sign, which Docker would take for a comment's, or
// before what a CI runner would take for a command.
func cut(line string, most int) int {
	if blank := strings.LastIndexByte(line[:most], ' ') + 1; blank > most/2 && line[blank] != '#' && !commands(strings.TrimLeft(line[blank:], " ")) {
		return blank
	}
	for at := most; at > 1; at-- {
		if line[at] != '#' && !commands(strings.TrimLeft(line[at:], " ")) && utf8.RuneStart(line[at]) {
			return at
		}
	}
	return most
}

// words splits a step at spaces outside quotes, but not before a number sign: a
// line that starts with one is a comment to Docker. Nor before what is a command to
// a CI runner at the start of a line.
func words(step string) []string {
	var words []string
	start := 0
	scanShell(step, func(i int) {
		if rest := strings.TrimLeft(step[i:], " "); step[i] == ' ' && !strings.HasPrefix(rest, "#") && !commands(rest) {
			if i > start {
				words = append(words, step[start:i])
			}
			start = i + 1
		}
	})
	return append(words, step[start:])
}
