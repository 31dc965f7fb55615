package model

// ComparisonVersion is the version of the JSON comparison's format.
const ComparisonVersion = 1

// Comparison says what changed from one image to another, and why. It is plain
// data with all that a face shows, so it needs neither report any more, and it
// is immutable once it is made.
//
// Each of its lists explains one difference to the byte: what it lists and the
// Rest add up. Lists have the largest change first, whichever way it went.
type Comparison struct {
	SchemaVersion int      `json:"schemaVersion"`
	Tool          Tool     `json:"tool"` // that made the new report
	Notes         []string `json:"notes"`
	Old           Side     `json:"old"`
	New           Side     `json:"new"`
	Totals        Totals   `json:"totals"`

	// Instructions add up to the difference in size, and in wasted bytes.
	Instructions []InstructionChange `json:"instructions"`
	// Packages and Rest.PackageBytes add up to the difference in size: the rest
	// is in files that no package owns.
	Packages []PackageChange `json:"packages"`
	// Findings of confidence certain and likely add up to the difference in
	// wasted bytes.
	Findings []FindingChange `json:"findings"`
	// Paths and Rest.PathBytes add up to the difference in size. It is nil where
	// one of the reports does not list its files.
	Paths []PathChange `json:"paths"`
	Rest  Rest         `json:"rest"`
	// PulledAgain are layers that the old image has, all or nearly all of them, under
	// another digest: whoever has the old image pulls them again. It is nil where that
	// is not known: only images that were read for the comparison can be compared so,
	// not saved reports.
	PulledAgain []PulledAgain `json:"pulledAgain"`
}

// Side is one of the two images.
type Side struct {
	Image   Image `json:"image"`
	Partial bool  `json:"partial"` // its report covers only what was read
}

// Delta is a figure of the old image and the new. Growth is new less old, so
// what shrank has a negative one.
type Delta struct {
	Old    int64 `json:"old"`
	New    int64 `json:"new"`
	Growth int64 `json:"growth"`
}

// DeltaOf compares two figures, neither of them negative.
func DeltaOf(from, to int64) Delta { return Delta{from, to, to - from} }

// Totals are the figures of the images as a whole.
type Totals struct {
	Size                  Delta    `json:"size"`
	CompressedSize        *Delta   `json:"compressedSize"` // nil where one of the two is unknown
	WastedBytes           Delta    `json:"wastedBytes"`
	WastedCompressedBytes *Delta   `json:"wastedCompressedBytes"`
	ShadowedBytes         Delta    `json:"shadowedBytes"`
	LeftoverBytes         Delta    `json:"leftoverBytes"`
	AvoidableBytes        Delta    `json:"avoidableBytes"`
	Own                   Growth   `json:"own"`
	Inherited             Growth   `json:"inherited"`
	Efficiency            Fraction `json:"efficiency"`
	Layers                Delta    `json:"layers"`
	SharedLayers          int      `json:"sharedLayers"` // of the new image, that the old has too
	Files                 Delta    `json:"files"`        // file versions

	// PullBytes is what a registry sends of the new image to those who have the old one,
	// and PulledAgainBytes what of that is the same as before: the layers of
	// [Comparison.PulledAgain] that are AllSame or SameButStamped. Nil where one of
	// the sizes is not known.
	PullBytes        *int64 `json:"pullBytes"`
	PulledAgainBytes *int64 `json:"pulledAgainBytes"`
}

// Growth is what a scope gained: by the layer that holds the bytes, as in a
// report's Scope.
type Growth struct {
	Size        Delta `json:"size"`
	WastedBytes Delta `json:"wastedBytes"`
}

// Fraction is an efficiency, old and new.
type Fraction struct {
	Old float64 `json:"old"`
	New float64 `json:"new"`
}

// DeltaKind says what became of a thing.
type DeltaKind string

const (
	Added   DeltaKind = "added"
	Removed DeltaKind = "removed"
	Grew    DeltaKind = "grew"
	Shrank  DeltaKind = "shrank"
	// Changed: it is another version or another text; its bytes may have changed
	// as well.
	Changed DeltaKind = "changed"
)

// Step is where something comes from: an instruction, or a layer that no known
// instruction made.
type Step struct {
	Instruction *int      `json:"instruction"` // index in its image's instructions
	Layer       *int      `json:"layer"`       // index in its image's layers
	Keyword     string    `json:"keyword"`
	Text        string    `json:"text"`
	Location    *Location `json:"location"`
	Inherited   bool      `json:"inherited"`

	Number int `json:"-"` // see [StepNumber]; 0 for none
}

// InstructionChange is a step that came, went, or whose layer weighs or wastes
// another amount, or that says something else than before.
type InstructionChange struct {
	Kind        DeltaKind `json:"kind"`
	Old         *Step     `json:"old"` // nil where the old image has none
	New         *Step     `json:"new"`
	Bytes       Delta     `json:"bytes"`
	WastedBytes Delta     `json:"wastedBytes"`
}

