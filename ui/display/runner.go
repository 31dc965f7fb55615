package display

import (
	"regexp"
	"strings"
)

// What runs a pipeline reads its log, and obeys some of the lines: it sets
// variables, masks words, folds lines, fails the step. A name from an image must
// not be such a line. GitHub's runner obeys "::word" at the start of a line, blanks
// before it or not, and "##[word]" anywhere (actions/runner, ActionCommand.cs);
// Azure Pipelines "##vso[" and TeamCity "##teamcity[" anywhere. GitLab's
// "section_start:" takes a return and an escape character, which no text keeps.

// anywhere is what a runner obeys wherever it stands in a line.
var anywhere = regexp.MustCompile(`##[A-Za-z]*\[`)

// Unmarked takes the meaning that runners give it out of text: the first number
// sign of each marker is spelt as number. A format that has an escape of its own
// for it means the same text afterwards: JSON \u0023, XML &#35;.
func Unmarked(text, number string) string {
	if !strings.Contains(text, "##") {
		return text
	}
	return anywhere.ReplaceAllStringFunc(text, func(marker string) string { return number + marker[1:] })
}

// unobeyed is text that may stand at the start of a line of a log, or anywhere else
// in one.
func unobeyed(text string) string { return notAtStart(Unmarked(text, `\x23`)) }

// notAtStart spells the first colon of a command out where text begins with one.
func notAtStart(text string) string {
	rest := strings.TrimLeft(text, " ")
	if !commands(rest) {
		return text
	}
	return text[:len(text)-len(rest)] + `\x3a` + rest[1:]
}

// commands reports whether a line that begins so can be a command of GitHub's. An
// IPv6 address is none: the name of a command begins with a letter.
func commands(line string) bool {
	return len(line) > 2 && line[0] == ':' && line[1] == ':' && (line[2]|0x20 >= 'a' && line[2]|0x20 <= 'z')
}
