package fix

import (
	"regexp"
	"slices"
	"strings"
)

// betweenCommands are the ways in which a list goes on: && at the end of a line, at the
// start of the next, or in the middle of one.
var betweenCommands = regexp.MustCompile(`(?:[ \t]*\\\n[ \t]*&&[ \t]*|[ \t]*&&[ \t]*\\\n[ \t]*|[ \t]*&&[ \t]*)$`)

// plainRemoval is a rm -rf of paths that need no quotes.
var plainRemoval = regexp.MustCompile(`^rm -rf( /[A-Za-z0-9._+@%:,~/*-]+)+$`)

// maxRemoval is how wide a line with a rm gets before it goes on in the next.
const maxRemoval = 100

// tidy makes one rm of those that different findings have appended to a RUN one
// after the other.
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

// mergeRemovals merges the plain rm -rf that stand next to each other among the
// commands that a RUN ends with; false where there is nothing to merge, or where
// it ends otherwise.
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

// wrapRemoval breaks a long rm between its paths.
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
