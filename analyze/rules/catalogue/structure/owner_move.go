package structure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ownerMove moves the changes of owner and mode in a RUN to the instructions that
// brought the files: COPYs set them by a flag, RUNs at their end, and what is left of
// the change is for what the RUN itself makes and for directories, which weigh
// nothing. It goes by what the layers hold, not by what the text seems to do, so it
// needs the tree of the image.
type ownerMove struct {
	ownerWay
	b          *rules.Build
	in         *instructions.List
	hid, layer int // the RUN, and what it made
	commands   []*ownerCommand
	entries    []ownerEntry
	texts      map[int]string // instructions as the edit leaves them
	first      int            // the first that it changes
	names      bool           // a user or group is named, not numbered
	makesDirs  bool           // directories belong to the owner earlier, which tells npm as whom to run scripts
	flags      []string       // what COPYs got
	runs       int            // how many RUNs got a change
	user       string         // a RUN that makes the user and has to stand in front; "" for none
	whole      []wholeTarget  // what RUNs change with the directory around it

	spelling map[string]string // paths with the variables that the author writes them with
}

// ownerWay is how much a move takes along.
type ownerWay struct {
	small bool // COPYs of next to nothing get the owner, too
	hoist bool // a RUN changes all that was there before, too
}

// moveOwners works out the move for the files that a RUN stored once more. It reports
// false where anything speaks against it.
func moveOwners(b *rules.Build, hid int) (m *ownerMove, ok bool) {
	for _, way := range []ownerWay{{small: true}, {}, {small: true, hoist: true}, {hoist: true}} {
		if m, ok = moveOwnersTo(b, hid, way); ok {
			return m, ok
		}
	}
	return nil, false
}

// moveOwnersTo is moveOwners in one way.
func moveOwnersTo(b *rules.Build, hid int, way ownerWay) (m *ownerMove, ok bool) {
	if m, ok = newOwnerMove(b, hid); !ok {
		return nil, false
	}
	m.ownerWay = way
	moved := m.movable()
	for _, c := range moved {
		if !m.move(c) {
			return nil, false
		}
	}
	return m, len(moved) > 0 && m.first < hid && m.undisturbed() && m.usersKnown() && m.copiesAgree(moved)
}

// copiesAgree reports whether the builder can look up the owner that each COPY was
// given, and gives it to nothing that the RUN did not: a directory above the files that
// the COPY makes gets the COPY's owner from BuildKit.
func (m *ownerMove) copiesAgree(moved []*ownerCommand) bool {
	for i, text := range m.texts {
		owner := ownerOf(text)
		if keyword := m.in.Keyword(i); keyword != "COPY" && keyword != "ADD" || owner == "" {
			continue
		}
		needs := m.b.Needs()
		if m.user == "" && !numericOwner.MatchString(owner) && needs.NoOwner(i, owner) != "" && needs.NoOwner(m.hid, owner) == "" {
			return false // the user comes in between
		}
		for _, c := range moved {
			for _, t := range c.targets {
				if m.b.Needs().ChangedBy(m.hid, []int{i}, t.path).Above != "" {
					return false
				}
			}
		}
	}
	return true
}

// ownerOf returns what a COPY's --chown names, "" where it has none.
func ownerOf(text string) string {
	for word := range strings.FieldsSeq(text) {
		if owner, ok := strings.CutPrefix(word, "--chown="); ok {
			return owner
		}
	}
	return ""
}

func newOwnerMove(b *rules.Build, hid int) (*ownerMove, bool) {
	layer, ok := layerOf(b, hid)
	if !ok || !b.Parsed().PosixShell(hid) {
		return nil, false
	}
	m := &ownerMove{b: b, in: b.Parsed(), hid: hid, layer: layer, texts: make(map[int]string), spelling: make(map[string]string), first: hid}
	if m.commands, ok = ownerCommands(b, hid); !ok {
		return nil, false
	}
	m.entries, ok = ownerEntries(b.Tree, layer, m.commands)
	return m, ok
}

// text is an instruction as the edit has left it so far.
func (m *ownerMove) text(i int) string {
	if text, edited := m.texts[i]; edited {
		return text
	}
	return m.in.Text(i)
}

func (m *ownerMove) change(i int, text string) {
	m.texts[i] = text
	m.first = min(m.first, i)
}

// movable returns the commands that store nearly all of the copied bytes; nil where
// two of a kind reach the same file. Those that store hardly any stay as they are.
func (m *ownerMove) movable() (list []*ownerCommand) {
	bytes, total := make([]int64, len(m.commands)), int64(0)
	for i := range m.entries {
		e := &m.entries[i]
		if !e.copied {
			continue
		}
		total += e.size
		for k, c := range m.commands {
			if c.reaches(e.path) {
				bytes[k] += e.size
			}
		}
	}
	for k, c := range m.commands {
		if bytes[k]*50 > total {
			list = append(list, c)
		}
	}
	for i := range m.entries {
		e := &m.entries[i]
		owners, modes := 0, 0
		for _, c := range list {
			switch {
			case !e.copied || !c.reaches(e.path):
			case c.mode():
				modes++
			default:
				owners++
			}
		}
		if owners > 1 || modes > 1 {
			return nil
		}
	}
	return list
}

// smallBytes is how much a RUN may store again and still be left as it is.
const smallBytes = 64 << 10

