package need

import "github.com/tare-oci/tare/analyze/rules/rewrite"

// Follow goes through instructions that are not of the image itself, such as those of
// a stage that goes on from it.
type Follow struct {
	room  *Room
	now   setting
	layer int
}

// Follow begins behind an instruction of the image.
func (r *Room) Follow(at int) *Follow {
	return &Follow{room: r, now: r.settingOf(at + 1), layer: r.layerAfter(at)}
}

// Needs says which part of the next instruction needs a thing or may, "" where it
// does not. A FROM begins a stage of which nothing is known.
func (f *Follow) Needs(text string, t Thing) string {
	keyword := rewrite.Keyword(text)
	if keyword == "FROM" {
		f.now = start(unknown)
		return ""
	}
	facts := f.room.read(keyword, text, f.now, f.layer)
	why, needs := f.room.matcher(t).needs(facts)
	if t.Lists && !needs {
		why = f.room.aptUse(-1, facts).why
		needs = why != ""
	}
	f.now = f.now.next(keyword, text)
	switch {
	case !needs:
		return ""
	case why == "":
		return brief(text)
	}
	return why
}

// Skip goes past an instruction.
func (f *Follow) Skip(text string) { f.now = f.now.next(rewrite.Keyword(text), text) }
