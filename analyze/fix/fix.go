// Package fix turns the fixes of a finished report into an edited Dockerfile,
// and that into a unified diff that "patch -p1" applies.
//
// A finding proposes whole instructions, before and after. The file is as a person keeps it:
// with comments, indentation, other stages, CRLF line ends, another escape character. Only the
// lines of the instructions that an edit names are written anew; every other byte of the file
// is copied.
//
// Several findings often want to edit the same instructions: package lists that are removed too
// late, a flag that is missing, a cache that stays, all in three RUNs that belong together. So
// edits are made one after the other, those that save most first. Where earlier edits have
// changed the instructions of a later one, its rule works it out again on the changed
// instructions. Where an edit cannot be made any more, or not safely, the lines stay as they
// are and Result.Left says why.
//
// No byte is counted twice: no two findings hold the same file version, and a finding counts
// once, whichever edit removes it. Joining two RUNs also saves the files of the first that the
// second hid, whether or not a finding asked for the edit; those count, too.
//
// Plan and Diff do no I/O and keep no state, so several may run at the same time on one report.
// Embedded and Measure read the image.
package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// MaxDockerfile is how many bytes a Dockerfile may have.
const MaxDockerfile = history.MaxDockerfile

// Options says which fixes to apply, and how.
type Options struct {
	// Rules are the ids of the rules whose fixes are applied, whatever their
	// confidence. Nil: every certain and likely finding that holds bytes.
	Rules []string
	// CacheMount keeps caches in RUN --mount=type=cache instead of removing them.
	CacheMount bool
	// Stage says when a build stage is made, so that compilers stay out of the image.
	Stage Stage
	// Floor is how many bytes an edit must save; smaller ones are left alone, with
	// a line that says so, unless Rules names their rule. Edits of one key count
	// together. 0 makes them all.
	Floor int64
	// Own is what the image adds to its base, in bytes. Where it is set, Floor is what
	// [model.Floor] makes of that part of it which the edits leave: the next run, on the
	// smaller image, then has nothing more to ask for.
	Own int64
	// Ignore is the .dockerignore that stands beside the Dockerfile; nil where
	// there is none.
	Ignore []byte
	// IgnoreUnknown is true where the .dockerignore cannot be read, so that it is
	// not known whether there is one. No .dockerignore is edited then.
	IgnoreUnknown bool
	// IgnoreWhy says why, in words for brackets; "" where the Dockerfile is no file here.
	IgnoreWhy string
	// Reject are findings whose edits are not made, indexes in the report, with the
	// reason that Result.Left tells.
	Reject map[int]string
	// only are the findings whose edits are made, indexes in the report; nil for all.
	// order are those whose edits come first; nil finds out which.
	only, order []int
	// guessTools makes edits that are a guess only about build tools, for a stage without any.
	guessTools bool
	// noMounts are rules whose caches are removed although CacheMount is set; flagged are those of
	// them that are not worth a mount.
	noMounts, flagged []string
	// Build is what the rules knew when they proposed the fixes. Nil: as much of
	// it as the report tells.
	Build *rules.Build
	// Findings are those whose edits are made whatever they save and however sure
	// their rules are, indexes in the report; nil leaves that to Rules and Floor.
	Findings []int
}

