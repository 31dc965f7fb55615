package pane

import (
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

// narrow is the filter of a list: it keeps the rows that contain every word, in upper or lower
// case.
type narrow struct {
	text  string // as it was typed
	words []string
}

func narrowTo(text string) narrow {
	return narrow{text, strings.Fields(strings.ToLower(text))}
}

func (n *narrow) on() bool { return len(n.words) > 0 }

// has reports whether a row of these texts stays.
func (n *narrow) has(texts ...string) bool {
	for _, word := range n.words {
		found := false
		for _, text := range texts {
			found = found || strings.Contains(strings.ToLower(text), word)
		}
		if !found {
			return false
		}
	}
	return true
}

// said counts what was found.
func (n *narrow) said(count int) string {
	if !n.on() {
		return ""
	}
	if count == 1 {
		return "1 match"
	}
	return display.Count(count) + " matches"
}

// nothing returns the sentence for a list in which no row matches.
func (s *state) nothing() string {
	return "Nothing here matches " + s.th.OneLine(s.narrow.text, 40) + "; Esc shows all."
}

// Filter is the text of the filter, "" where everything is shown.
func (s *state) Filter() string { return s.narrow.text }

// Said is what the filter's line says of the answer.
func (s *state) Said() string { return s.narrow.said(s.Count) }

// Narrow does nothing in a list that has no use for it.
func (s *state) Narrow(string) {}

// Next goes to the next row, or the one before, of those that are left.
func (s *state) Next(back bool) bool {
	before := s.Cursor
	if back {
		s.Move(-1)
	} else {
		s.Move(1)
	}
	return s.Cursor != before
}

// Seeks reports whether there is something to go to.
func (s *state) Seeks() bool { return s.narrow.on() }

// Level does nothing in a list without levels.
func (s *state) Level(bool) (told string) { return "there are no levels in this list" }

// Narrow shows the changes and findings that have all words, with what they lie in.
func (v *Fixes) Narrow(text string) {
	v.narrow = narrowTo(text)
	v.lay()
	v.Resize(len(v.list), v.Height)
	v.toMatch()
}

// toMatch puts the cursor on the first row that matches by itself.
func (v *Fixes) toMatch() {
	for i := range v.list {
		if v.narrow.on() && v.narrow.has(v.texts(&v.list[i])...) {
			v.To(i)
			return
		}
	}
}

// Escape shows everything again.
func (v *Fixes) Escape() bool {
	if !v.narrow.on() {
		return false
	}
	v.Narrow("")
	return true
}

// narrowed leaves out the rows that neither match nor contain a row that does.
func (v *Fixes) narrowed(rows []fixRow) []fixRow {
	keep := make([]bool, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		keep[i] = v.narrow.has(v.texts(&rows[i])...)
		for below := i + 1; below < len(rows) && rows[below].depth > rows[i].depth && !keep[i]; below++ {
			keep[i] = keep[below]
		}
	}
	left := rows[:0]
	for i, row := range rows {
		if keep[i] {
			left = append(left, row)
		}
	}
	return left
}

// texts are what a row is found by.
func (v *Fixes) texts(row *fixRow) []string {
	switch {
	case row.change != nil:
		return []string{row.change.Title, row.change.Summary}
	case row.kept != nil:
		return []string{row.title}
	case row.finding != nil:
		return append([]string{row.finding.Title, row.finding.Rule}, row.finding.Paths...)
	}
	return []string{row.title}
}

// Level opens or closes what is folded.
func (v *Fixes) Level(more bool) string {
	for i := range v.list {
		if fold := v.list[i].fold; fold != "" {
			v.open[fold] = more
		}
	}
	v.lay()
	v.Resize(len(v.list), v.Height)
	return ""
}

// Narrow shows the instructions that have all words.
func (p *Instructions) Narrow(text string) {
	p.narrow = narrowTo(text)
	p.build()
	p.Resize(len(p.Steps), p.Height)
}

// Escape shows everything again.
func (p *Instructions) Escape() bool {
	if !p.narrow.on() {
		return false
	}
	before := p.kept()
	p.Narrow("")
	p.stay(before)
	return true
}

// kept returns a copy of the step under the cursor, to find it again after the rows have changed.
func (p *Instructions) kept() *Step {
	if s := p.Chosen(); s != nil {
		kept := *s
		return &kept
	}
	return nil
}

// Level opens or closes the base image.
func (p *Instructions) Level(more bool) string {
	before := p.kept()
	p.open = more
	p.build()
	p.Resize(len(p.Steps), p.Height)
	p.stay(before)
	return ""
}

// Narrow shows the settings that have all words.
func (v *Config) Narrow(text string) {
	v.narrow = narrowTo(text)
	v.list()
}

// Escape shows everything again.
func (v *Config) Escape() bool {
	if !v.narrow.on() {
		return false
	}
	v.Narrow("")
	return true
}

// Narrow goes to the next line that has all words: what stands around it says more than
// the lines alone.
func (v *Dockerfile) Narrow(text string) {
	v.narrow = narrowTo(text)
	if v.narrow.on() && !v.matches(v.Cursor) {
		v.Next(false)
	}
}

// Escape ends the search.
func (v *Dockerfile) Escape() bool {
	if !v.narrow.on() {
		return false
	}
	v.narrow = narrow{}
	return true
}

// Said counts the lines that match.
func (v *Dockerfile) Said() string {
	count := 0
	for i := range v.Count {
		if v.matches(i) {
			count++
		}
	}
	return v.narrow.said(count)
}

func (v *Dockerfile) matches(i int) bool {
	return v.Source != nil && i < len(v.Source.Lines) && v.narrow.on() && v.narrow.has(v.Source.Lines[i].Text)
}

// Next goes to the next line that matches, or the one before, round the end.
func (v *Dockerfile) Next(back bool) bool {
	step := 1
	if back {
		step = v.Count - 1
	}
	for n := 1; n < v.Count; n++ {
		if at := (v.Cursor + n*step) % v.Count; v.matches(at) {
			v.To(at)
			return true
		}
	}
	return false
}

// Narrow filters the files; see [Files.Ask].
func (v *Files) Narrow(text string) { v.Ask(text) }

// Narrow shows the packages that have all words, with those that brought them.
func (v *Packages) Narrow(text string) {
	v.narrow = narrowTo(text)
	v.unfold()
	v.Resize(len(v.visible), v.Height)
	for row := range v.visible {
		if n := &v.tree.Nodes[v.visible[row].Entry]; v.narrow.on() && n.Index >= 0 && v.has(int(n.Index)) {
			v.To(row)
			return
		}
	}
}

// Escape shows everything again.
func (v *Packages) Escape() bool {
	if !v.narrow.on() {
		return false
	}
	before := v.chosenPackage()
	v.Narrow("")
	if before != nil {
		v.Reveal(before.Name, before.Arch)
	}
	return true
}

func (v *Packages) has(i int) bool {
	p := &v.report.Packages[i]
	return v.narrow.has(p.Name, p.Version, p.Reason)
}

// left says by node whether it is shown: those that match and what is above them; nil
// for all.
func (v *Packages) left() []bool {
	if !v.narrow.on() {
		return nil
	}
	v.found = 0
	left := make([]bool, len(v.tree.Nodes))
	for i := range v.tree.Nodes {
		if n := &v.tree.Nodes[i]; n.Index < 0 || !v.has(int(n.Index)) {
			continue
		}
		v.found++
		for at := int32(i); at >= 0 && !left[at]; at = v.tree.Nodes[at].Parent {
			left[at] = true
		}
	}
	return left
}

// Said counts the packages that match.
func (v *Packages) Said() string { return v.narrow.said(v.found) }

// Level opens the packages one level deeper, or closes the deepest level.
func (v *Packages) Level(more bool) string {
	level := int32(-1)
	for _, row := range v.visible {
		switch open := v.opened[row.Entry]; {
		case len(v.tree.Nodes[row.Entry].Children) == 0:
		case more && !open && (level < 0 || row.Depth < level), !more && open && row.Depth > level:
			level = row.Depth
		}
	}
	for _, row := range v.visible {
		if row.Depth == level && v.opened[row.Entry] != more && len(v.tree.Nodes[row.Entry].Children) > 0 {
			v.opened[row.Entry] = more
		}
	}
	before := v.chosenPackage()
	v.unfold()
	v.Resize(len(v.visible), v.Height)
	if before != nil && more {
		v.Reveal(before.Name, before.Arch)
	}
	return ""
}

// Level opens the directories one level deeper, or closes the deepest level.
func (v *Files) Level(more bool) (told string) {
	if v.Chosen() == nil {
		return ""
	}
	entry := v.current.Rows[v.Cursor].Entry
	if !v.current.Level(more) {
		return "there would be too many rows; open single directories"
	}
	for !more && entry != 0 && !v.inSight(entry) { // the directory that it lay in
		entry = v.current.Entries[entry].Parent
	}
	v.Resize(len(v.current.Rows), v.Height)
	v.To(v.current.Reveal(entry))
	return ""
}

// inSight reports whether all directories above an entry are open.
func (v *Files) inSight(entry int32) bool {
	for at := v.current.Entries[entry].Parent; at != 0; at = v.current.Entries[at].Parent {
		if !v.current.Opened[at] {
			return false
		}
	}
	return true
}
