package builder

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// keep is how many bytes of what a program writes are kept.
const keep = 64 << 10

// Tail is a writer that keeps the end of what is written to it. The zero value is ready
// to use. One goroutine may write.
type Tail struct{ kept []byte }

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if len(t.kept) > 2*keep {
		t.kept = append([]byte(nil), t.kept[len(t.kept)-keep:]...)
	}
	return len(p), nil
}

// Last returns the last line that holds more than blanks, "" where there is none.
func (t *Tail) Last() string {
	lines := t.Lines(1)
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}

// Lines returns at most n last lines that hold more than blanks.
func (t *Tail) Lines(n int) []string {
	var lines []string
	for line := range bytes.Lines(t.kept) {
		// A program that draws its progress goes back to the start of the line.
		text := string(line[bytes.LastIndexByte(bytes.TrimRight(line, "\r\n"), '\r')+1:])
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, text)
		}
	}
	return lines[max(0, len(lines)-n):]
}

// step is what BuildKit writes before each line: the step and its seconds.
var step = regexp.MustCompile(`^#[0-9]+ ([0-9.]+ )?`)

// Reason returns the line of a failed build's output that says most about why: what the
// command said last, not what the builder says about it.
func (t *Tail) Reason() string {
	lines := t.Lines(200)
	if line := misused(lines); line != "" {
		return line
	}
	// BuildKit repeats what the command said between two rules.
	if end := lastIndex(lines, len(lines)); end > 0 {
		if start := lastIndex(lines, end); start >= 0 && end-start > 2 {
			return step.ReplaceAllString(lines[end-1], "")
		}
	}
	if n := len(lines); n > 1 && strings.HasPrefix(lines[n-1], "The command ") { // the classic builder
		return lines[n-2]
	}
	return step.ReplaceAllString(t.Last(), "")
}

// seeHelp is the line with which docker and podman point to their help.
var seeHelp = regexp.MustCompile(`^(See|Run) '(docker|podman|nerdctl)[^']* --help'`)

// misused returns what a builder says of flags and arguments that it does not take, "" where it says nothing of that. How it
// is used, which it goes on with, says nothing of what is wrong.
func misused(lines []string) string {
	help := slices.IndexFunc(lines, seeHelp.MatchString)
	if help < 0 {
		return ""
	}
	if usage := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Usage:") }); usage >= 0 {
		help = min(help, usage)
	}
	if help == 0 {
		return ""
	}
	return lines[help-1]
}

// lastIndex returns the index of the last rule before end, -1 where there is none.
func lastIndex(lines []string, end int) int {
	for i := end - 1; i >= 0; i-- {
		if strings.Trim(lines[i], "-") == "" && len(lines[i]) >= 6 {
			return i
		}
	}
	return -1
}
