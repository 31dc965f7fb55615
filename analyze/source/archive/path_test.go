package archive

import (
	"os"
	"testing"
)

func TestSplitPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.tar", "b:1"} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Skipf("no file %q here: %v", name, err)
		}
	}
	for text, want := range map[string][2]string{
		"a.tar":            {"a.tar", ""},
		"a.tar:x/y:1":      {"a.tar", "x/y:1"},
		"b:1":              {"b:1", ""},
		"b:1:x:2":          {"b:1", "x:2"},
		"a.tar@sha256:00":  {"a.tar", "@sha256:00"},
		"a.tar:x@sha256:0": {"a.tar", "x@sha256:0"},
		"none.tar:x:1":     {"none.tar", "x:1"},
		"a.tar:sha256:abc": {"a.tar", "sha256:abc"},
	} {
		path, image := SplitPath(text)
		if got := [2]string{path, image}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
