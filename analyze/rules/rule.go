// Package rules is the catalogue: what counts as waste beyond what the ledger
// shows by itself, why, and which edit of the Dockerfile removes it.
//
// A rule claims file versions by their paths; the engine in claim.go hands each
// version to the first rule in the catalogue's order that claims it, and turns
// what each rule holds into findings. A rule then proposes a fix for a finding,
// but only one that applies to that very instruction as parsed.
package rules

import (
	"github.com/tare-oci/tare/model"
)

// Rule is one entry of the catalogue. Rules hold no state: the same Rule serves
// any number of images at once.
type Rule struct {
	ID         string
	Title      string // of a finding, a noun phrase without figures
	Why        string // one paragraph: what it costs and how it comes about
	Confidence model.Confidence

	// Claims says whether the rule wants the version at a path (no leading
	// slash). Nil for rules that go by cause or content.
	Claims func(path string) bool

	// ShadowedOnly keeps the rule from claiming visible versions.
	ShadowedOnly bool

	// Spares says that the rule must leave the visible version at a path alone,
	// although Claims wants it, because the image's configuration uses it. Nil
	// for rules that spare nothing.
	Spares func(b *Build, path string) bool

	// Fix proposes the edit for a finding, or nil where it has nothing to say.
	// The finding is complete but for its Fix.
	Fix func(f *model.Finding, b *Build) *model.Fix
}

// Build is what a rule may know of how the image was built.
type Build struct {
	Instructions []model.Instruction
	Layers       []model.Layer

	// From the image's config; all may be empty.
	Entrypoint []string
	Cmd        []string
	Env        []string // NAME=value
	WorkingDir string

	// Of a duplicate-content finding: where else the content of its first path
	// is, and whether the base image holds that copy.
	Twin          string
	TwinInherited bool
}

// Step returns the instruction that made a layer, or nil where the history does
// not say.
func (b *Build) Step(layer *int) *model.Instruction {
	if layer == nil || *layer < 0 || *layer >= len(b.Layers) {
		return nil
	}
	at := b.Layers[*layer].Instruction
	if at == nil {
		return nil
	}
	return &b.Instructions[*at]
}