// move takes one command to the instructions whose files it changes.
func (m *ownerMove) move(c *ownerCommand) bool {
	byLayer := make(map[int][]*ownerEntry)
	bytes, total, given := make(map[int]int64), int64(0), int64(0)
	for i := range m.entries {
		e := &m.entries[i]
		if !c.reaches(e.path) {
			continue
		}
		if e.right(c, m.layer) {
			if e.copied {
				given += e.size
			}
			continue
		}
		byLayer[e.source(c)] = append(byLayer[e.source(c)], e)
		if e.copied {
			bytes[e.source(c)] += e.size
			total += e.size
		}
	}
	if given > total/20+smallBytes {
		return false // what has its owner already is stored again, too, and the edit would not count it
	}
	var rest, moved []*ownerEntry
	if m.hoist {
		layer, ok := m.hoistTo(c, byLayer, bytes)
		if !ok {
			return false
		}
		moved = byLayer[layer]
		delete(byLayer, layer)
	}
	for _, layer := range slices.Sorted(maps.Keys(byLayer)) {
		list := slices.DeleteFunc(byLayer[layer], func(e *ownerEntry) bool { return m.isHoisted(c, e) })
		if len(list) == 0 {
			continue
		}
		step := m.b.Step(&layer)
		if layer == m.layer || bytes[layer] <= min(smallBytes, total/100) {
			if left, ok := m.moveSmall(c, layer, list); ok {
				rest = append(rest, left...)
				continue
			}
			rest = append(rest, list...)
			for _, e := range list {
				e.stays = true
			}
			continue
		}
		if step == nil || step.Inherited || step.Index >= m.hid {
			return false
		}
		var left []*ownerEntry
		ok := false
		switch m.in.Keyword(step.Index) {
		case "COPY", "ADD":
			left, ok = m.moveToCopy(c, layer, step.Index, list)
		case "RUN":
			left, ok = m.moveToRun(c, layer, step.Index, list)
		}
		if !ok {
			return false
		}
		rest = append(rest, left...)
		moved = append(moved, list...)
	}
	want, ok := sameOwner(c, moved)
	rest = slices.DeleteFunc(rest, func(e *ownerEntry) bool { return m.done(c, e) })
	return ok && m.leave(c, rest, want)
}

// moveSmall moves a command to a COPY of a directory, though its files weigh next to nothing: what
// stays in the RUN would name them, and miss those that are added to the directory later.
func (m *ownerMove) moveSmall(c *ownerCommand, layer int, list []*ownerEntry) ([]*ownerEntry, bool) {
	step := m.b.Step(&layer)
	if layer == m.layer || step == nil || step.Inherited || step.Index >= m.hid || m.in.Keyword(step.Index) != "COPY" || c.mode() || !m.small {
		return nil, false
	}
	copied, ok := m.in.Copy(step.Index)
	if dest, known := copied.Target(m.in.Dir(step.Index)); !ok || !known || len(copied.Sources) == 0 || !slices.ContainsFunc(list, func(e *ownerEntry) bool { return !e.dir && e.path != dest }) {
		return nil, false
	}
	before := *m
	before.texts, before.flags = maps.Clone(m.texts), slices.Clone(m.flags)
	left, ok := m.moveToCopy(c, layer, step.Index, list)
	if !ok {
		*m = before
	}
	return left, ok
}

// sameOwner returns the attributes that a command gave to all of the files; false
// where they differ.
func sameOwner(c *ownerCommand, list []*ownerEntry) (want model.Attributes, ok bool) {
	for _, e := range list {
		switch {
		case !e.copied:
		case !ok:
			want, ok = e.now, true
		case !c.mode() && (e.now.UID != want.UID || e.now.GID != want.GID):
			return want, false
		}
	}
	return want, ok
}

// edit is the stretch of instructions before and after.
func (m *ownerMove) edit() advice.Edit {
	before := m.in.Texts(m.first, m.hid)
	var after []string
	if m.user != "" {
		after = append(after, m.user)
	}
	for i := m.first; i <= m.hid; i++ {
		if text := m.text(i); text != "" {
			after = append(after, text)
		}
	}
	return advice.Edit{Before: strings.Join(before, "\n"), After: strings.Join(after, "\n")}
}

// how says what the edit does.
func (m *ownerMove) how() string {
	what, copies := "owner", slices.Compact(slices.Sorted(slices.Values(m.flags)))
	if text := strings.Join(copies, " "); strings.Contains(text, "--chmod") {
		if what = "mode"; strings.Contains(text, "--chown") {
			what = "owner and mode"
		}
	}
	instead := "instead of a later RUN, which stores every file again."
	switch {
	case m.user != "" && len(copies) == 0:
		return fmt.Sprintf("Create the user first, and set the files' %s in the RUN that makes them, %s", what, instead)
	case m.user != "" && m.runs > 0:
		return fmt.Sprintf("Create the user first, let COPY set the %s (%s), and let the RUN that makes files set theirs, %s", what, strings.Join(copies, " "), instead)
	case m.user != "":
		return fmt.Sprintf("Create the user first, and let COPY set the %s (%s) %s", what, strings.Join(copies, " "), instead)
	case len(copies) == 0:
		return "Set the files' owner or mode in the RUN that makes them, " + instead
	case m.runs > 0:
		return fmt.Sprintf("Let COPY set the %s (%s), and let the RUN that makes files set theirs, %s", what, strings.Join(copies, " "), instead)
	}
	return fmt.Sprintf("Let COPY set the %s (%s) %s", what, strings.Join(copies, " "), instead)
}

// same returns a function that reports whether a command is this one.
func (c *ownerCommand) same() func(rewrite.Command) bool {
	source, dir := c.Source(), c.Dir
	return func(other rewrite.Command) bool { return other.Source() == source && other.Dir == dir }
}
