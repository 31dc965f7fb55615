package terminal

import "testing"

func TestModesAreUndone(t *testing.T) {
	const on = "\x1b[?1049h\x1b[>1u\x1b[>4;2m\x1b[?25l\x1b[?2004h\x1b[?1002;1006h\x1b]9;4;3\a"
	off := "\x1b[>4m\x1b[<1u\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b]9;4;0\a"
	tests := []struct {
		name    string
		written []string
		want    string // of what is on
		again   string // of what was
	}{
		{"nothing", []string{"plain \x1b[31mred\x1b[m"}, "", ""},
		{"all", []string{on}, off, off},
		{"in two parts", []string{on[:5], on[5:20], on[20:]}, off, off},
		{"all off", []string{on, off}, "", "\x1b[>4m\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b]9;4;0\a"},
		{"the mouse alone", []string{"\x1b[?1000h"}, "\x1b[>4m\x1b[?1000l\x1b[?25h", "\x1b[>4m\x1b[?1000l\x1b[?25h"},
		{"cut off", []string{"\x1b[?2026h", "\x1b[3"}, "\x18\x1b[>4m\x1b[?2026l\x1b[?25h", "\x18\x1b[>4m\x1b[?2026l\x1b[?25h"},
		{"a question", []string{"\x1b[?2026$p\x1b[?u\x1b]11;?\a"}, "", ""},
		{"on twice", []string{"\x1b[>1u\x1b[?1003h\x1b[>1u\x1b[?1003h"}, "\x1b[>4m\x1b[<2u\x1b[?1003l\x1b[?25h", "\x1b[>4m\x1b[<2u\x1b[?1003l\x1b[?25h"},
		{"a mode of no matter", []string{"\x1b[?7h\x1b[?12h\x1b[4h"}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var m modes
			for _, s := range test.written {
				m.pass([]byte(s))
			}
			if got := m.undo(false); got != test.want {
				t.Errorf("what is on is undone by %q, not %q", got, test.want)
			}
			got := m.undo(true)
			if got != test.again {
				t.Errorf("what was on is undone by %q, not %q", got, test.again)
			}
			m.pass([]byte(got))
			if left := m.undo(false); left != "" {
				t.Errorf("after that, %q is still to be done", left)
			}
		})
	}
}
