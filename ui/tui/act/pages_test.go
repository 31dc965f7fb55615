package act

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/display"
)

// TestWrapWhole: a line of a diff is wrapped between words, and nothing of it is lost.
func TestWrapWhole(t *testing.T) {
	for text, want := range map[string]string{
		"# It is how most first Dockerfiles look.": "# It is how most first |Dockerfiles look.",
		"short": "short", "": "", "a   b": "a   b",
		strings.Repeat("x", 50) + " y":  strings.Repeat("x", 30) + "|" + strings.Repeat("x", 20) + " y",
		strings.Repeat("日本", 10) + " 語": strings.Repeat("日本", 7) + "日|本日本日本 語",
		strings.Repeat(" ", 40) + "z":   strings.Repeat(" ", 30) + "|" + strings.Repeat(" ", 10) + "z",
	} {
		parts := wrapWhole(text, 30)
		if got := strings.Join(parts, "|"); got != want || strings.Join(parts, "") != text {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
		for _, part := range parts {
			if display.Width(part) > 30 {
				t.Errorf("%q is wider than its column", part)
			}
		}
	}
	if long := strings.Repeat("word ", 200_000); len(wrapWhole(long, 40)) != 25_000 {
		t.Error("a long line has another number of parts")
	}
}
