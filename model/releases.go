package model

import "time"

// ReleasesVersion is the version of the JSON format of releases.
const ReleasesVersion = 1

// Releases are images of one thing, one after the other: what each makes those pull who
// have the one before, and which line of the Dockerfile is the reason.
type Releases struct {
	SchemaVersion int      `json:"schemaVersion"`
	Tool          Tool     `json:"tool"`
	Notes         []string `json:"notes"`
	// Read says that layers were read, so that it is known what is pulled for nothing.
	Read     bool           `json:"read"`
	Releases []Release      `json:"releases"` // the oldest first
	Lines    []ReleasedLine `json:"lines"`    // in the order of the newest; those that went come last
	Totals   ReleaseTotals  `json:"totals"`
	// Order is the order of the newest release's own lines that would have been pulled
	// least: indexes in Lines. It heeds what changes and how much it weighs, and not what
	// a line needs of another. Nil where another order saves nothing.
	Order []int `json:"order"`
}

// ReleaseTotals add up the releases but the first, which everybody pulls whole.
type ReleaseTotals struct {
	PullBytes *int64 `json:"pullBytes"`
	// PulledAgainBytes is what of that was pulled for nothing, nil where nothing was read.
	PulledAgainBytes *int64 `json:"pulledAgainBytes"`
	// OrderedBytes is what would have been pulled with Order, if each line's layer had
	// stayed the same as long as neither it nor a line above it changed.
	OrderedBytes *int64 `json:"orderedBytes"`
}

// Release is one image.
type Release struct {
	References     []string   `json:"references"` // all names that it was asked for by
	Digest         *string    `json:"digest"`
	Created        *time.Time `json:"created"`
	Platform       string     `json:"platform"`
	Layers         int        `json:"layers"`
	CompressedSize *int64     `json:"compressedSize"`
	// PullBytes is what a registry sends to those who have the release before, of the
	// first release to those who have nothing. PulledAgainBytes is what of that they have
	// already, under another digest; nil where it is not known.
	PullBytes        *int64 `json:"pullBytes"`
	PulledAgainBytes *int64 `json:"pulledAgainBytes"`
	// Error says why nothing is known of the image; "" for the others.
	Error string `json:"error"`
}

// ReleasedLine is one instruction over all releases.
type ReleasedLine struct {
	Step    Step `json:"step"`    // as the newest release that has it says it
	Release int  `json:"release"` // that one, an index in Releases
	// Pulls are by release what is pulled for the line: 0 where the release before has
	// the same layer, or there is none.
	Pulls []int64 `json:"pulls"`
	// Again are by release what of that is pulled for nothing. Nil where nothing was read.
	Again []int64 `json:"again"`
	// Changes counts the releases in which its layer was another one than before, and
	// Own those of them in which it changed by itself: what it holds is another thing or,
	// where nothing was read, no line above it changed. The first release counts nowhere.
	Changes int `json:"changes"`
	Own     int `json:"own"`
	// Bytes are Pulls without the first release's, AgainBytes are Again, added up. Bytes is nil where it is not
	// known of one of the layers what a registry sends, which is 0 in Pulls.
	Bytes      *int64 `json:"bytes"`
	AgainBytes *int64 `json:"againBytes"`
	// RebuiltBy is as in PulledAgain, of the newest release in which there was one.
	RebuiltBy *Step `json:"rebuiltBy"`
}
