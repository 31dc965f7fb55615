package rules

import (
	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/secrets"
	"github.com/tare-oci/tare/model"
)

// Build is what a rule may know of how the image was built.
type Build struct {
	Instructions []model.Instruction
	Layers       []model.Layer
	Base         model.Base
	Packages     []model.Package // installed in the finished image, as model.Tree.Packages counts them
	// Libraries are the packages of programming languages, which model.Tree.Libraries
	// counts from len(Packages) on.
	Libraries []model.Package
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
	Check       []string // what HEALTHCHECK runs: CMD or CMD-SHELL, and the words
	StopSignal  string   // as written; "" for none

	// Variables are what is known of the values of ARG and ENV, as NAME=value; a name
	// may have several. Not for showing.
	Variables []string
	// Frontend is true where the Dockerfile has a syntax directive, which BuildKit
	// alone obeys.
	Frontend bool

	// Neighbours are other files of the project that need something of the image.
	Neighbours []Neighbour

	// Mask hides the image's secrets. The zero value is made of Env.
	Mask redact.Mask

	// Captured are the contents of visible files that the scan kept, by path
	// without leading slash. What is missing is unknown, not absent. See Wants.
	Captured map[string][]byte

	// Contents are those of Captured and of files that a later layer hides, by the
	// record that holds them: what a script said when a RUN ran it.
	Contents map[model.RecordID][]byte

	// Executables are what the scan read of programs and scripts, by the records of
	// their contents. What is missing is unknown, or none: a layer that was read by its
	// table of contents has none.
	Executables map[model.RecordID]*executable.File

	// Secrets are what the scan found in the contents of files, by their records, visible or
	// not. A file that is missing holds none, or nobody looked: a layer that was read by its
	// table of contents has none.
	Secrets map[model.RecordID]secrets.Found

	// TornLinks are the links that layers replaced by directories, by layer.
	TornLinks []TornLink

	// Model is true for an image that tare made itself, whose files stand for real ones: none
	// of them is known to be missing.
	Model bool

	// Budget is what the image may cost; nil is without limits.
	Budget *budget.Budget

	// Tree is the finished image, while Claim asks the rules; nil else.
	Tree *model.Tree

	// DuplicateOf is where else the content of the first path of a finding of
	// duplicates is, while the fix for it is asked for; the zero value else.
	DuplicateOf SameContent

	// Pods are the containers of Kubernetes workloads that run the image, where the user
	// has given manifests. Pod is one of them while rules are asked about the image as that
	// container runs it, see In; nil else.
	Pods []Pod
	Pod  *Pod
	// PodSecrets and PodVariables are what all manifests hold of secrets and of variables, as
	// NAME=value. Not for showing.
	PodSecrets, PodVariables []string
	// Own is the image by itself where Pod is not nil.
	Own *Build

	process *Process // see Process

	secretPaths map[string]secrets.Found // see SecretAt

	asked    askedNode                    // the last, see pathOf
	commands map[string][]rewrite.Command // see parseWords
	scripts  map[string][]rewrite.Command // see parseScript
	parsed   *instructions.List
	needs    *need.Room
	indexes  map[*string]*pattern.Index // by the first of the patterns; see Matches
}

// SameContent is a version with the content of another.
type SameContent struct {
	Path      string // without leading slash; "" where there is none
	Inherited bool   // the base image holds it
	Step      string // the instruction that stored it, shortened; "" where unknown
}

// LibraryOf returns the package of a programming language that owns a visible file, nil for
// none.
func (b *Build) LibraryOf(id model.RecordID) *model.Package {
	if b == nil || b.Tree == nil || int(id) >= len(b.Tree.Libraries) {
		return nil
	}
	if at := int(b.Tree.Libraries[id]) - len(b.Packages); at >= 0 && at < len(b.Libraries) {
		return &b.Libraries[at]
	}
	return nil
}

// VisibleAt returns the record of what is visible at a path without leading slash.
func (b *Build) VisibleAt(name string) (model.RecordID, bool) {
	if b == nil || b.Tree == nil {
		return 0, false
	}
	if b.asked.path == name && name != "" {
		return b.Tree.Visible(b.asked.node)
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return 0, false
	}
	return b.Tree.Visible(node)
}

// askedNode is a node and its path.
type askedNode struct {
	node model.NodeID
	path string // "" where there is none yet
}

// pathOf returns the path of a node that rules are asked about. Several rules may want one, and
// [Build.VisibleAt] need not look for it.
func (b *Build) pathOf(n model.NodeID) string {
	if b.asked.path == "" || b.asked.node != n {
		b.asked = askedNode{n, b.Tree.Path(n)}
	}
	return b.asked.path
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

// Parsed returns the image's instructions as parsed. What was read of an
// instruction is kept, also when Instructions is replaced. A nil Build has none.
func (b *Build) Parsed() *instructions.List {
	if b == nil {
		return instructions.New(nil, "", nil)
	}
	if b.parsed == nil || !b.parsed.Same(b.Instructions) {
		var read *instructions.ParseCache
		if b.parsed != nil {
			read = b.parsed.ParseCache()
		}
		b.parsed = instructions.New(b.Instructions, b.WorkingDir, read)
		b.parsed.Variables = b.Variables
	}
	return b.parsed
}

// Needs answers what the image still needs of something that an edit would take away.
// Like Parsed, it keeps what it has read.
func (b *Build) Needs() *need.Room {
	if b == nil {
		return need.New(need.Image{Instructions: instructions.New(nil, "", nil)}, nil)
	}
	list := b.Parsed()
	if b.needs == nil || b.needs.Instructions != list || b.needs.Tree != b.Tree {
		var read *need.Cache
		if b.needs != nil {
			read = b.needs.Cache()
		}
		b.needs = need.New(need.Image{
			Instructions: list, Layers: b.Layers, Tree: b.Tree, Contents: b.Contents,
			Entrypoint: b.Entrypoint, Cmd: b.Cmd, Env: b.Env, User: b.User, WorkingDir: b.WorkingDir,
		}, read)
	}
	return b.needs
}

// SecretAt returns what the scan found in the content of a file, by its path without leading
// slash, in whatever layer; looked is false where it looked into none of them.
func (b *Build) SecretAt(name string) (found secrets.Found, looked bool) {
	if b.secretPaths == nil && b.Tree != nil {
		b.secretPaths = make(map[string]secrets.Found, len(b.Secrets))
		for id, f := range b.Secrets {
			at := b.Tree.Path(b.Tree.Records[id].Node)
			if had, ok := b.secretPaths[at]; !ok || had.Kind == "" || f.Sure {
				b.secretPaths[at] = f
			}
		}
	}
	found, looked = b.secretPaths[name]
	return found, looked
}

// NeedsBuildKit reports whether the Dockerfile is one that BuildKit alone builds as it
// is meant, so that an edit may use what older builders do not know.
func (b *Build) NeedsBuildKit() bool { return b.Frontend || b.Parsed().NeedsBuildKit() }

// SecretMask hides the image's secrets.
func (b *Build) SecretMask() redact.Mask {
	if b.Mask == (redact.Mask{}) {
		b.Mask = redact.New(b.Env)
	}
	return b.Mask
}

// TornLink is a symbolic link to a directory that a layer above it replaced by a
// directory without saying so, as overlay.TornLink has it.
type TornLink struct {
	Layer int
	Link  model.RecordID
}
