package model

import "fmt"

// Verdict is what tare says of a file version. Every version has exactly one.
type Verdict uint8

const (
	// Live: visible, and no rule objects.
	Live Verdict = iota
	// Shadowed: no name of it is visible; it is pulled and stored for nothing.
	Shadowed
	// Leftover: visible, but a certain or likely rule claims it.
	Leftover
	// Duplicate: visible, with the same content as another visible version;
	// counted within live.
	Duplicate
)

var verdictNames = [...]string{"live", "shadowed", "leftover", "duplicate"}

func (v Verdict) String() string { return verdictNames[v] }

// MarshalText gives the verdict's public name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a verdict's public name.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("model: unknown verdict %.40q", text)
}

// Cause is why a version is shadowed.
type Cause uint8

const (
	NoCause Cause = iota
	// Deleted: a whiteout, an opaque whiteout, or a deleted or replaced parent.
	Deleted
	// Replaced: something else stands at the path.
	Replaced
	// Copied: the same content stands at the path again; only metadata changed.
	Copied
)

var causeNames = [...]string{"", "deleted", "replaced", "copied"}

func (c Cause) String() string { return causeNames[c] }
