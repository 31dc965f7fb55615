package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Against makes the limit that holds an image against an older one: what it
// wastes more, in the gate's scope and by the same ignores. So an image with much
// waste can be held to adding none. Growth that is of use is no waste: the size
// may grow as it likes, and the reason tells of it.
//
// The notes say what makes the two hard to compare.
func Against(older, newer *model.Report, most Amount, o Options) (limit Limit, notes []string, err error) {
	if older.Partial {
		return limit, nil, fmt.Errorf("the report of %s covers only what was read before it was stopped; let tare read the whole image", older.Image.Reference)
	}
	if o.Scope == "" {
		o.Scope = model.ScopeOwn
	}
	was, err := suppress(older, o.Ignores, o.Today)
	if err != nil {
		return limit, nil, err
	}
	is, err := suppress(newer, o.Ignores, o.Today)
	if err != nil {
		return limit, nil, err
	}
	before, now := newScale(older, o.Scope, was), newScale(newer, o.Scope, is)
	c := compare.Reports(older, newer)
	grown := MaxGrowth{Most: most, What: "waste", Old: before.wasted, New: now.wasted}
	if o.Scope == model.ScopeOwn {
		grown.What = "own waste"
	}
	var worst *model.FindingChange
	for i := range c.Findings { // the largest change first
		ch := &c.Findings[i]
		if ch.Wasted && ch.Bytes.Growth > 0 && slices.Contains(now.findings, ch.Finding) && now.left[ch.Finding] > 0 {
			grown.Findings = append(grown.Findings, ch.Finding)
			if worst == nil {
				worst = ch
			}
		}
	}
	if worst != nil && grown.New > grown.Old {
		grown.Reason = worstOf(worst)
	}
	if size := c.Totals.Size; size.Growth != 0 {
		now, before := display.BytesApart(size.New, size.Old)
		text := "the image weighs " + now + " instead of " + before
		if grown.Reason != "" {
			grown.Reason = strings.TrimSuffix(grown.Reason, ".") + "; "
		}
		grown.Reason += text
	}
	return Limit{Bound: grown, Scope: o.Scope}, c.Notes, nil
}

// worstOf says what grew most, where, and what to do.
func worstOf(ch *model.FindingChange) string {
	text := "start with " + ch.Rule + " (+" + display.Bytes(ch.Bytes.Growth)
	if s := ch.Step; s != nil {
		switch {
		case s.Location != nil:
			text += fmt.Sprintf(", line %d", s.Location.Line)
		case s.Instruction != nil:
			text += fmt.Sprintf(", step %d", *s.Instruction)
		}
	}
	text += ")"
	if ch.Fix == nil || ch.Fix.Summary == "" {
		return text + ", see tare explain " + ch.Rule
	}
	return text + ": " + ch.Fix.Summary
}