// PackageChange is a package that came, went, changed its version, or takes
// another amount of bytes. Reason and RecommendedBy are those of the new image
// or, for what went, of the old.
type PackageChange struct {
	Kind          DeltaKind `json:"kind"`
	Manager       string    `json:"manager"`
	Name          string    `json:"name"`
	Arch          string    `json:"arch"`
	OldVersion    *string   `json:"oldVersion"`
	NewVersion    *string   `json:"newVersion"`
	Bytes         Delta     `json:"bytes"`
	Reason        string    `json:"reason"`
	RecommendedBy []string  `json:"recommendedBy"`
	Step          *Step     `json:"step"` // that brought it, in the new image or, for what went, the old
}

// FindingChange is a finding that came, went, grew or shrank. What it says of
// the finding is the new image's or, for what went, the old's.
type FindingChange struct {
	Kind       DeltaKind  `json:"kind"`
	Finding    int        `json:"finding"` // index in its report's findings
	Rule       string     `json:"rule"`
	Title      string     `json:"title"`
	Confidence Confidence `json:"confidence"`
	Wasted     bool       `json:"wasted"` // its bytes count as waste
	Risk       bool       `json:"risk"`   // it is one of its report's risks, whatever its bytes
	Inherited  bool       `json:"inherited"`
	Bytes      Delta      `json:"bytes"`
	Verdict    *Verdict   `json:"verdict"`
	Cause      *string    `json:"cause"`
	Step       *Step      `json:"step"`     // that put the bytes there
	HiddenBy   *Step      `json:"hiddenBy"` // that hid them
	Paths      []string   `json:"paths"`    // largest first, MaxChangePaths at most
	Packages   []string   `json:"packages"`
	Fix        *Fix       `json:"fix"`

	// OldFinding and NewFinding are indexes in the two reports' findings, -1 where one
	// of them has none.
	OldFinding, NewFinding int `json:"-"`
}

// Risks returns the risks among the findings that changed, and the others. Risks stand
// first in Findings.
func (c *Comparison) Risks() (risks, others []FindingChange) {
	n := 0
	for n < len(c.Findings) && c.Findings[n].Risk {
		n++
	}
	return c.Findings[:n], c.Findings[n:]
}

// PathChange is a directory or a file whose versions, hidden ones included, add up
// to another size than before. No path of the list lies below another.
type PathChange struct {
	Kind      DeltaKind `json:"kind"`
	Path      string    `json:"path"`
	Directory bool      `json:"folder"`
	Bytes     Delta     `json:"bytes"`
	Files     Delta     `json:"files"` // file versions
	// Step is the one that did most of it: the new image's, or for one that the
	// new image lacks, the old's. StepBytes is what of Bytes.Growth it did; others may have done
	// more, or taken some of it away.
	Step      *Step `json:"step"`
	StepBytes int64 `json:"-"`
}

// SameKind says how much of a layer is what it was.
type SameKind string

const (
	AllSame        SameKind = "same"    // the same paths, types, modes, owners, links and bytes
	SameButStamped SameKind = "stamped" // the same but for files that change with every build, and nothing needs that
	MostlySame     SameKind = "mostly"  // the same but for a small part of the bytes
)

// PullCause says why a layer that holds the same has another digest.
type PullCause string

const (
	ByTimes        PullCause = "times"         // of modification
	ByOrder        PullCause = "order"         // of the entries in the tar
	ByOwnerNames   PullCause = "owner-names"   // of users and groups, beside the same numbers
	ByTarFormat    PullCause = "tar-format"    // the same entries, written otherwise
	ByCompression  PullCause = "compression"   // the same tar, compressed otherwise
	ByStampedFiles PullCause = "stamped-files" // files that change with every build
	ByChangedFiles PullCause = "changed-files" // files that changed for a reason, or may have
)

// PulledAgain is a layer of the new image that the old one has under another digest.
type PulledAgain struct {
	Kind SameKind `json:"kind"`
	Old  int      `json:"old"` // index in the old image's layers
	New  int      `json:"new"`
	Step *Step    `json:"step"` // that made it, in the new image
	// RebuiltBy is the ARG, ENV or LABEL above it that had another value, so that the builder made the layer again
	// although nothing else above it changed. Nil where it was built again for another reason.
	RebuiltBy *Step `json:"rebuiltBy"`
	// Bytes and CompressedBytes are of what is the same: of all files, or of those that
	// did not change. CompressedBytes is nil where nobody knows what a registry sends; of
	// a layer that is all the same it is the whole blob.
	Bytes           int64       `json:"bytes"`
	CompressedBytes *int64      `json:"compressedBytes"`
	Causes          []PullCause `json:"causes"`
	// Files are those that changed, MaxChangePaths at most of FileCount: first those that
	// changed for a reason, or may have, of these the largest first.
	Files     []ChangedFile `json:"files"`
	FileCount int           `json:"fileCount"`
}

// ChangedFile is a file that keeps a layer from being the same as before.
type ChangedFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`  // 0 for one that went
	What   string `json:"what"`   // "ldconfig's cache"; "" where it is of no known kind
	Advice string `json:"advice"` // how to keep it from changing; "" where nothing is known
}

// Rest is what the lists leave of the difference in size.
type Rest struct {
	PackageBytes int64  `json:"packageBytes"`
	PathBytes    *int64 `json:"pathBytes"` // nil where Paths is
}

const (
	// MaxChangePaths is how many paths a FindingChange lists.
	MaxChangePaths = 10
	// MaxComparedPaths is how many directories and files a Comparison lists.
	MaxComparedPaths = 100
)
