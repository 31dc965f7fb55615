// Package rules judges the file versions of an image: what is waste beyond what the ledger
// shows by itself, why, and which edit of the Dockerfile removes it.
//
//	claims := rules.Claim(tree, build, catalogue.Rules)
//
// A [Rule] has patterns of the paths that it claims. [Claim] gives each file version to the
// first rule, in the order of the catalogue, that claims it, and is the only code that writes
// the verdict "leftover". [Claims.Findings] turns what each rule claimed into findings. A rule
// then proposes a fix for a finding, but only one that applies to exactly that instruction as
// parsed. Other rules look at the image's config and observe what no byte shows: a program
// that gets no signals, a secret in the environment. A [Build] is everything that a rule may
// know about an image.
//
// The rules themselves are in catalogue, a directory for each chapter, and are passed to Claim.
// Package advice has what their fixes share. Below this package are pattern (matching paths),
// need (what the image still needs), instructions, rewrite (editing one instruction) and
// toolchain (packages to build with). Each knows only those named after it, and none of them
// knows a rule.
//
// Claiming takes a few dozen nanoseconds a path, however many rules there are. An image may
// have thousands of findings, so a fix may look only at a bounded number of instructions. A
// Build and its Claims are not safe for concurrent use. Rules hold no state and can serve any
// number of images at once.
package rules

import "github.com/tare-oci/tare/model"

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
	Do         string // what its fix does, in a few words: "install without recommended packages"; "" lets the fix's strategy say
	Why        string // one paragraph: what it costs and how it comes about
	Confidence model.Confidence
	// Varies says how sure its findings are where each says so itself: "certain for a private
	// key". "" where all have Confidence.
	Varies string

	// Paths are patterns of the paths that the rule wants, as package pattern reads
	// them; a leading ~ is every user's home, a leading $NAME the directory that the
	// environment names. Empty for rules that go by cause, by content or by the config.
	Paths []string

	// Cause, unless it is NoCause, gives the rule what was shadowed for this cause
	// and no rule claims by its path.
	Cause model.Cause

	// Duplicates gives the rule what the ledger calls duplicate.
	Duplicates bool

	// Owns is asked once an image, and returns a function that reports whether the
	// rule wants the files of a package, however they are called. Such a rule claims
	// visible versions only. Nil for other rules.
	Owns func(b *Build) func(p *model.Package) bool

	// ShadowedOnly keeps the rule from claiming visible versions, VisibleOnly
	// from claiming shadowed ones.
	ShadowedOnly, VisibleOnly bool

	// ProgramDirs are patterns of directories that may hold the program itself. Where
	// the image's config or a script that it runs points inside one, the rule is
	// suppressed: it leaves every visible version alone.
	ProgramDirs []string

	// Tools are commands ("go run", "mvn") that use what the rule claims while
	// the container runs. An image that runs one suppresses the rule likewise.
	Tools []string

	// Unless reports whether an image suppresses the rule for another reason; nil for
	// no such images.
	Unless func(b *Build) bool

	// Concerns reports whether the rule may want a visible version at all, by its record and the
	// node of one of its names. It is asked before Exempts, for rules whose Paths match so many
	// files that it takes long to write out each one's path. Nil for other rules.
	Concerns func(b *Build, id model.RecordID, at model.NodeID) bool

	// Exempts reports whether the rule must leave the visible version at a path alone,
	// although it wants it, because the image uses it. Nil for rules that exempt
	// nothing beyond ProgramDirs, Tools and Unless.
	Exempts func(b *Build, path string) bool

	// Fix proposes the edit for a finding, or nil where it has nothing to say.
	// The finding is complete but for its Fix. Nil for rules that only observe.
	Fix func(f *model.Finding, b *Build) *model.Fix

	// Risk is true where a finding endangers the image or its users, whatever its
	// bytes: reports list such findings above all others.
	Risk bool

	// TitleOf says of a finding more than Title, "" for no more; nil where there is no
	// more to say.
	TitleOf func(f *model.Finding, b *Build) string

	// Observe looks at the config and the finished tree for what has no bytes.
	// Nil for rules that hold file versions.
	Observe func(b *Build, t *model.Tree) []Observation

	// InPod tells what of a pod stands in the place of what Observe looks at, where b is an
	// image as a container of the pod runs it: b.Pod is not nil. Nil for rules that no pod
	// changes anything about.
	InPod func(b *Build) Setting

	// ObservePod is Observe for what only a pod and its image show together. It is asked for
	// each container that runs the image, with b.Pod, and never without.
	ObservePod func(b *Build, t *model.Tree) []Observation

	// Mounts are the directories that a RUN --mount=type=cache would keep out of the
	// image, for the default places and the user root.
	Mounts []string
	// Empties are the commands by which the tool empties its cache, such as "pip cache".
	// In a RUN that mounts the cache they would empty the mount.
	Empties []string
	// Refills are the commands that fill the cache with all that is on offer, whatever they
	// were asked for, so that emptying it in one RUN saves nothing where a later RUN has
	// such a command.
	Refills Refill

	// Apart returns the instructions from one to another so that each RUN which needs the
	// cache fills it by itself, with "" for one that nothing needs any more: then each can have
	// a mount of its own, instead of being joined. Nil where the commands of Refills do so
	// anyway.
	Apart func(b *Build, from, to int) ([]string, bool)

	// Locked is true where the tool locks its cache with files. Other containers do not see
	// those, so builds have to take turns with the mount (Dockerfile reference, RUN
	// --mount=type=cache, "sharing").
	Locked bool

	Lesson

	// Fixture is what the tests hold the rule to, and docs/rules.md shows.
	Fixture Fixture
}

