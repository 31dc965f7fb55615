// Package severity decides how loud each finding of a report is, for the formats that other programs
// show next to code. It goes by size and danger, not by how sure a rule is: a few hundred bytes are
// no error, however certain it is that they are wasted.
//
//	| what                                                       | key    | severity |
//	| a failed threshold of the gate, and the findings it counts | gate   | error    |
//	| a risk that is certain or likely                           | risk   | error    |
//	| a change worth making; a risk that is possible             | change | warning  |
//	| the rest: below the floor, unavoidable, possible, inherited | rest  | note     |
//
// A project may set another severity for a key or for a rule; a rule's severity wins.
package severity

import (
	"errors"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Level is a severity, the least first.
type Level int

// The levels. None leaves a finding out.
const (
	None Level = iota
	Note
	Warning
	Error
)

// Names are the levels as people write them.
var Names = []string{"none", "note", "warning", "error"}

// Takes says what a level is written as.
const Takes = "error, warning, note or none"

func (l Level) String() string { return Names[l] }

// Parse reads a level.
func Parse(text string) (Level, error) {
	at := slices.Index(Names, text)
	if at < 0 {
		return 0, errors.New("it takes " + Takes)
	}
	return Level(at), nil
}

// The keys of what is not a rule.
const (
	Gate   = "gate"
	Risk   = "risk"
	Change = "change"
	Rest   = "rest"
)

// Keys are all keys that are no rule.
var Keys = []string{Gate, Risk, Change, Rest}

// Table is what a project sets: a level by key or rule. Nil sets nothing.
type Table map[string]Level

// standard is the table of the package comment.
var standard = Table{Gate: Error, Risk: Error, Change: Warning, Rest: Note}

// of returns the level of a key, or of a rule where the table has one for it.
func (t Table) of(key, rule string) Level {
	if l, ok := t[rule]; ok {
		return l
	}
	if l, ok := t[key]; ok {
		return l
	}
	return standard[key]
}

// Of returns the level that most findings of a rule have.
func (t Table) Of(rule string, risk bool, c model.Confidence) Level {
	switch {
	case risk:
		return t.of(Risk, rule)
	case c == model.Possible:
		return t.of(Rest, rule)
	}
	return t.of(Change, rule)
}

// Levels returns the level of each finding of a report, by its index. The check is nil
// where the gate was not asked. What the settings ignore is a note at most.
func (t Table) Levels(r *model.Report, c *model.Check) []Level {
	keys := make([]string, len(r.Findings))
	worth, small := make(map[string]bool), make(map[string]bool)
	for i := range r.Changes {
		ch := &r.Changes[i]
		for _, id := range ch.Findings {
			if ch.BelowFloor {
				small[id] = true
			} else if ch.Confidence != model.Possible {
				worth[id] = true
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		risk := slices.Contains(r.Risks, f.ID)
		switch {
		case risk && f.Confidence != model.Possible:
			keys[i] = Risk
		case risk || worth[f.ID] && f.Wasted() && !f.Inherited:
			keys[i] = Change
		default:
			keys[i] = Rest
		}
	}
	ignored := make([]bool, len(r.Findings))
	if c != nil {
		mark(c, keys, ignored, func(i int) bool { return !small[r.Findings[i].ID] })
	}
	levels := make([]Level, len(r.Findings))
	for i := range levels {
		levels[i] = t.of(keys[i], r.Findings[i].Rule)
		if ignored[i] {
			levels[i] = min(levels[i], Note)
		}
	}
	return levels
}

// mark notes what failed thresholds count, and what the settings ignore. Of a sum that is too
// large, the largest finding fails, and those that reach the floor: some kilobytes of logs are no error
// because an image is too large.
func mark(c *model.Check, keys []string, ignored []bool, matters func(int) bool) {
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		if t.Passed {
			continue
		}
		alone := strings.HasPrefix(t.Name, "deny") || t.Name == "ignore-expired"
		for k, at := range t.Findings {
			if at >= 0 && at < len(keys) && (alone || k == 0 || matters(at)) {
				keys[at] = Gate
			}
		}
	}
	for i := range c.Ignored {
		for _, at := range c.Ignored[i].Findings {
			if at >= 0 && at < len(ignored) {
				ignored[at] = true
			}
		}
	}
}

// Threshold returns the level of a threshold that failed.
func (t Table) Threshold(th *model.Threshold) Level { return t.of(Gate, th.Rule) }