// Result is an edited Dockerfile and what it saves.
type Result struct {
	Old, New             []byte // the Dockerfile
	OldIgnore, NewIgnore []byte // the .dockerignore; nil where there is none
	Applied              []Applied
	Left                 []Left

	// Floor is below how many bytes edits were left alone; see Options.
	Floor int64

	// Saved reports for each of the report's findings whether its bytes, or most of
	// them, leave the image.
	Saved []bool
	// removals are the clean-ups by finding. One that does not reach every file of
	// its finding saves less than the finding holds; see staying.
	removals map[int]*rewrite.Removal
	mask     redact.Mask
	order    []int       // findings whose edits came first, so that more is saved; not nil
	noMounts []string    // rules whose caches are removed, since not all of them can be mounted
	stage    *buildStage // the build stage that was made; nil where none was
	refused  error       // why a build stage that was wanted was not made; nil else
	staged   bool        // there are build tools that a build stage could take out

	inTheWay   bool // edits that others would make were left out for the build stage
	losesLists bool // a RUN installs from package lists that edits have taken away

	// NoMounts is why caches are removed although Options.CacheMount is set, as a clause; "" where they
	// are not.
	NoMounts string

	// Offer is the build stage that was not made, since nobody asked for it and it is not
	// sure or saves little; nil where there is none.
	Offer *Offer

	// Unused are findings of build tools that a RUN installs and nothing is built with, indexes in
	// the report. See LeaveUnused.
	Unused []int

	// Size and PullSize are the predicted new figures; PullSize and
	// SavedPullBytes are nil where the image's compressed size is not known.
	Size, SavedBytes         int64
	PullSize, SavedPullBytes *int64
}

// Changed reports whether there is anything to write.
func (r *Result) Changed() bool {
	return string(r.Old) != string(r.New) || string(r.OldIgnore) != string(r.NewIgnore)
}

// Applied is an edit that was made. Its findings are all that asked for that edit.
type Applied struct {
	Rule     string
	Findings []int // indexes in the report
	Line     int   // of the first instruction that changed, in the old file; 0 where it changed .dockerignore alone
	Summary  string
	Strategy model.Strategy
	Keeps    []string // packages that the edit keeps; see model.Fix
	Risk     string   // see model.Fix

	// Instructions are those that the edit changes, takes out or stands beside, indexes
	// in the report, in order. Edits that share one are one change: Before and After
	// are then the same for all of them.
	Instructions []int
	// Before are the texts of these instructions as they were, After those that stand
	// in their place once all edits are made; secrets are masked. Both are empty where
	// the edit changes no instruction.
	Before, After []string
	// Files are the files beside the Dockerfile that the edit changes, each as the
	// edits before left it and as this one leaves it.
	Files []model.FileChange
	// Also are findings that no edit was made for, indexes in the report, and that
	// this one saves as well.
	Also []int
}

// Left is a finding whose bytes stay: its rule has no edit for this Dockerfile, or the edit
// could not be made safely.
type Left struct {
	Rule    string
	Finding int    // index in the report
	Bytes   int64  // that stay
	Line    int    // of the instruction that put the bytes there, in the old file; 0 if unknown
	Why     string // one line
	// Blocked is true where there is an edit that this Dockerfile does not allow.
	Blocked bool
	// Small is true where the edit saves less than Options.Floor, or too little for what it names.
	Small bool
	// Saves is what the edit of a small one would save, in bytes; 0 where there is no edit.
	Saves int64
	// Guess is true where the edit would name packages of which nothing shows that they are needed.
	Guess bool

	unstaged string // Why without what it says of a build stage that could be made; "" where it says nothing of one
}

// Plan works out the edits of a Dockerfile that a report's fixes ask for. The
// report's instructions must have their locations in that very file. The error
// says where file and report part.
func Plan(r *model.Report, dockerfile []byte, opt Options) (*Result, error) {
	for _, id := range opt.Rules {
		if _, ok := catalogue.ByID(id); !ok {
			return nil, fmt.Errorf("there is no rule %q; tare explain lists them", id)
		}
	}
	if _, _, err := parseDocument(dockerfile, r.Instructions); err != nil {
		return nil, err
	}
	return planDocument(r, func() (*document, []*piece) {
		doc, at, _ := parseDocument(dockerfile, r.Instructions)
		return doc, at
	}, dockerfile, opt), nil
}

// wanted reports whether a finding's fix is to be applied.
func (o *Options) wanted(f *model.Finding) bool {
	switch {
	case f.Inherited || f.Fix == nil:
		return false
	case o.Findings != nil:
		return true // it is one of those
	case len(o.Rules) > 0:
		return slices.Contains(o.Rules, f.Rule)
	}
	return f.Wasted() && f.Bytes > 0
}

// oneLine returns a text in one line, with one blank between words.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
