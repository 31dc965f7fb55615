package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Kept is what a change leaves of the findings that it settles: wasted as well, but the image needs
// it, or the edit does not reach it. It is part of what cannot be helped.
type Kept struct {
	Change *model.Change
	Bytes  int64
}

// keptBy lists what a report's changes leave. With the findings that are in no change, it adds up to
// the summary's unavoidable bytes.
func keptBy(r *model.Report) (kept []Kept) {
	wasted := model.WastedByID(r.Findings)
	for i := range r.Changes {
		c := &r.Changes[i]
		left := -c.Avoidable(wasted)
		for _, id := range c.Findings {
			left += wasted[id]
		}
		if left > 0 {
			kept = append(kept, Kept{c, left})
		}
	}
	slices.SortStableFunc(kept, func(a, b Kept) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return kept
}

// KeptTitle names what a change leaves: "packages that line 4 keeps: gcc, less".
func (v View) KeptTitle(k Kept) string {
	what := "what "
	if len(k.Change.Keeps) > 0 {
		what = "packages that "
	}
	place, verb := v.ChangePlace(k.Change), " keep"
	if place == "" {
		place = "the change"
	}
	if word, numbers := v.changeNumbers(k.Change); word == "" || len(numbers) < 2 {
		verb = " keeps"
	}
	what += place + verb
	if len(k.Change.Keeps) > 0 {
		what += ": " + v.OneLine(strings.Join(k.Change.Keeps, ", "))
	}
	return what
}

// Mostly names the largest part of what cannot be helped; "" where nothing is known to be.
func (v View) Mostly(s *Settled) string {
	switch {
	case len(s.Kept) > 0 && (len(s.Unavoidable) == 0 || s.Kept[0].Bytes > s.Unavoidable[0].Bytes):
		return v.KeptTitle(s.Kept[0])
	case len(s.Unavoidable) > 0:
		return v.OneLine(s.Unavoidable[0].Title)
	}
	return ""
}
