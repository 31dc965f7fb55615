package model

// What part of an image the gate looks at.
const (
	ScopeOwn = "own" // what is not inherited
	ScopeAll = "all"
)

// Check is what the gate said of one report: every threshold that was asked for,
// with the figure it was held against.
type Check struct {
	Scope      string      `json:"scope"`
	Passed     bool        `json:"passed"`
	Thresholds []Threshold `json:"thresholds"`
	Ignored    []Ignored   `json:"ignored"` // findings that settings excuse, and settings that excuse nothing
	Notes      []string    `json:"notes"`   // what a person should know once: defaults used, other meanings
}

// Threshold is one rule of the gate.
type Threshold struct {
	// Name is the flag's without dashes: "min-efficiency", "max-wasted", "deny".
	Name string `json:"name"`
	// Rule is the catalogue's rule where the threshold is about one ("deny"), else "".
	Rule   string `json:"rule,omitempty"`
	Passed bool   `json:"passed"`
	// Figure and Limit as a person reads them: "58.7 %", "21 MB"; "unknown" for a
	// figure that nobody could count, which fails.
	Figure string `json:"figure"`
	Limit  string `json:"limit"`
	// Reason is one line: what was found; for a failure, with what to do.
	Reason string `json:"reason"`
	// Findings are those that the figure counts, most bytes first, as indexes in
	// the report's; for a failure the first is the one to mend first.
	Findings []int `json:"findings"`
}

// Ignored is an entry of the settings that excuses findings.
type Ignored struct {
	Where    string `json:"where"` // file and line of the entry
	What     string `json:"what"`  // "rule apt-lists", "path var/cache/**", "package curl"
	Reason   string `json:"reason"`
	Expires  string `json:"expires,omitempty"` // YYYY-MM-DD
	Findings []int  `json:"findings"`          // that it excuses; none: it is of no use any more
	Bytes    int64  `json:"bytes"`             // that it excuses
}
