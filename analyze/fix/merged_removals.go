package fix

import (
	"regexp"
	"slices"
	"strings"
)

// betweenCommands matches && between two commands: at the end of a line, at the start of the
// next, or in the middle of one.
var betweenCommands = regexp.MustCompile(`(?:[ \t]*\\\n[ \t]*&&[ \t]*|[ \t]*&&[ \t]*\\\n[ \t]*|[ \t]*&&[ \t]*)$`)

// plainRemoval matches a rm -rf of absolute paths that need no quotes.
var plainRemoval = regexp.MustCompile(`^rm -rf( /[A-Za-z0-9._+@%:,~/*-]+)+$`)

// maxRemoval is how many characters of a rm fit a line; further paths go to the next line.
const maxRemoval = 100

// mergeCleanups makes one rm of those that the edits for different findings have appended to the
// same RUN.
func (p *plan) mergeCleanups() {
	for piece, appended := range p.cleanups {
		commands := strings.Split(strings.TrimSuffix(appended, "\n"), "\n")
		text, ok := mergeRemovals(piece.text, commands)
		if !ok {
			continue
		}
		if raw, ok := piece.form.write(text); ok {
			piece.text, piece.raw = text, raw
		}
	}
}

// mergeRemovals merges neighbours among commands, which a RUN ends with, where both are a plain
// rm -rf. It returns false where there are no such neighbours, or where the RUN does not end
// with those commands.
func mergeRemovals(run string, commands []string) (string, bool) {
	var reversed, separators []string // in reverse
	rest := run
	for _, command := range slices.Backward(commands) {
		before, ends := strings.CutSuffix(rest, command)
		separator := betweenCommands.FindString(before)
		if !ends || separator == "" {
			break
		}
		rest = strings.TrimSuffix(before, separator)
		last := len(reversed) - 1
		if last >= 0 && plainRemoval.MatchString(command) && plainRemoval.MatchString(reversed[last]) {
			reversed[last], separators[last] = command+strings.TrimPrefix(reversed[last], "rm -rf"), separator
			continue
		}
		reversed, separators = append(reversed, command), append(separators, separator)
	}
	merged := false
	for i, command := range slices.Backward(reversed) {
		if plainRemoval.MatchString(command) && !slices.Contains(commands, command) {
			command, merged = wrapRemoval(command), true
		}
		rest += separators[i] + command
	}
	return rest, merged
}

// wrapRemoval breaks a rm that is longer than a line between its paths.
func wrapRemoval(command string) string {
	const next = " \\\n       "
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(command) {
		if i > 0 {
			if width+1+len(word) > maxRemoval {
				b.WriteString(next)
				width = len(next)
			}
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
