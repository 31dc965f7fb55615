package need

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// programName is a program's name without its directory, "" where it is not known.
func programName(word string) string {
	if strings.IndexFunc(word, func(r rune) bool { return r <= plain }) >= 0 {
		return ""
	}
	return path.Base(word)
}

// pathsInText are the absolute paths in a text that is no shell word.
func pathsInText(text string) (out []string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`;&|()<>{}[],", r) }) {
		if strings.Contains(word, "/") {
			for _, p := range fragments(word, unknown) {
				if p != unknown {
					out = append(out, p)
				}
			}
		}
		if len(out) > maxCalls {
			return append(out, unknown)
		}
	}
	return out
}

// maxSource is how many characters of a command a sentence shows.
const maxSource = 48

// print shows a command in one line.
func print(n syntax.Node) string {
	var b strings.Builder
	if syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, n) != nil {
		return "a command"
	}
	return brief(b.String())
}

func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxSource {
		cut := string(r[:maxSource-1])
		if at := strings.LastIndexByte(cut, ' '); at > maxSource/2 {
			cut = cut[:at]
		}
		return cut + " …"
	}
	return text
}
