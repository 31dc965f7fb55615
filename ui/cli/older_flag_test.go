package cli

import (
	"slices"
	"testing"
)

// TestOlderFlag reads a list of images as a command line and as a pipeline's variable has it.
func TestOlderFlag(t *testing.T) {
	for text, want := range map[string][]string{
		"a:1": {"a:1"}, "a, b ,none": {"a", "b", "none"}, "a\n  b\n": {"a", "b"}, "a,\nb": {"a", "b"}, "a,\n,\nb": {"a", "", "b"}, "a,": {"a", ""}, "": {""}, " \n": {""}, ",none": {"", "none"}, `a"b`: {`a"b`},
	} {
		var got olderFlag
		if err := got.Set(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
