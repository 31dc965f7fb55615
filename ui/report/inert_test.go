package report

import (
	"regexp"
	"strings"
	"testing"
)

// ours is what a comment has of HTML and of Markdown's marks: all of it tare's
// own words. The rest must be plain.
var (
	tags      = regexp.MustCompile(`^<details><summary>(<b>[+]?[0-9.]+ [kMGTPE]?B</b> <code>[^<]*</code>( in line [0-9]+)?|[0-9,]+ (things? worth a look|ignores? in the settings|notes?|(instruction|package|path)s? changed))</summary>$`)
	rule      = regexp.MustCompile(`^(\|(:?-+:?\|)+|</details>|<!-- tare( compare)? -->)$`)
	meaning   = regexp.MustCompile("[<>@#\\[\\]_~&$^\\\\`{}*/=]|[0-9a-fA-F]{7}|://|www\\.\\w|\\w@|[A-Za-z]-[0-9]|:[a-z]+:")
	headline  = regexp.MustCompile(`^### tare: [a-z0-9 ,.<>%kMGTPEB]+$`)
	lineBreak = regexp.MustCompile(`\\$`)
)

// inert fails where a comment holds anything that a renderer could obey outside
// of code. It reads as CommonMark does: blocks first, then cells, then spans.
func inert(t *testing.T, text string) {
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

var command = regexp.MustCompile(`^::(error|warning|notice) (?:file=[^:,]+,line=[0-9]+,endLine=[0-9]+,)?title=([^:,]*)::(.+)$`)

// commands holds every line to be one command of the three kinds, as the runner
// takes them apart, or the line that says what was left out.
func commands(t *testing.T, text string) {
	t.Helper()
	count := map[string]int{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || strings.HasSuffix(line, "GitHub shows 10 of a step") {
			continue
		}
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no command: %q", line)
			continue
		}
		if count[m[1]]++; count[m[1]] > 10 {
			t.Errorf("more than ten of %s", m[1])
		}
	}
}

func TestInertSeesThroughDisguises(t *testing.T) {
	for _, text := range []string{
		"[a](http:x)", "@octocat", "<img src=x>", "a #12", "`a` <b> `c`", "``a` <b>``` x", "| `a | <i>` |", "https://a", "deadbeef12", "shop#1", "![a](b)", "GH-12", ":smile:", "**a** _b_", "&lt;",
		"<details><summary><img></summary>", "```\n```` <b>\nx",
	} {
		var inner testing.T
		func() {
			defer func() { _ = recover() }()
			inert(&inner, text)
		}()
		if !inner.Failed() {
			t.Errorf("%q passes for inert", text)
		}
	}
}
