//go:build linux

package pty

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sequence is every escape sequence that changes a mode which a shell would feel.
var sequence = regexp.MustCompile("\x1b\\[\\?([0-9;]+)([hl])|\x1b\\[([<>=])([0-9]*)(?:;[0-9]*)?u|\x1b\\[>4;?([0-9]*)m|\x1b\\]9;4;([0-9])")

// emulator knows what a terminal was told to be in.
type emulator struct {
	on        map[int]bool // private modes
	keyboards [2]int       // Kitty's, of the usual screen and of the alternate one
	screen    int
	modified  bool // modifyOtherKeys
	progress  bool
}

func newEmulator() *emulator { return &emulator{on: map[int]bool{25: true, 7: true}} }

// show reads what a program wrote; no sequence goes on in the next text.
func (e *emulator) show(written string) {
	for _, m := range sequence.FindAllStringSubmatch(written, -1) {
		switch {
		case m[1] != "":
			for word := range strings.SplitSeq(m[1], ";") {
				n, _ := strconv.Atoi(word) // the expression allows digits alone
				e.on[n] = m[2] == "h"
				if n == 1049 || n == 1047 || n == 47 {
					e.screen = map[string]int{"h": 1, "l": 0}[m[2]]
				}
			}
		case m[3] == ">":
			e.keyboards[e.screen]++
		case m[3] == "<":
			n, err := strconv.Atoi(m[4])
			if err != nil {
				n = 1
			}
			e.keyboards[e.screen] = max(0, e.keyboards[e.screen]-n)
		case strings.HasPrefix(m[0], "\x1b[>4"):
			e.modified = m[5] != "" && m[5] != "0"
		case m[6] != "":
			e.progress = m[6] != "0"
		}
	}
}

// left lists what is not as it is in a terminal that nobody has touched.
func (e *emulator) left() (left []string) {
	for n, is := range e.on {
		if is != (n == 25 || n == 7) {
			left = append(left, fmt.Sprintf("mode %d is %t", n, is))
		}
	}
	slices.Sort(left)
	for i, n := range e.keyboards {
		if n > 0 {
			left = append(left, fmt.Sprintf("%d Kitty keyboards on screen %d", n, i))
		}
	}
	if e.modified {
		left = append(left, "modifyOtherKeys is on")
	}
	if e.progress {
		left = append(left, "progress is shown")
	}
	return left
}

func TestEmulator(t *testing.T) {
	for written, want := range map[string]string{
		"":                                 "",
		"\x1b[?1049h\x1b[?1049l":           "",
		"\x1b[?1049h":                      "mode 1049 is true",
		"\x1b[?1002;1006h\x1b[?1002l":      "mode 1006 is true",
		"\x1b[?25l":                        "mode 25 is false",
		"\x1b[?25l\x1b[?25h":               "",
		"\x1b[?1049h\x1b[>1u\x1b[?1049l":   "1 Kitty keyboards on screen 1",
		"\x1b[>1u\x1b[>1u\x1b[<2u":         "",
		"\x1b[>4;2m":                       "modifyOtherKeys is on",
		"\x1b[>4;2m\x1b[>4m":               "",
		"\x1b]9;4;3\a":                     "progress is shown",
		"\x1b]9;4;3\a\x1b]9;4;0\a\x1b[31m": "",
	} {
		e := newEmulator()
		e.show(written)
		if got := strings.Join(e.left(), ", "); got != want {
			t.Errorf("%q leaves %q, not %q", written, got, want)
		}
	}
}