// Refill names commands: a call of one of the tools with one of the subcommands.
type Refill struct{ Tools, Subcommands []string }

// HowSure says how sure the findings of a rule are.
func (r *Rule) HowSure() string {
	if r.Varies != "" {
		return r.Varies
	}
	return string(r.Confidence)
}

// Lesson is what a rule teaches beyond its Why.
type Lesson struct {
	See           string   // commands that show it by hand, one a line; IMAGE stands for the image
	Before, After string   // a Dockerfile's lines without and with the fix
	OfManifest    bool     // they are those of a Kubernetes manifest
	WhenNot       string   // when to leave it as it is
	Sources       []string // pages of manuals and standards
}

// Fixture is two small images: one in which a rule finds something, and one like it
// in which it must not. Blanks at both ends of a line do not count. A line is
//
//   - an instruction, as BuildKit notes it in the history;
//   - "+ path", a file of a kilobyte that the instruction before it brings, or
//     "+ path=", one that has more than 4 KiB and the same content wherever it stands;
//   - "+ path {…}", one that holds this JSON, and "+ path text …", one that holds this text,
//     a | in it for each end of a line;
//   - "+ path mode 0755", a file of a kilobyte, or a directory where the path ends in a slash,
//     with these permissions;
//   - "+ !path" for a file that the instruction removes, "+ path -> target" for a
//     symbolic link and "+ path => target" for a hard link;
//   - "+ path elf loader needed …" for a program with a dynamic loader and the shared
//     libraries that it is linked with, "+ path elf soname=name" for a shared library;
//   - "+ dpkg name manual" or "+ dpkg name auto", with a field such as "Depends: other"
//     behind it or not: dpkg knows opt/name as that package's file;
//   - "+ rpm reason": rpm's database, in which opt/big is of a package installed for
//     that reason;
//   - "config" with the image's config as JSON;
//   - "pod" with the spec of a pod as JSON or YAML in one line, whose container x runs the
//     image.
type Fixture struct {
	Hit   string
	Fixed string // what the fix makes of Hit's instructions, "" where it is only a hint
	Miss  string
}

// Observation is a finding without bytes: it holds no file versions.
type Observation struct {
	Layer       *int     // that holds it; nil where it is no file
	Instruction *int     // that causes it; nil where that is the layer's, or the image as a whole
	Paths       []string // that show it, without leading slash
	Fix         *model.Fix

	Manifest *model.ManifestPlace // nil where it is not about a line of a manifest

	Title      string           // "" for the rule's own
	Confidence model.Confidence // "" for the rule's own
	Part       string           // tells it from others of the rule and the layer; "" for the first
}
