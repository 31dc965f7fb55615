package unified

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// context is how many unchanged lines a hunk has at either end.
const context = 3

// script is all lines of two versions of a file: those that both have, those that one has.
type script struct {
	lines  []udiff.Line
	hidden []bool // by lines: the context must not show the line
}

// newScript compares two versions of a file. hidden is by lines of old.
func newScript(old, now string, hidden []bool) (*script, error) {
	whole, err := udiff.ToUnifiedDiff("", "", old, udiff.Lines(old, now), strings.Count(old, "\n")+1)
	if err != nil || len(whole.Hunks) == 0 {
		return &script{}, err
	}
	s := &script{lines: whole.Hunks[0].Lines}
	s.hidden = make([]bool, len(s.lines))
	from := 0
	for i, line := range s.lines {
		if line.Kind == udiff.Insert {
			continue
		}
		s.hidden[i] = line.Kind == udiff.Equal && from < len(hidden) && hidden[from]
		from++
	}
	return s, nil
}

// hunks returns the hunks as ranges of lines. Changes go into one hunk where no more lines
// stand between them than the context of both holds, and all of those may be shown.
//
// Both ends of a hunk have equally many lines of context: patch takes a shorter end for the
// beginning or the end of the file. So one end is shorter only there.
func (s *script) hunks() (hunks [][2]int) {
	for i := 0; i < len(s.lines); {
		if s.lines[i].Kind == udiff.Equal {
			i++
			continue
		}
		first, last := i, i // the lines that change, and what lies between them
		for gap := 0; i < len(s.lines) && gap <= 2*context && !s.hidden[i]; i++ {
			if gap++; s.lines[i].Kind != udiff.Equal {
				last, gap = i, 0
			}
		}
		i = last + 1
		before, behind := s.shown(first, -1), s.shown(last, 1)
		if before < behind && first-before > 0 {
			behind = before
		}
		if behind < before && last+behind < len(s.lines)-1 {
			before = behind
		}
		hunks = append(hunks, [2]int{first - before, last + behind + 1})
	}
	return hunks
}

// shown returns how many lines of context may stand beside a line that changes, before it
// (step -1) or behind it (1).
func (s *script) shown(line, step int) (n int) {
	for i := line + step; n < context && i >= 0 && i < len(s.lines) && !s.hidden[i]; i += step {
		n++
	}
	return n
}

// write writes the hunks.
func (s *script) write(b *strings.Builder) {
	from, to, at := 0, 0, 0 // lines of both versions in front of at
	count := func(end int) (old, now int) {
		for _, line := range s.lines[at:end] {
			if line.Kind != udiff.Insert {
				old++
			}
			if line.Kind != udiff.Delete {
				now++
			}
		}
		return old, now
	}
	for _, h := range s.hunks() {
		old, now := count(h[0])
		from, to, at = from+old, to+now, h[0]
		old, now = count(h[1])
		fmt.Fprintf(b, "@@ -%s +%s @@\n", side(from, old), side(to, now))
		for _, line := range s.lines[h[0]:h[1]] {
			writeLine(b, line)
		}
		from, to, at = from+old, to+now, h[1]
	}
}

// side returns which lines of one version a hunk is about: count of them behind the first
// lines. A side without lines is named by the line before it.
func side(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

// writeLine writes a line of a hunk.
func writeLine(b *strings.Builder, line udiff.Line) {
	b.WriteByte(map[udiff.OpKind]byte{udiff.Delete: '-', udiff.Insert: '+', udiff.Equal: ' '}[line.Kind])
	b.WriteString(line.Content)
	if !strings.HasSuffix(line.Content, "\n") {
		b.WriteString("\n\\ No newline at end of file\n")
	}
}
