// Package rules is the catalogue: what counts as waste beyond what the ledger
// shows by itself, why, and which edit of the Dockerfile removes it.
//
// A rule says in patterns which paths it claims; the engine in claim.go hands
// each file version to the first rule in the catalogue's order that claims it,
// and turns what each rule holds into findings. A rule then proposes a fix for a
// finding, but only one that applies to that very instruction as parsed. Other
// rules look at the image's config and observe what no byte shows: a program
// that gets no signals, a secret in the environment.
//
// Each rule also carries the texts that teach it; docs/rules.md and the command
// "tare explain" show them.
package rules

import (
	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// Group is a chapter of the catalogue.
type Group string

const (
	Caches     Group = "package caches"
	Packages   Group = "packages"
	Leftovers  Group = "leftovers"
	Structure  Group = "structure"
	Kubernetes Group = "running well on Kubernetes"
)

// Rule is one entry of the catalogue. Rules hold no state: the same Rule serves
// any number of images at once.
type Rule struct {
	ID         string
	Group      Group
	Title      string // of a finding, a noun phrase without figures
	Why        string // one paragraph: what it costs and how it comes about
	Confidence model.Confidence

	// Paths are patterns of the paths that the rule wants, as compile reads
	// them. Empty for rules that go by cause, by content or by the config.
	Paths []string

	// Owns reports whether the rule wants the files of a package, however they are
	// called. Such a rule claims visible versions only. Nil for other rules.
	Owns func(b *Build, p *model.Package) bool

	// ShadowedOnly keeps the rule from claiming visible versions, VisibleOnly
	// from claiming shadowed ones.
	ShadowedOnly, VisibleOnly bool

	// Holds are patterns of directories that may hold the program itself. Where the
	// image's config or a script that it runs points inside one, the rule leaves
	// every visible version alone.
	Holds []string

	// Tools are commands ("go run", "mvn") that use what the rule claims while
	// the container runs. An image that runs one is left alone likewise.
	Tools []string

	// Unless says of a whole image that the rule must leave its visible versions
	// alone; nil for no such images.
	Unless func(b *Build) bool

	// Spares says that the rule must leave the visible version at a path alone,
	// although it wants it, because the image uses it. Nil for rules that spare
	// nothing beyond Holds, Tools and Unless.
	Spares func(b *Build, path string) bool

	// Fix proposes the edit for a finding, or nil where it has nothing to say.
	// The finding is complete but for its Fix. Nil for rules that only observe.
	Fix func(f *model.Finding, b *Build) *model.Fix

	// Observe looks at the config and the finished tree for what has no bytes.
	// Nil for rules that hold file versions.
	Observe func(b *Build, t *model.Tree) []Observation

	// Mounts are the directories that a RUN --mount=type=cache would keep out of the
	// image, for the default places and the user root.
	Mounts []string

	Lesson
}

// Lesson is what a rule teaches beyond its Why.
type Lesson struct {
	See           string   // commands that show it by hand, one a line; IMAGE stands for the image
	Before, After string   // a Dockerfile's lines without and with the fix
	WhenNot       string   // when to leave it as it is
	Sources       []string // pages of manuals and standards
}

// Observation is a finding without bytes: it holds no file versions.
type Observation struct {
	Layer       *int     // that holds it; nil where it is no file
	Instruction *int     // that causes it; nil where that is the layer's, or the image as a whole
	Paths       []string // that show it, without leading slash
	Fix         *model.Fix
}

// Build is what a rule may know of how the image was built.
type Build struct {
	Instructions []model.Instruction
	Layers       []model.Layer
	Base         model.Base
	Packages     []model.Package // installed in the finished image, as model.Tree.Packages counts them
	// OwnedByLink are the versions that belong to a package because it lists a hard
	// link of theirs, while their record's own path is nobody's.
	OwnedByLink map[model.RecordID]bool

	// From the image's config; all may be empty.
	Entrypoint  []string
	Cmd         []string
	Env         []string // NAME=value
	WorkingDir  string
	User        string
	Ports       []string // ExposedPorts: 80/tcp
	Volumes     []string // absolute paths
	Healthcheck bool     // there is one, and it is not NONE

	// Mask hides the image's secrets. The zero value is made of Env.
	Mask redact.Mask

	// Captured are the contents of visible files that the scan kept, by path
	// without leading slash. What is missing is unknown, not absent. See Wants.
	Captured map[string][]byte

	// TornLinks are the links that layers replaced by directories, by layer.
	TornLinks []TornLink

	// Budget is what the image may cost; nil is without limits.
	Budget *budget.Budget

	// Of a duplicate-content finding: where else the content of its first path
	// is, and whether the base image holds that copy.
	Twin          string
	TwinInherited bool
	TwinStep      string // the instruction that stored that copy, shortened; "" where unknown

	tree  *model.Tree             // set while claims are made; nil else
	tools map[*model.Package]bool // those to build with; worked out when first asked for
	memo  *memo                   // of the instructions; see known
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

// mask hides the image's secrets.
func (b *Build) mask() redact.Mask {
	if b.Mask == (redact.Mask{}) {
		b.Mask = redact.New(b.Env)
	}
	return b.Mask
}
