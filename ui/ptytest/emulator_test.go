//go:build linux

package ptytest

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

// emulate reads what a program wrote to a terminal and lists what is not as it
// was: private modes that are on, a hidden cursor, keyboard protocols, progress.
func emulate(written string) (left []string) {
	on := map[int]bool{25: true, 7: true}
	var keyboards [2]int // of the usual screen and of the alternate one
	screen, modified, progress := 0, false, false
	for _, m := range sequence.FindAllStringSubmatch(written, -1) {
		switch {
		case m[1] != "":
			for word := range strings.SplitSeq(m[1], ";") {
				n, _ := strconv.Atoi(word) // the expression allows digits alone
				on[n] = m[2] == "h"
				if n == 1049 || n == 1047 || n == 47 {
					screen = map[string]int{"h": 1, "l": 0}[m[2]]
				}
			}
		case m[3] == ">":
			keyboards[screen]++
		case m[3] == "<":
			n, err := strconv.Atoi(m[4])
			if err != nil {
				n = 1
			}
			keyboards[screen] = max(0, keyboards[screen]-n)
		case strings.HasPrefix(m[0], "\x1b[>4"):
			modified = m[5] != "" && m[5] != "0"
		case m[6] != "":
			progress = m[6] != "0"
		}
	}
	for n, is := range on {
		if is != (n == 25 || n == 7) {
			left = append(left, fmt.Sprintf("mode %d is %t", n, is))
		}
	}
	slices.Sort(left)
	for i, n := range keyboards {
		if n > 0 {
			left = append(left, fmt.Sprintf("%d Kitty keyboards on screen %d", n, i))
		}
	}
	if modified {
		left = append(left, "modifyOtherKeys is on")
	}
	if progress {
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
		if got := strings.Join(emulate(written), ", "); got != want {
			t.Errorf("%q leaves %q, not %q", written, got, want)
		}
	}
}
