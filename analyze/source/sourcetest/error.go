package sourcetest

import (
	"strings"
	"testing"
)

// WantError checks that an error is one line, names the thing and contains what
// is expected.
func WantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\n\r\x1b") {
		t.Errorf("error is not one printable line: %q", text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error lacks %q: %s", part, text)
		}
	}
	if testing.Verbose() {
		t.Log(text)
	}
}
