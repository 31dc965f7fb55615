package fix

import (
	"bytes"
	"slices"

	"github.com/aymanbagabas/go-udiff"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Unwritten returns a Dockerfile as it would be without an edit of ours: old became held by the edit,
// and held became now by somebody's hand. It is nil where that hand did more than to add, change or
// take out comments and blank lines, or did so within lines that the edit wrote: then nobody knows
// what now would be without the edit.
func Unwritten(old, held, now []byte) []byte {
	if slices.Equal(held, now) {
		return old
	}
	if !sameInstructions(held, now) {
		return nil
	}
	edits, ok := udiff.Merge(udiff.Lines(string(held), string(old)), udiff.Lines(string(held), string(now)))
	if !ok {
		return nil
	}
	text, err := udiff.ApplyBytes(held, edits)
	if err != nil || !sameInstructions(old, text) {
		return nil
	}
	return text
}

// sameInstructions reports whether two Dockerfiles differ in nothing that a builder obeys: in
// comments and blank lines alone.
func sameInstructions(a, b []byte) bool {
	one, err := parser.Parse(bytes.NewReader(a))
	if err != nil {
		return false
	}
	other, err := parser.Parse(bytes.NewReader(b))
	if err != nil || one.EscapeToken != other.EscapeToken {
		return false
	}
	syntax, _, _, _ := parser.DetectSyntax(a)
	others, _, _, _ := parser.DetectSyntax(b)
	return syntax == others && slices.EqualFunc(one.AST.Children, other.AST.Children, func(x, y *parser.Node) bool {
		return x.Original == y.Original && slices.Equal(x.Heredocs, y.Heredocs)
	})
}
