package redact

import (
	"strings"
	"testing"
)

// FuzzText: whatever the text, masking does not panic, keeps the number of lines,
// lets no value of a secret variable through, and done twice is done once.
func FuzzText(f *testing.F) {
	for text := range maskCases {
		f.Add(text)
	}
	for _, form := range forms(f) {
		f.Add(strings.ReplaceAll(form.text, "@@", "Zq7hunterX9secretvalue07"))
	}
	mask := New([]string{"A_TOKEN=s3cr3tvalue9", "B_TOKEN=s3cr3tvalue9longer"})
	f.Fuzz(func(t *testing.T, text string) {
		got := mask.Text(text)
		if strings.Contains(got, "s3cr3tvalue9") {
			t.Fatalf("%q still tells it: %q", text, got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Fatalf("%q becomes %q, of another number of lines", text, got)
		}
		if again := mask.Text(got); again != got {
			t.Fatalf("%q becomes %q, and that %q", text, got, again)
		}
		words := strings.Split(text, " ")
		if n := len(mask.Words(words)); n != len(words) {
			t.Fatalf("%d words of %q become %d", len(words), text, n)
		}
	})
}
