package markdown

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBlocks(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		want []Block
	}{
		"paragraphs": {"one\n  two\n\nthree\n", []Block{
			{Spans: []Span{{Text: "one two"}}}, {Apart: true, Spans: []Span{{Text: "three"}}},
		}},
		"bold and code": {"a **b `c ** d` e** `f`", []Block{{Spans: []Span{
			{Text: "a "}, {Text: "b ", Bold: true}, {Text: "c ** d", Bold: true, Code: true}, {Text: " e", Bold: true}, {Text: " "}, {Text: "f", Code: true},
		}}}},
		"a list": {"these:\n- one\n  more\n- two\n\nend", []Block{
			{Spans: []Span{{Text: "these:"}}}, {Kind: Item, Spans: []Span{{Text: "one more"}}}, {Kind: Item, Spans: []Span{{Text: "two"}}},
			{Apart: true, Spans: []Span{{Text: "end"}}},
		}},
		"code": {"so:\n\n```sh\na\n  **b**\n\n- c\n```\nend\r\n", []Block{
			{Spans: []Span{{Text: "so:"}}}, {Kind: Fence, Apart: true, Lines: []string{"a", "  **b**", "", "- c"}}, {Spans: []Span{{Text: "end"}}},
		}},
		"code without an end": {"```\na", []Block{{Kind: Fence, Lines: []string{"a"}}}},
		"nothing":             {"\n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, Blocks(row.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	if got, want := Plain("- **a**, `b **` and ** c"), "- a, b ** and  c"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
