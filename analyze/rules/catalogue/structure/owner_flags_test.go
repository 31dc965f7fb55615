package structure

import (
	"testing"
)

func TestOwnerFlags(t *testing.T) {
	for text, want := range map[string]string{
		"COPY --chown=1:2 a b":                "owner (--chown=1:2)",
		"COPY --from=x --chmod=755 a b":       "mode (--chmod=755)",
		"COPY --chown=1 --link --chmod=7 a b": "owner and mode (--chown=1 --chmod=7)",
	} {
		if got := ownerFlags(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
