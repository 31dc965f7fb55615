package model

import "slices"

// Check is what the gate said of one report: every threshold that was asked for,
// with the figure it was held against.
type Check struct {
	Scope      string      `json:"scope"`
	Passed     bool        `json:"passed"`
	Thresholds []Threshold `json:"thresholds"`
	Ignored    []Ignored   `json:"ignored"` // findings that settings suppress, and settings that suppress nothing
	Notes      []string    `json:"notes"`   // what a person should know once: defaults used, other meanings
}

// Threshold is one rule of the gate.
type Threshold struct {
	// Name is the flag's without dashes: "min-efficiency", "max-wasted", "deny".
	Name string `json:"name"`
	// Rule is the catalogue's rule where the threshold is about one ("deny"), else "".
	Rule string `json:"rule,omitempty"`
	// Scope is the part of the image that the figure is of; "" where it is of the
	// whole image whatever the gate looks at, as its size is.
	Scope string `json:"scope,omitempty"`
	// From is the file and line of settings that asked for it; "" for a flag, its
	// environment variable, or the default.
	From   string `json:"from,omitempty"`
	Passed bool   `json:"passed"`
	// Figure and Limit as a person reads them: "58.7 %", "21 MB".
	Figure string `json:"figure"`
	Limit  string `json:"limit"`
	// Reason is one line: what was found. What to do about a failure is the fix of
	// its first finding; where there are none, Reason says it.
	Reason string `json:"reason"`
	// Findings are those that the figure counts, most bytes first, as indexes in
	// the report's; for a failure the first is the one to fix first.
	Findings []int `json:"findings"`
	// Changes are the ids of the changes whose savings the figure counts, most bytes first.
	Changes []string `json:"changes,omitempty"`
	// Contributions are the instructions behind a failure that no finding tells of: what
	// grew, or brought what is denied; the most bytes first.
	Contributions []Contribution `json:"contributions,omitempty"`
}

// Contribution is what one instruction has to do with a failure.
type Contribution struct {
	Instruction *int      `json:"instruction"` // index in the report's; nil where it is not known
	Layer       *int      `json:"layer"`
	Location    *Location `json:"location"`
	Inherited   bool      `json:"inherited"`
	Bytes       int64     `json:"bytes"` // that it grew by, or that what is denied weighs
	Packages    []Part    `json:"packages,omitempty"`
	Paths       []Part    `json:"paths,omitempty"`
}

// Part is something within a contribution: a package, a directory or a file.
type Part struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Ignored is an entry of the settings that suppresses findings.
type Ignored struct {
	Where    string `json:"where"` // file and line of the entry
	What     string `json:"what"`  // "rule apt-lists", "path var/cache/**", "package curl"
	Reason   string `json:"reason"`
	Expires  string `json:"expires,omitempty"` // YYYY-MM-DD, its last day
	Findings []int  `json:"findings"`          // of which nothing is left to count
	Partly   []int  `json:"partly,omitempty"`  // of which it suppresses some bytes or paths, but others count
	Bytes    int64  `json:"bytes"`             // that it suppresses

	// Paths are those that it excuses of the findings in Partly that have no bytes, such as secrets.
	Paths []string `json:"paths,omitempty"`
}

// PathsLeft returns the paths of a finding of the report, by its index, that no entry excuses. c may
// be nil.
func (c *Check) PathsLeft(i int, f *Finding) []string {
	if c == nil {
		return f.Paths
	}
	left := f.Paths
	for k := range c.Ignored {
		if entry := &c.Ignored[k]; len(entry.Paths) > 0 && slices.Contains(entry.Partly, i) {
			left = slices.DeleteFunc(slices.Clone(left), func(p string) bool { return slices.Contains(entry.Paths, p) })
		}
	}
	return left
}

// Unused reports whether the entry suppresses nothing, so that it can go.
func (i *Ignored) Unused() bool { return len(i.Findings)+len(i.Partly) == 0 }
