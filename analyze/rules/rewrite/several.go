package rewrite

import (
	"strings"
	"unicode"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// heredocWord is a here-document's beginning, as a word of its own.
var heredocWord = lazyregexp.New(`(?:^|[ \t])[0-9]*<<(-?)["']?([^\s"'<>|&;()$]+)["']?`)

// Several parts a piece of a Dockerfile into its instructions, each with the
// comments, line continuations and here-documents inside it; what stands
// between them is left out. It reports false where the piece ends in the middle
// of an instruction.
func Several(text string) ([]string, bool) {
	if strings.ContainsAny(text, "\x00\r") {
		return nil, false
	}
	var out []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		if bare := strings.TrimLeftFunc(lines[i], unicode.IsSpace); bare == "" || bare[0] == '#' {
			i++
			continue
		}
		end, ok := instructionEnd(lines, i)
		if !ok {
			return nil, false
		}
		out = append(out, strings.Join(lines[i:end], "\n"))
		i = end
	}
	return out, true
}

// instructionEnd is the line behind the instruction that begins at a line.
func instructionEnd(lines []string, from int) (end int, ok bool) {
	var body strings.Builder
	more := true
	for end = from; more; end++ {
		if end == len(lines) {
			return 0, false
		}
		bare := strings.TrimLeftFunc(lines[end], unicode.IsSpace)
		if end > from && (bare == "" || bare[0] == '#') {
			continue
		}
		m := continues.FindStringSubmatchIndex(lines[end])
		if more = m != nil; more {
			body.WriteString(lines[end][:m[2]])
		} else {
			body.WriteString(lines[end])
		}
	}
	switch Keyword(lines[from]) {
	case "RUN", "COPY", "ADD":
	default:
		return end, true
	}
	if !strings.Contains(body.String(), "<<") || ownHeredocs(body.String()) {
		return end, true
	}
	for _, m := range heredocWord.FindAllStringSubmatch(body.String(), -1) {
		for closed := false; !closed; end++ {
			if end == len(lines) {
				return 0, false
			}
			line := lines[end]
			if m[1] == "-" {
				line = strings.TrimLeft(line, "\t")
			}
			closed = line == m[2]
		}
	}
	return end, true
}

// ownHeredocs reports whether what looks like here-documents lies in quotes, where
// it is none.
func ownHeredocs(body string) bool {
	var bare strings.Builder
	var quote byte
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quote == 0 && c == '\\' || quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0:
			bare.WriteByte(c)
		}
	}
	return !strings.Contains(bare.String(), "<<")
}

// Comments are the comment lines inside an instruction's continued lines,
// without what stands around them, in order.
func Comments(text string) []string {
	in, err := split(text)
	if err != nil {
		return nil
	}
	var out []string
	own := strings.TrimSuffix(text, in.rest)
	for i, line := range strings.Split(own, "\n") {
		if bare := strings.TrimSpace(line); i > 0 && strings.HasPrefix(bare, "#") {
			out = append(out, bare)
		}
	}
	return out
}
