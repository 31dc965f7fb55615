package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// Maker is the index of the instruction that put a finding's bytes there, and
// whether it is known and an edit of it could help: it is the image's own, not
// its base's.
func Maker(f *model.Finding, b *rules.Build) (int, bool) {
	if b == nil || f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(b.Instructions) {
		return 0, false
	}
	in := &b.Instructions[*f.Instruction]
	return *f.Instruction, !in.Inherited && in.Text != ""
}

// Hider is the index of the instruction that hid a finding's bytes, which is a
// later one than the maker, and whether it is known.
func Hider(f *model.Finding, b *rules.Build) (int, bool) {
	if b == nil || f.HiddenBy == nil || *f.HiddenBy < 0 || *f.HiddenBy >= len(b.Layers) {
		return 0, false
	}
	at := b.Layers[*f.HiddenBy].Instruction
	if at == nil || *at < 0 || *at >= len(b.Instructions) || f.Instruction != nil && *at <= *f.Instruction {
		return 0, false
	}
	return *at, b.Instructions[*at].Text != ""
}

// Hint is a fix that a person has to carry out.
func Hint(strategy model.Strategy, summary string) *model.Fix {
	return &model.Fix{Strategy: strategy, Summary: summary}
}

// Largest is a finding's largest file as an absolute path, "" without paths.
func Largest(f *model.Finding) string {
	if len(f.Paths) == 0 {
		return ""
	}
	return "/" + f.Paths[0]
}

// Files names what a finding holds, for a sentence.
func Files(f *model.Finding) string {
	switch {
	case len(f.Paths) == 0:
		return "the files"
	case f.FileCount <= 1:
		return Largest(f)
	}
	return Largest(f) + " and the files with it"
}

// Inherited answers for what only the base image's maker can mend.
func Inherited(what string) *model.Fix {
	return Hint(model.ChangeBase, "The base image brings "+what+"; use a newer or smaller base image, or ask its maker to remove them where they are made.")
}

// OfBase reports whether the base image holds a finding's bytes and an instruction
// above it hid them.
func OfBase(f *model.Finding, b *rules.Build) bool {
	return b != nil && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(b.Layers) && b.Layers[*f.Layer].Inherited
}
