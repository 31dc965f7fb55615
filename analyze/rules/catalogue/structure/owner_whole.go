package structure

import (
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// wholeTargets notes and returns the directories that a chown -R names, where a RUN may change all of them
// at its own end: they hold next to nothing that this RUN did not make, and that would be stored
// once more (chown copies a file even where it has the owner). A chown that is hoisted stores them
// here, and not later.
func (m *ownerMove) wholeTargets(c *ownerCommand, layer, at int, list []*ownerEntry, hoisted bool) (names []string, ok bool) {
	if c.mode() || !c.change.Recursive {
		return nil, false
	}
	seen, others := 0, int64(0)
	for _, e := range list {
		t := c.targetOf(e.path)
		if strings.ContainsAny(t.path, "*?[") || !ownerPath.MatchString(t.path) {
			return nil, false
		}
		if slices.Contains(names, t.path) {
			continue
		}
		node, known := m.b.Tree.Lookup(strings.TrimPrefix(t.path, "/"))
		if known {
			others += m.bytesBut(node, layer, layer, &seen)
		}
		if !known || others > smallBytes && !hoisted || seen > maxOwnerEntries {
			return nil, false
		}
		names = append(names, t.path)
	}
	m.whole = append(m.whole, wholeTarget{c, at, layer, names})
	return names, len(names) > 0
}

// hoistTo lets the RUN that made most of what a chown -R stores again change all that is there at
// its end: what earlier instructions brought is stored again by that RUN then, and not by this one.
func (m *ownerMove) hoistTo(c *ownerCommand, byLayer map[int][]*ownerEntry, bytes map[int]int64) (layer int, ok bool) {
	layer = -1
	for _, l := range slices.Sorted(maps.Keys(byLayer)) { // of those that are alike the last, which takes the others along
		step := m.b.Step(&l)
		if step != nil && !step.Inherited && step.Index < m.hid && m.in.Keyword(step.Index) == "RUN" && (layer < 0 || bytes[l] >= bytes[layer]) {
			layer = l
		}
	}
	if layer < 0 || bytes[layer] <= smallBytes {
		return 0, false
	}
	again := int64(0) // what this RUN stores again of what was there
	for l, n := range bytes {
		if l < layer {
			again += n
		}
	}
	seen := 0
	if others := m.bytesAround(c, layer, &seen); others > again+smallBytes || seen > maxOwnerEntries {
		return 0, false // some of it is gone by then, and is not stored again
	}
	_, ok = m.moveToRun(c, layer, m.b.Step(&layer).Index, byLayer[layer])
	return layer, ok
}

// bytesAround returns what files weigh that a command reaches and that earlier layers brought.
func (m *ownerMove) bytesAround(c *ownerCommand, layer int, seen *int) (bytes int64) {
	for _, t := range c.targets {
		if node, known := m.b.Tree.Lookup(strings.TrimPrefix(t.path, "/")); known {
			bytes += m.bytesBut(node, layer, layer, seen)
		}
	}
	return bytes
}

// isHoisted reports whether an entry is a file that a RUN changes along with its own.
func (m *ownerMove) isHoisted(c *ownerCommand, e *ownerEntry) bool {
	return m.hoist && (m.done(c, e) || !e.dir && slices.ContainsFunc(m.whole, func(w wholeTarget) bool {
		return w.command == c && e.origin < w.layer && slices.ContainsFunc(w.names, func(name string) bool { return within(e.path, name) })
	}))
}

// bytesBut returns what files weigh that are at and below a node after a layer, but for those that
// one layer brought. seen counts what was looked at, at most maxOwnerEntries and one.
func (m *ownerMove) bytesBut(n model.NodeID, layer, by int, seen *int) (bytes int64) {
	t := m.b.Tree
	id, there := t.At(n, layer)
	if *seen++; !there || *seen > maxOwnerEntries {
		return 0
	}
	if r := &t.Records[id]; r.Kind != model.Directory && r.Kind != model.Implied && int(r.Layer) != by {
		bytes += t.Records[t.Content(id)].Size.Bytes()
	}
	for child := range t.Children(n) {
		bytes += m.bytesBut(child, layer, by, seen)
	}
	return bytes
}

// wholeTarget is what a chown -R names, and what the RUN of a layer changes as a whole now.
type wholeTarget struct {
	command   *ownerCommand
	at, layer int
	names     []string
}

// done reports whether a RUN that changes a whole directory changes an entry of a command: a
// directory that was there, and that nothing in between or in the RUN of the command can have given
// to another, whether the image shows it or not.
func (m *ownerMove) done(c *ownerCommand, e *ownerEntry) bool {
	t := m.b.Tree
	return e.dir && slices.ContainsFunc(m.whole, func(w wholeTarget) bool {
		id, there := t.At(e.node, w.layer)
		if w.command != c || !there || !slices.ContainsFunc(w.names, func(name string) bool { return within(e.path, name) }) {
			return false
		}
		got := t.Attributes(&t.Records[t.Content(id)])
		return got.UID == e.was.UID && got.GID == e.was.GID && m.leavesOwners(w.at, e.path)
	})
}

// leavesOwners reports whether no instruction behind one, up to the RUN, can give a directory to
// another.
func (m *ownerMove) leavesOwners(at int, dir string) bool {
	for i := at + 1; i <= m.hid; i++ {
		switch m.in.Keyword(i) {
		case "COPY", "ADD":
			// A COPY gives the directories that are there its own owner, those that it has itself.
			if dest, known := m.in.Dest(i); !known || within(dir, dest) {
				return false
			}
		case "RUN":
			commands, ok := m.in.Commands(i)
			if !ok || slices.ContainsFunc(commands, func(c rewrite.Command) bool { return !leavesDirectories(c) }) {
				return false
			}
		}
	}
	return true
}

// leavesDirectories reports whether a command makes no directory, and gives none an owner but as
// the moved ones do.
func leavesDirectories(c rewrite.Command) bool {
	switch c.Name() {
	case "chmod", "useradd", "groupadd", "adduser", "addgroup", "usermod", "echo", "true", ":", "ls", "test", "[", "set", "apt-get", "apt", "update-ca-certificates", "ldconfig", "locale-gen":
		return true
	case "chown", "chgrp":
		return true // setsOwner has seen those in between
	}
	return false
}

// linksOut reports whether a hard link in a layer has one of its names within what a command reaches, and
// another elsewhere. In the RUN that makes them a chown changes both; in a later one the layers part them.
func (m *ownerMove) linksOut(c *ownerCommand, layer int) bool {
	t := m.b.Tree
	for id, r := range t.Layer(layer) {
		if r.Kind == model.Link && c.reaches("/"+t.Path(r.Node)) != c.reaches("/"+t.Path(t.Records[t.Content(id)].Node)) {
			return true
		}
	}
	return false
}
