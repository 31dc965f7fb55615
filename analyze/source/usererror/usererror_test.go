package usererror

import (
	"testing"
)

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"plain ünïcode":    "plain ünïcode",
		"two\nlines":       "two lines",
		"\x1b[31mred":      `\x1b[31mred`,
		"\xff":             `\xff`,
		"right\u202eleft":  `right\u202eleft`,
		"c1 \u009b31m red": `c1 \u009b31m red`,
	} {
		if got := OneLine(text); got != want {
			t.Errorf("%q: got %s", text, got)
		}
	}
}
