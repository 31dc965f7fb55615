// Package advice has what the fixes of rules share: finding the instruction that made a
// finding's files or hid them, edits that join, add flags and clean up, and the sentences that
// explain them. It imports the types of the rule engine, and the catalogue imports it. Most
// rules need only [Cache], [Leftover] or [Optional]:
//
//	var CcacheCache = advice.Cache(advice.Cleanup{Rule: …, What: "the compiler cache"})
//
// A fix is an edit only if it applies to exactly the instructions as parsed and changes
// nothing about the build except the bytes left behind. Otherwise it is a hint: one sentence
// that says what to do. The maker is the instruction that put a finding's bytes into the
// image, the hider is the later one that removed or replaced them, and the origin is the COPY
// that first brought what a RUN stored again.
//
// There is no I/O here. An image may have thousands of findings, so each instruction is read
// once and remembered in the Build. That makes the functions as unsafe for concurrent use as
// the Build is.
package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// Maker returns the index of the instruction that put a finding's bytes there, and
// reports whether it is known and an edit of it could help: it is the image's own,
// not its base's.
func Maker(f *model.Finding, b *rules.Build) (int, bool) {
	if b == nil || f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(b.Instructions) {
		return 0, false
	}
	in := &b.Instructions[*f.Instruction]
	return *f.Instruction, !in.Inherited && in.Text != ""
}

// Hider returns the index of the instruction that hid a finding's bytes, which is a
// later one than the maker, and reports whether it is known.
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

// Hint returns a fix that a person has to carry out.
func Hint(strategy model.Strategy, summary string) *model.Fix {
	return &model.Fix{Strategy: strategy, Summary: summary}
}

// Leave returns a fix that says why nobody can help it.
func Leave(summary string) *model.Fix {
	return &model.Fix{Strategy: model.Manual, Summary: summary, Leave: true}
}

// Largest returns a finding's largest file as an absolute path, "" without paths.
func Largest(f *model.Finding) string {
	if len(f.Paths) == 0 {
		return ""
	}
	return "/" + f.Paths[0]
}

// Files names a finding's files, for a sentence.
func Files(f *model.Finding) string {
	switch {
	case len(f.Paths) == 0:
		return "the files"
	case f.FileCount <= 1:
		return Largest(f)
	}
	return Largest(f) + " and the other files"
}

// Pronoun returns "it" or "them", for what Files names.
func Pronoun(f *model.Finding) string {
	if len(f.Paths) > 0 && f.FileCount <= 1 {
		return "it"
	}
	return "them"
}

// Inherited returns the hint about what only the base image's maker can change.
func Inherited(what string) *model.Fix {
	return Hint(model.ChangeBase, "The base image brings "+what+"; use a newer or smaller base image, or ask its maintainers to remove them where they are created.")
}

// OfBase reports whether the base image holds a finding's bytes and an instruction
// above it hid them.
func OfBase(f *model.Finding, b *rules.Build) bool {
	return b != nil && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(b.Layers) && b.Layers[*f.Layer].Inherited
}
