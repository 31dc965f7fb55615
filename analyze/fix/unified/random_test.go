package unified_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix/unified"
	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// words are lines of random files; few, so that a hunk finds its like elsewhere.
var words = []string{"", "a", "a ", "b", "\tc", "RUN x", "- d", "+ e", "\\ no newline", "--- a/f", "@@ -1 +1 @@", "é", "\xff"}

// randomFile returns lines with their line ends; the last may have none.
func randomFile(random *rand.Rand, eol string) (lines []string) {
	for range random.IntN(30) {
		lines = append(lines, words[random.IntN(len(words))]+eol)
	}
	if n := len(lines); n > 0 && random.IntN(3) == 0 {
		if lines[n-1] = strings.TrimRight(lines[n-1], "\r\n"); lines[n-1] == "" {
			lines = lines[:n-1]
		}
	}
	return lines
}

// edited returns lines with some of them changed, removed and added.
func edited(random *rand.Rand, lines []string, eol string) (out []string) {
	if len(lines) > 0 && !strings.HasSuffix(lines[len(lines)-1], "\n") && random.IntN(2) == 0 {
		lines = append(lines[:len(lines)-1:len(lines)-1], lines[len(lines)-1]+eol)
	}
	for i, line := range lines {
		switch random.IntN(12) {
		case 0:
			continue
		case 1:
			out = append(out, "new "+strconv.Itoa(i)+eol)
		case 2:
			out = append(out, words[random.IntN(len(words))]+eol)
		}
		out = append(out, line)
	}
	return out
}

// TestDiffsApply gives diffs of random files to patch and git apply.
func TestDiffsApply(t *testing.T) {
	programs := map[string][]string{
		"patch": {"-p1", "--fuzz=0", "--no-backup-if-mismatch"},
		"git":   {"apply", "--whitespace=nowarn"},
	}
	for name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("%s is not installed", name)
			delete(programs, name)
		}
	}
	if len(programs) == 0 {
		t.Skip("neither patch nor git is installed")
	}
	dir := t.TempDir()
	for seed := range uint64(quick.Rounds(50, 50, 150)) {
		random := rand.New(rand.NewPCG(seed, 1))
		eol := []string{"\n", "\n", "\r\n"}[random.IntN(3)]
		lines := randomFile(random, eol)
		old, now := strings.Join(lines, ""), strings.Join(edited(random, lines, eol), "")
		hidden := make([]bool, len(lines))
		for i := range hidden {
			hidden[i] = seed%2 == 0 && random.IntN(5) == 0
		}
		diff, err := unified.Diff("f", []byte(old), []byte(now), hidden)
		if err != nil {
			t.Fatal(err)
		}
		if problem := unbalanced(diff, len(lines)); problem != "" {
			t.Fatalf("seed %d: %s\n%s", seed, problem, diff)
		}
		if diff == "" || now == "" {
			continue // patch removes a file that becomes empty
		}
		for name, args := range programs {
			if name == "git" && bare.MatchString(contexts(diff)) {
				args = append(slices.Clone(args), "--unidiff-zero")
			}
			if got, problem := applied(t, dir, old, diff, name, args); problem != "" || got != now {
				t.Fatalf("seed %d, %s: %s\n%s\nold %q\nnew %q\ngot %q", seed, name, problem, diff, old, now, got)
			}
		}
	}
}

// applied returns what a program makes of a file with a diff, and what it complains of.
func applied(t *testing.T, dir, old, diff, name string, args []string) (got, problem string) {
	t.Helper()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Sprintf("%v: %s", err, out)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), ""
}

var (
	hunkHeader = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$`)
	bare       = regexp.MustCompile(`(?m)^0 0$`)
)

// contexts lists the context of each hunk, one a line: before and behind.
func contexts(diff string) string {
	var b strings.Builder
	for _, h := range parse(diff) {
		fmt.Fprintln(&b, h.before, h.behind)
	}
	return b.String()
}

// parsed is a hunk as its header and its lines have it.
type parsed struct {
	from, old, now       int // of the header
	hasOld, hasNow       int // counted
	before, behind, most int // context: at both ends, and the longest stretch of it
}

func parse(diff string) (hunks []parsed) {
	number := func(s string) int {
		if s == "" {
			return 1
		}
		n, _ := strconv.Atoi(s)
		return n
	}
	var h *parsed
	changed, left := false, 0
	for _, line := range strings.SplitAfter(diff, "\n") {
		if m := hunkHeader.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil && left <= 0 {
			hunks = append(hunks, parsed{from: number(m[1]), old: number(m[2]), now: number(m[4])})
			h, changed = &hunks[len(hunks)-1], false
			left = h.old + h.now
			continue
		}
		if h == nil || line == "" || line[0] == '\\' {
			continue
		}
		switch line[0] {
		case ' ':
			h.hasOld, h.hasNow, left = h.hasOld+1, h.hasNow+1, left-2
			h.behind++
			if !changed {
				h.before++
			}
			h.most = max(h.most, h.behind)
		case '-':
			h.hasOld, h.behind, changed, left = h.hasOld+1, 0, true, left-1
		case '+':
			h.hasNow, h.behind, changed, left = h.hasNow+1, 0, true, left-1
		}
	}
	return hunks
}

// unbalanced says what is wrong with a diff of a file with so many lines.
func unbalanced(diff string, lines int) string {
	for _, h := range parse(diff) {
		switch {
		case h.old != h.hasOld || h.now != h.hasNow:
			return fmt.Sprintf("the hunk at line %d says %d and %d lines, and has %d and %d", h.from, h.old, h.now, h.hasOld, h.hasNow)
		case h.before > 3 || h.behind > 3 || h.most > 6:
			return fmt.Sprintf("the hunk at line %d has too much context", h.from)
		case h.before < h.behind && h.from > 1, h.behind < h.before && h.from+h.old-1 < lines:
			return fmt.Sprintf("the hunk at line %d has %d lines of context before it and %d behind", h.from, h.before, h.behind)
		}
	}
	return ""
}
