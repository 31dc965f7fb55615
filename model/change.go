package model

// ChangeKind says what a change asks of a person.
type ChangeKind string

const (
	// EditChange can be written by tare fix as it stands.
	EditChange ChangeKind = "edit"
	// DecisionChange needs a person to choose, or an edit that tare does not make.
	DecisionChange ChangeKind = "decision"
)

// Change is one thing that a person does to make the image smaller: one edit, or
// one decision, with all the findings that it settles. Every finding is in one
// change at most. Changes come ranked by what they save, those below the floor last.
type Change struct {
	ID              string       `json:"id"` // stable from run to run: that of the largest finding
	Title           string       `json:"title"`
	Summary         string       `json:"summary"` // one sentence: what, why
	Kind            ChangeKind   `json:"kind"`
	Confidence      Confidence   `json:"confidence"`      // the lowest among its findings'
	Bytes           int64        `json:"bytes"`           // saved
	CompressedBytes *int64       `json:"compressedBytes"` // saved of what is pulled; nil where unknown
	Findings        []string     `json:"findings"`        // ids, the largest first
	Instructions    []int        `json:"instructions"`    // that it touches, in the image's order
	Location        *Location    `json:"location"`        // of the first of them; nil where unknown
	Before          *string      `json:"before"`          // whole instructions; nil for decisions
	After           *string      `json:"after"`
	Files           []FileChange `json:"files"` // beside the Dockerfile: .dockerignore
	Keeps           []string     `json:"keeps"` // packages that the edit keeps because the build needs them
	Risk            string       `json:"risk"`  // what happens if the change is wrong; "" for nothing
	BelowFloor      bool         `json:"belowFloor"`
	// Flags are what tare fix takes to write the change, beside the image and the Dockerfile:
	// "" where it writes it unasked, nil where no flag makes it write it.
	Flags *string `json:"flags"`
}

// Writable reports whether the change is an edit that can be written as it stands.
func (c *Change) Writable() bool {
	return c.Kind == EditChange && (c.Before != nil && c.After != nil || len(c.Files) > 0)
}

// Avoidable returns how many of the change's bytes count as avoidable: those of findings
// that are certain or likely. A change may also settle what is only possible, which is not
// waste. Bytes are those of the report's findings that are wasted, by their ids.
func (c *Change) Avoidable(bytes map[string]int64) int64 {
	wasted := int64(0)
	for _, id := range c.Findings {
		wasted += bytes[id]
	}
	return min(c.Bytes, wasted)
}

// WastedByID returns the bytes of the findings that are wasted, by their ids.
func WastedByID(findings []Finding) map[string]int64 {
	bytes := make(map[string]int64, len(findings))
	for i := range findings {
		if f := &findings[i]; f.Wasted() {
			bytes[f.ID] = f.Bytes
		}
	}
	return bytes
}

// FileChange is a file beside the Dockerfile that a change writes. Before is nil
// for a new file.
type FileChange struct {
	Path   string  `json:"path"`
	Before *string `json:"before"`
	After  string  `json:"after"`
}

// Plan is what the edits among the changes, those below the floor apart, make of
// the image: what tare fix writes.
type Plan struct {
	SizeAfter           int64  `json:"sizeAfter"`
	CompressedSizeAfter *int64 `json:"compressedSizeAfter"` // nil where the compressed size is unknown
	Changes             int    `json:"changes"`
}

// MinFloor is the smallest floor, in bytes.
const MinFloor = 1_000_000

// Floor returns the bytes that a change must save to be worth a person's time,
// of an image with ownSize bytes above its base: the larger of 1 % and MinFloor.
func Floor(ownSize int64) int64 { return max(ownSize/100, MinFloor) }
