package rulestest

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Build makes a history in which each instruction has a layer of its own with
// the same index. Those above the line "--" are the base image's.
func Build(texts ...string) *rules.Build {
	b := &rules.Build{}
	base := slices.Index(texts, "--")
	for i, text := range slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == "--" }) {
		b.Instructions = append(b.Instructions, model.Instruction{Index: i, Keyword: rewrite.Keyword(text), Text: text, Layer: model.Ptr(i), Inherited: i < base})
		b.Layers = append(b.Layers, model.Layer{Index: i, Instruction: model.Ptr(i), Inherited: i < base})
	}
	return b
}

// Layers makes a history of n layers without instructions, the first of them the
// base image's.
func Layers(n, inherited int) *rules.Build {
	b := &rules.Build{}
	for i := range n {
		b.Layers = append(b.Layers, model.Layer{Index: i, Inherited: i < inherited})
	}
	return b
}

// Leftover is a finding of visible files that an instruction made.
func Leftover(made int, paths ...string) *model.Finding {
	return &model.Finding{Verdict: model.Ptr(model.Leftover), Layer: model.Ptr(made), Instruction: model.Ptr(made), Paths: paths, FileCount: len(paths), Bytes: 1}
}

// Shadowed is a finding of files that an instruction made and another one hid.
func Shadowed(made, hid int, paths ...string) *model.Finding {
	f := Leftover(made, paths...)
	f.Verdict, f.HiddenBy = model.Ptr(model.Shadowed), model.Ptr(hid)
	return f
}

// OfBase makes a finding the base image's.
func OfBase(f *model.Finding) *model.Finding {
	f.Inherited = true
	return f
}
