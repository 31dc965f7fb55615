// Package model has the data that all of tare shares: the report, the tree of every path that an image
// ever had, and the arithmetic on both.
//
// Its terms are those of the OCI image spec (manifest, config, layer, diff ID, digest, whiteout), plus
// a few of tare's own. A file version is one regular file as one layer stores it. A version is
// shadowed when none of its names is left in the merged filesystem. It is a leftover when it is
// visible but a rule says that the image does not need it. Wasted is shadowed plus leftover, and
// live is everything else. docs/ledger.md explains them with examples.
//
// The package is plain data. It imports only the standard library, does no I/O, and no value of it
// is safe for concurrent changes.
package model

import "time"

// SchemaVersion is the version of the JSON report's format.
const SchemaVersion = 2

// KeptNote begins the notes on what stays since another file of the project needs it, in front of that
// file's path.
const KeptNote = "kept for "

// BaseNote stands in the note on a base image that another Dockerfile of the project builds, behind its bytes and
// in front of how to look at it.
const BaseNote = " come from a base that this project builds: "

// Report is the finished answer about one image. It is immutable once analyze
// returns it, so any number of faces may read it at the same time. All sizes
// are bytes; a nil pointer is a figure nobody could count.
type Report struct {
	SchemaVersion int           `json:"schemaVersion"`
	Tool          Tool          `json:"tool"`
	Partial       bool          `json:"partial"`
	Notes         []string      `json:"notes"`
	Image         Image         `json:"image"`
	Summary       Summary       `json:"summary"`
	Layers        []Layer       `json:"layers"`
	Instructions  []Instruction `json:"instructions"`
	Dockerfile    *Dockerfile   `json:"dockerfile"` // nil where nobody has it
	Config        *Config       `json:"config"`     // nil where the image has none
	Packages      []Package     `json:"packages"`
	Findings      []Finding     `json:"findings"`
	Changes       []Change      `json:"changes"`
	Risks         []string      `json:"risks"` // ids of findings that stand above all bytes
	Plan          Plan          `json:"plan"`
	Pods          []Pod         `json:"pods,omitempty"` // that run the image, where manifests were given

	// Tree holds every path and file version behind the figures. The JSON
	// writer turns it into "files" and "entries" when asked to.
	Tree *Tree `json:"-"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Image says which image was read, from where, and what it weighs.
type Image struct {
	Reference               string     `json:"reference"`
	Source                  string     `json:"source"`
	Digest                  *string    `json:"digest"` // of the platform's manifest; nil where the source has none
	ID                      *string    `json:"id"`     // digest of the config
	Platform                string     `json:"platform"`
	Created                 *time.Time `json:"created"`
	Layers                  int        `json:"layers"`
	Files                   int        `json:"files"` // file versions
	Size                    int64      `json:"size"`
	CompressedSize          *int64     `json:"compressedSize"`
	OverheadBytes           *int64     `json:"overheadBytes"`
	CompressedOverheadBytes *int64     `json:"compressedOverheadBytes"`
	Base                    Base       `json:"base"`
}

// How a base image was found, in the order they are tried.
const (
	BaseByFlag       = "flag"
	BaseByProvenance = "provenance"
	BaseByAnnotation = "annotation"
	BaseByHistory    = "history"
	BaseNone         = "none"
)

// Base is the image that the Dockerfile's FROM named, as far as tare knows.
// Layers is how many of the image's layers are the base's; 0 when How is "none".
type Base struct {
	Reference *string `json:"reference"`
	Digest    *string `json:"digest"`
	Layers    int     `json:"layers"`
	How       string  `json:"how"`
}

// IsTold reports whether somebody says which base it is. Without that, more layers than these may be the base's.
func (b *Base) IsTold() bool {
	return b.How == BaseByFlag || b.How == BaseByProvenance || b.How == BaseByAnnotation
}

// Summary adds up the verdicts of every file version.
type Summary struct {
	LiveBytes             int64  `json:"liveBytes"`
	WastedBytes           int64  `json:"wastedBytes"`
	ShadowedBytes         int64  `json:"shadowedBytes"`
	LeftoverBytes         int64  `json:"leftoverBytes"`
	DuplicateBytes        int64  `json:"duplicateBytes"` // within LiveBytes
	WastedCompressedBytes *int64 `json:"wastedCompressedBytes"`
	// AvoidableBytes is what of WastedBytes the changes take away (see Change.Avoidable);
	// UnavoidableBytes is the rest. All of it is own: a change edits no base image.
	AvoidableBytes   int64   `json:"avoidableBytes"`
	UnavoidableBytes int64   `json:"unavoidableBytes"`
	Efficiency       float64 `json:"efficiency"`
	Own              Scope   `json:"own"`
	Inherited        Scope   `json:"inherited"`
}

// Layer is one layer of the image, the lowest first.
type Layer struct {
	Index                   int     `json:"index"`
	Digest                  *string `json:"digest"` // of the blob, as the manifest names it
	DiffID                  *string `json:"diffId"`
	MediaType               string  `json:"mediaType"`
	Size                    int64   `json:"size"`           // of its file versions
	CompressedSize          *int64  `json:"compressedSize"` // of the blob as a registry sends it, see Repeated
	OverheadBytes           *int64  `json:"overheadBytes"`  // headers, padding, whiteouts
	CompressedOverheadBytes *int64  `json:"compressedOverheadBytes"`
	Files                   int     `json:"files"` // file versions
	Added                   int     `json:"added"`
	Modified                int     `json:"modified"`
	Deleted                 int     `json:"deleted"`
	WastedBytes             int64   `json:"wastedBytes"`
	Instruction             *int    `json:"instruction"`
	Inherited               bool    `json:"inherited"`

	// Blob is which blob of a source that can only be streamed the layer is, ""
	// elsewhere. It finds the layer again.
	Blob string `json:"-"`

	// Content is what the layer holds, whatever its tar is like. It is nil where the
	// analysis was not asked for it, or where it is not known.
	Content *LayerContent `json:"-"`
}

// How an instruction was learnt.
const (
	FromProvenance = "provenance"
	FromDockerfile = "dockerfile"
	FromHistory    = "history"
)

// Instruction is one step of the image's build, in order of execution.
type Instruction struct {
	Index       int        `json:"index"`
	Keyword     string     `json:"keyword"` // RUN, COPY, …; "" where the builder left no trace of it
	Text        string     `json:"text"`    // the whole instruction as a person wrote it, keyword first; build arguments' values left out
	Layer       *int       `json:"layer"`   // nil: it made no layer
	Size        int64      `json:"size"`
	WastedBytes int64      `json:"wastedBytes"`
	Created     *time.Time `json:"created"`
	Inherited   bool       `json:"inherited"`
	Location    *Location  `json:"location"`
	How         string     `json:"how"`

	// Apart is true where a comment in the Dockerfile says that the builder is to cache
	// the instruction and the one before it apart, or where a heading stands between
	// them, so that no edit may join them.
	Apart bool `json:"-"`
	// Fills is true where a comment says that the instruction fills a cache for what comes later.
	Fills bool `json:"-"`
	// KeepsLists is true where a comment says that the package lists stay for later.
	KeepsLists bool `json:"-"`
	// Values are sums of what its variables and labels were, which no report shows: of an ENV and LABEL, and of
	// the build arguments of a RUN. A sum means something only beside another one of the same process.
	Values []ValueSum `json:"-"`
	// Keyed is true where the builder builds everything below again once the instruction has another value.
	Keyed bool `json:"-"`
	// Disabled is true where an instruction that is commented out stands above it.
	Disabled bool `json:"-"`
}

// ValueSum is a variable and a sum of its value. The name is "" for all that an instruction sets.
type ValueSum struct {
	Name string
	Sum  uint64
}

// Dockerfile is the file that an image was built from, line by line, other
// stages and comments included. Values of build arguments are left out of it,
// and secrets are masked. The instructions' locations count in its lines.
type Dockerfile struct {
	File  string   `json:"file"`
	How   string   `json:"how"`   // FromDockerfile: the user named it; FromProvenance
	Lines []string `json:"lines"` // without line ends; Lines[0] is line 1
}

// Location is where a Dockerfile says something. Lines start at 1.
type Location struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	EndLine int    `json:"endLine"`
}
