package terminal

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// modes records the modes that were switched on in a terminal and would outlive the program:
// private modes (DECSET, CSI ? n h), the Kitty keyboard protocol's stack (CSI > u)
// and the progress in the tab or the taskbar (OSC 9 ; 4).
// Its zero value is a terminal of which nothing is known to be on.
type modes struct {
	private  []int // those that are on, in the order they were switched on
	were     []int // those that have been on, in the order they first were
	keyboard int   // entries on the Kitty stack
	progress bool
	shown    bool   // progress has been
	rest     []byte // the beginning of a sequence that the next write goes on with
}

// alternate reports whether the alternate screen is shown.
func (m *modes) alternate() bool { return slices.Contains(m.private, 1049) }

// lasting are the private modes that are switched off again. The cursor (25) and
// XTMODKEYS (CSI > 4 m) are put right wherever one of these was on.
var lasting = []int{47, 1047, 1049, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1004, 2004, 2026, 2027, 1}

// longestSequence bounds how much is kept of a sequence without an end.
const longestSequence = 64

// pass records the modes in what was written.
func (m *modes) pass(p []byte) {
	p = append(m.rest, p...)
	m.rest = nil
	for {
		at := bytes.IndexByte(p, '\x1b')
		if at < 0 {
			return
		}
		p = p[at:]
		end := sequenceEnd(p)
		if end == 0 {
			if len(p) <= longestSequence {
				m.rest = slices.Clone(p)
			}
			return
		}
		m.take(string(p[:end]))
		p = p[end:]
	}
}

// sequenceEnd is the length of the escape sequence that p begins with, as far as
// it matters here, 0 while its end has not come.
func sequenceEnd(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	switch p[1] {
	case '[':
		for i := 2; i < len(p); i++ {
			if p[i] >= '@' && p[i] <= '~' {
				return i + 1
			}
		}
		return 0
	case ']':
		if !bytes.HasPrefix([]byte("9;4"), p[2:min(len(p), 5)]) {
			return 2 // of no interest
		}
		if end := bytes.IndexAny(p, "\a\\"); end > 0 {
			return end + 1
		}
		return 0
	}
	return 2
}

// take records the mode of one sequence.
func (m *modes) take(s string) {
	body, last := s[2:max(2, len(s)-1)], s[len(s)-1]
	switch {
	case strings.HasPrefix(s, "\x1b[?") && (last == 'h' || last == 'l'):
		for word := range strings.SplitSeq(body[1:], ";") {
			if n, err := strconv.Atoi(word); err == nil {
				m.set(n, last == 'h')
			}
		}
	case strings.HasPrefix(s, "\x1b[>") && last == 'u':
		m.keyboard++
	case strings.HasPrefix(s, "\x1b[<") && last == 'u':
		n, err := strconv.Atoi(body[1:])
		if err != nil {
			n = 1
		}
		m.keyboard = max(0, m.keyboard-n)
	case strings.HasPrefix(s, "\x1b]9;4;"):
		m.progress = !strings.HasPrefix(s, "\x1b]9;4;0")
		m.shown = m.shown || m.progress
	}
}

func (m *modes) set(n int, on bool) {
	if !slices.Contains(lasting, n) {
		return
	}
	m.private = slices.DeleteFunc(m.private, func(other int) bool { return other == n })
	if !on {
		return
	}
	m.private = append(m.private, n)
	if !slices.Contains(m.were, n) {
		m.were = append(m.were, n)
	}
}

// undo is the sequences that switch off what is on and, if again, what has been on,
// in case that was lost; "" where nothing is to be done. What came last goes first,
// the keyboard's before the screen's, for each screen has its own. The Kitty stack
// of the usual screen can hold entries of others, so nothing is taken off it twice.
func (m *modes) undo(again bool) string {
	off := m.private
	if again {
		off = m.were
	}
	if len(off) == 0 {
		return ""
	}
	var b strings.Builder
	if len(m.rest) > 0 {
		b.WriteByte('\x18') // CAN ends a sequence that was cut off
	}
	b.WriteString("\x1b[>4m")
	if m.keyboard > 0 {
		b.WriteString("\x1b[<" + strconv.Itoa(m.keyboard) + "u")
	}
	for _, n := range slices.Backward(off) {
		b.WriteString("\x1b[?" + strconv.Itoa(n) + "l")
	}
	b.WriteString("\x1b[?25h")
	if m.progress || again && m.shown {
		b.WriteString("\x1b]9;4;0\a")
	}
	return b.String()
}
