package display

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestMessage: a message keeps its beginning and its end, has no more characters
// than there is room for, and is not cut within an escape or a character.
func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		" as it is\n":                 "as it is",
		"abcdefghijklmnopqrst":        "abcdefghijklmnopqrst",
		"abcdefghijklmnopqrstu":       "abcdefghijk…nopqrstu",
		strings.Repeat("\x1b", 6):     `\x1b\x1b…\x1b\x1b`,
		strings.Repeat("é", 21):       "ééééééééééé…éééééééé",
		strings.Repeat("e\u0301", 21): strings.Repeat("e\u0301", 5) + "…" + strings.Repeat("e\u0301", 4),
	} {
		if got := Message(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, piece := range []string{"a", "\x1b", "\u202e", "\U000e0041", "\xff", `\`, "é", "\n", "a\u0301", "0"} {
		for _, before := range []string{"b", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi"} {
			got := Message(before+strings.Repeat(piece, 700)+"; do this", MaxMessage)
			if n := utf8.RuneCountInString(got); n > MaxMessage || n < MaxMessage-2*longestEscape {
				t.Errorf("%q: %d characters", piece, n)
			}
			head, tail, ok := strings.Cut(got, "…")
			if !ok || !strings.HasSuffix(tail, "; do this") || !utf8.ValidString(got) {
				t.Errorf("%q: %q", piece, got)
			}
			whole := Escape(strings.Repeat(piece, 700))
			if !strings.HasPrefix(before+whole, head) || !strings.HasSuffix(whole, strings.TrimSuffix(tail, "; do this")) {
				t.Errorf("%q: other text is there: %q", piece, got)
			}
			if piece != "a" && len(Escape(piece)) > 2 && utf8.RuneCountInString(strings.TrimPrefix(head, before))%utf8.RuneCountInString(Escape(piece)) != 0 {
				t.Errorf("%q is cut: %q", piece, head)
			}
		}
	}
}
