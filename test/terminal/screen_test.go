package terminal

import (
	"strings"
	"time"
	"unicode"

	"github.com/tare-oci/tare/ui/display"
)

// whole waits for a screen whose frame is whole: as many rows as the terminal
// has, each with its borders where they belong, and nothing in them that a
// terminal would obey or that hides. A screen can be caught half-drawn, which is
// why this waits.
func (term *terminal) whole() string {
	term.t.Helper()
	for deadline := time.Now().Add(timeout / 6); ; time.Sleep(10 * time.Millisecond) {
		s := term.screen()
		wrong := broken(s, term.columns, term.rows)
		if wrong == "" {
			return s
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("%s:\n%s", wrong, picture(s))
		}
	}
}

// broken says what is wrong with a screen, "" where nothing is.
func broken(screen string, columns, rows int) string {
	lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	if len(lines) != rows {
		return "there are " + display.Count(len(lines)) + " rows"
	}
	header := 2
	if columns >= 110 || rows < 16 {
		header = 1
	}
	for i, line := range lines {
		at := "row " + display.Count(i+1) + " "
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				return at + "holds a control character"
			}
		}
		switch w := display.Width(line); {
		case w > columns:
			return at + "is " + display.Count(w) + " columns wide"
		case i < header || i == rows-1 || strings.HasPrefix(lines[i-1], "╰") || i > 1 && strings.HasPrefix(lines[i-2], "╰"):
			if strings.TrimSpace(line) == "" {
				return at + "is empty"
			}
		case w != columns:
			return at + "ends in column " + display.Count(w)
		default:
			if first, last := firstAndLast(line); !strings.ContainsRune("│├╭╰|+┃", first) || !strings.ContainsRune("│┃┤╮╯|+#", last) {
				return at + "has no border"
			}
		}
	}
	return ""
}

func firstAndLast(line string) (first, last rune) {
	runes := []rune(line)
	return runes[0], runes[len(runes)-1]
}
