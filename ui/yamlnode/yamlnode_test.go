package yamlnode

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

func TestPairs(t *testing.T) {
	for text, want := range map[string]string{
		"b: 1\na: 2\n": "b=1@1 a=2@2 ", "[a, b]": "", "x": "", "{}": "", "a: &x [1]\nb: *x\n": "a=@1 b=x@2 ",
	} {
		var got strings.Builder
		for key, value := range Pairs(parse(t, text)) {
			fmt.Fprintf(&got, "%s=%s@%d ", key.Value, value.Value, key.Line)
		}
		if got.String() != want {
			t.Errorf("%q: %q, want %q", text, got.String(), want)
		}
	}
	for range Pairs(parse(t, "a: 1\nb: 2\n")) {
		break // the iteration may end early
	}
}

func TestItems(t *testing.T) {
	for text, want := range map[string]int{"[a, b]": 2, "[]": 0, "a": 1, "a: b": 1} {
		if got := len(Items(parse(t, text))); got != want {
			t.Errorf("%q: %d items, want %d", text, got, want)
		}
	}
}
