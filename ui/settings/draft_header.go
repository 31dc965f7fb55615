package settings

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// headerWidth is how many cells a line of the header has beside its number sign.
const headerWidth = 76

// maxTold is how many changes a header names.
const maxTold = 3

// header says what a draft was written for and what the limits let pass: of an image that
// passes without them, that they leave room; of another one, what it fails for, and that the
// limits let exactly that pass. room is how much waste may come on top, and narrow whether
// every other risk fails.
func header(r *model.Report, room int64, narrow bool) (lines []string) {
	say := func(text string) { lines = append(lines, display.Wrap(text, headerWidth)...) }
	_, _, why := gate.Counted(r, model.ScopeOwn)
	say("Written for " + display.OneLine(r.Image.Reference) + ": " + why + ".")
	const passes = "one more package, another RUN that installs, or a rebuild with newer packages passes; "
	changes, risks := failing(r)
	if len(changes)+risks == 0 {
		say("The limits leave room: " + passes + "a forgotten clean-up, a compiler or a secret fails.")
		return lines
	}
	say("Without limits of its own, tare check fails for what it has today:")
	for _, c := range changes[:min(len(changes), maxTold)] {
		lines = append(lines, "  "+display.PadLeft(display.Bytes(c.Bytes), display.BytesWidth)+"  "+display.Truncate(display.OneLine(c.Title+" ("+titleOf(r, c)+")"), headerWidth-12))
	}
	if more := len(changes) - maxTold; more > 0 {
		lines = append(lines, "  and "+display.Plural(more, "more change"))
	}
	if risks > 0 {
		lines = append(lines, "  "+display.Plural(risks, "risk"))
	}
	text := "The limits here let that pass, and leave room besides: " + passes
	switch {
	case risks > 0 && narrow:
		text += "another risk, or more than " + display.Bytes(room) + " of further waste, fails."
	case risks > 0:
		text += "more than " + display.Bytes(room) + " of further waste fails."
	default:
		text += "a secret, or more than " + display.Bytes(room) + " of further waste, fails."
	}
	say(text + " Once you have fixed it, write this file again.")
	return lines
}

// failing returns what an image fails for by the limits that hold where nobody sets any: the
// changes that count, most bytes first, and how many risks.
func failing(r *model.Report) (changes []*model.Change, risks int) {
	c, err := gate.Judge(r, gate.Options{Limits: gate.Default()})
	if err != nil {
		return nil, 0
	}
	var ids []string
	for i := range c.Thresholds {
		switch t := &c.Thresholds[i]; {
		case t.Passed:
		case t.Name == gate.NameDeny:
			risks += len(t.Findings)
		default:
			ids = append(ids, t.Changes...)
		}
	}
	small := 0 // that no one would have to make, were it not for their sum
	for i := range r.Changes {
		if c := &r.Changes[i]; slices.Contains(ids, c.ID) {
			changes = append(changes, c)
			if c.BelowFloor {
				small++
			}
		}
	}
	if small < len(changes) {
		changes = slices.DeleteFunc(changes, func(c *model.Change) bool { return c.BelowFloor })
	}
	slices.SortStableFunc(changes, func(a, b *model.Change) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return changes, risks
}

// titleOf says what the largest finding of a change is about.
func titleOf(r *model.Report, c *model.Change) string {
	for i := range r.Findings {
		if r.Findings[i].ID == c.ID {
			return r.Findings[i].Title
		}
	}
	return c.ID
}

// TellWaste says what waste of today a draft lets pass, "" where the image would pass without
// the draft.
func TellWaste(r *model.Report) string {
	changes, _ := failing(r)
	if len(changes) == 0 {
		return ""
	}
	bytes, _, _ := gate.Counted(r, model.ScopeOwn)
	return "it lets " + display.Bytes(bytes) + " of waste pass that changes would remove"
}
