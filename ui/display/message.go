package display

import (
	"strings"
	"unicode"
)

// MaxMessage is how many characters a message of one line may have.
const MaxMessage = 500

// Message makes an error safe to print on one line, and not longer than room
// characters. What is too much is left out of the middle: an error begins with
// what was being done, and ends with what to do next.
func Message(text string, room int) string {
	shown := []rune(Escape(strings.TrimSpace(text)))
	if len(shown) <= room {
		return string(shown)
	}
	head := beforeEscape(shown, (room-1)*3/5)
	tail := afterEscape(shown, len(shown)-(room-1-(room-1)*3/5))
	return string(shown[:head]) + "…" + string(shown[tail:])
}

// longestEscape is how many characters Escape makes of one at most: \U000e0041.
const longestEscape = 10

// beforeEscape moves a cut to the left where it is within an escape, or in front
// of marks that belong to the character before.
func beforeEscape(text []rune, cut int) int {
	for cut > 0 && cut < len(text) && unicode.Is(unicode.M, text[cut]) {
		cut--
	}
	for at := max(0, cut-longestEscape+1); at < cut; at++ {
		if at+escapeLength(text[at:]) > cut {
			return at
		}
	}
	return cut
}

// afterEscape moves a cut to the right where it is within an escape, or in front
// of marks that belong to the character before.
func afterEscape(text []rune, cut int) int {
	for at := max(0, cut-longestEscape+1); at < cut; at++ {
		if end := at + escapeLength(text[at:]); end > cut {
			cut = end
			break
		}
	}
	for cut < len(text) && unicode.Is(unicode.M, text[cut]) {
		cut++
	}
	return cut
}

// escapeLength is how many characters an escape has that a text begins with; 0
// for none.
func escapeLength(text []rune) int {
	if len(text) < 2 || text[0] != '\\' {
		return 0
	}
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8, 'n': 0, 't': 0, 'r': 0}
	n, ok := digits[text[1]]
	if !ok || len(text) < 2+n {
		return 0
	}
	for _, r := range text[2 : 2+n] {
		if !strings.ContainsRune("0123456789abcdef", r) {
			return 0
		}
	}
	return 2 + n
}
