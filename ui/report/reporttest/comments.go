package reporttest

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tare-oci/tare/ui/display"
)

// ours is what a comment has of HTML and of Markdown's marks: all of it tare's
// own words. The rest must be plain.
var (
	tags      = regexp.MustCompile(`^<details><summary>(<b>[+]?[0-9.]+ [kMGTPE]?B</b> <code>[^<]*</code>( in (line|step)s? [0-9]+((, [0-9]+)* and [0-9]+| to [0-9]+)?)?|[0-9,]+ smaller changes?, [0-9.]+ [kMGTPE]?B in all|[0-9,]+ (things? worth a look|ignores? in the settings|notes?|(instruction|package|path)s? changed)|Whoever has the old image pulls [0-9.]+ [kMGTPE]?B[a-z0-9, .kMGTPEB%]*|[0-9,]+ layers? pulled again with the same content|Details)</summary>$`)
	rule      = regexp.MustCompile(`^(\|(:?-+:?\|)+|</details>|<!-- tare( compare)? -->)$`)
	meaning   = regexp.MustCompile("[<>@#\\[\\]_~&$^\\\\`{}*/=]|[0-9a-fA-F]{7}|://|www\\.\\w|\\w@|[A-Za-z]-[0-9]|:[a-z]+:")
	headline  = regexp.MustCompile(`^(### tare: [a-z0-9 ,.<>%kMGTPEB]+|#### What (grew|to change))$`)
	lineBreak = regexp.MustCompile(`\\$`)
)

// CheckComment holds a Markdown text to what every reader of it relies on: it is UTF-8,
// fits a comment, and neither a terminal nor a renderer obeys anything in it.
func CheckComment(t testing.TB, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if line != display.Escape(line) {
			t.Errorf("line %d would be obeyed by a terminal: %q", i+1, line)
		}
	}
	if !utf8.ValidString(text) {
		t.Error("not UTF-8")
	}
	if len(text) > 65_000 {
		t.Errorf("%d bytes of Markdown", len(text))
	}
	CheckEscaped(t, text)
}

// CheckEscaped fails where a comment holds anything that a renderer could obey outside
// of code. It reads as CommonMark does: blocks first, then cells, then spans.
func CheckEscaped(t testing.TB, text string) {
	t.Helper()
	fence := ""
	for n, line := range strings.Split(text, "\n") {
		switch {
		case fence != "":
			if line == fence {
				fence = ""
			} else if run := line[:len(line)-len(strings.TrimLeft(line, "`"))]; len(run) >= len(fence) {
				t.Errorf("line %d closes the block: %q", n+1, line)
			}
			continue
		case strings.HasPrefix(line, "```") && !strings.Contains(strings.TrimLeft(line, "`"), "`"):
			fence = strings.TrimRight(line, "dif")
			continue
		case rule.MatchString(line), tags.MatchString(line), headline.MatchString(line):
			continue
		}
		cells := []string{line}
		if row, ok := strings.CutPrefix(line, "| "); ok {
			if row, ok = strings.CutSuffix(row, " |"); !ok {
				t.Errorf("line %d is half a row: %q", n+1, line)
			}
			cells = strings.Split(row, " | ")
		} else {
			cells[0] = lineBreak.ReplaceAllString(strings.TrimPrefix(line, "- "), "")
		}
		for _, cell := range cells {
			if strings.Contains(cell, "|") && strings.HasPrefix(line, "| ") {
				t.Errorf("line %d has a bar in a cell: %q", n+1, line)
			}
			cell = strings.ReplaceAll(withoutSpans(cell), "**", "")
			if bad := meaning.FindString(cell); bad != "" {
				t.Errorf("line %d: %q in %q stands outside of code: %q", n+1, bad, cell, line)
			}
		}
	}
	if fence != "" {
		t.Error("a block is not closed")
	}
}

// withoutSpans takes code spans out of a line as CommonMark 0.31, 6.1, finds
// them: from a run of backticks to the next run of the same length.
func withoutSpans(line string) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(line, '`')
		if start < 0 {
			return out.String() + line
		}
		length := len(line[start:]) - len(strings.TrimLeft(line[start:], "`"))
		out.WriteString(line[:start])
		line = line[start+length:]
		end := 0
		for {
			next := strings.IndexByte(line[end:], '`')
			if next < 0 {
				return out.String() + strings.Repeat("`", length) + line // opens nothing
			}
			end += next
			run := len(line[end:]) - len(strings.TrimLeft(line[end:], "`"))
			end += run
			if run == length {
				break
			}
		}
		out.WriteString(" ")
		line = line[end:]
	}
}
