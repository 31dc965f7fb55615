package structure

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// leave writes into the RUN what is left of a command: the directories that were
// there before, by name, and what the RUN makes itself.
func (m *ownerMove) leave(c *ownerCommand, rest []*ownerEntry, want model.Attributes) bool {
	var single, trees []string
	if m.namesFilesOfCopy(c, rest) {
		return false // one that is added to the context later would be missed
	}
	for _, e := range rest {
		if fresh := e.from == m.layer && !existed(m.b.Tree, e.node, m.layer); fresh && m.changedLater(c, e.path) {
			continue
		} else if fresh && (c.mode() || want.UID == 0) && m.makesLater(c) {
			return false // it may be made behind the command
		}
		if !c.mode() && (e.now.UID != want.UID || e.now.GID != want.GID) {
			if e.from == m.layer {
				continue // made behind the command
			}
			return false
		}
		if top := m.treeOf(c, e); top != "" {
			trees = append(trees, top)
			continue
		}
		if e.from != m.layer || e.dir && existed(m.b.Tree, e.node, m.layer) {
			if !e.dir && !e.copied {
				trees = append(trees, e.path) // a link: -R changes it, and not what it points to
			} else {
				single = append(single, e.path)
			}
			continue
		}
		name := "/" + m.b.Tree.Path(m.top(c, e.node, m.layer))
		trees = append(trees, name)
	}
	if !c.change.Recursive && len(trees) > 0 {
		return false // what lies in a directory keeps its owner
	}
	slices.Sort(trees)
	slices.Sort(single)
	single, trees = m.sortOut(slices.Compact(single), slices.Compact(trees))
	all := slices.Concat(single, trees)
	if len(all) > maxOwnerPaths || !m.areLasting(c, all) || slices.ContainsFunc(all, func(p string) bool { return !ownerPath.MatchString(p) }) {
		return false
	}
	return m.replace(c, single, trees)
}

// namesFilesOfCopy reports whether the RUN would have to name several files or directories of one
// COPY that stays as it is.
func (m *ownerMove) namesFilesOfCopy(c *ownerCommand, rest []*ownerEntry) bool {
	named := make(map[int]string)
	for _, e := range rest {
		if step := m.b.Step(&e.from); !e.stays || e.from == m.layer || step == nil || m.in.Keyword(step.Index) != "COPY" && m.in.Keyword(step.Index) != "ADD" || e.dir && existed(m.b.Tree, e.node, e.from) {
			continue
		}
		name := m.treeOf(c, e)
		if name == "" {
			if name = e.path; e.dir {
				continue
			}
		}
		if other, known := named[e.from]; known && other != name {
			return true
		}
		named[e.from] = name
	}
	return false
}

// treeOf returns the directory that an earlier instruction made, that holds an entry and nothing
// of others, "" where there is none: files that are added to it later get the same owner.
func (m *ownerMove) treeOf(c *ownerCommand, e *ownerEntry) string {
	t := m.b.Tree
	if e.from == m.layer || !e.stays {
		return ""
	}
	top := model.Root
	for n := e.node; n != model.Root && c.reaches("/"+t.Path(n)) && !existed(t, n, e.from); n = t.Nodes[n].Parent {
		id, ok := t.At(n, m.layer-1)
		if !ok || !m.isAllOf(n, e.from, new(int)) {
			break
		}
		if kind := t.Records[id].Kind; kind == model.Directory || kind == model.Implied {
			top = n
		}
	}
	if top == model.Root {
		return ""
	}
	return "/" + t.Path(top)
}

// isAllOf reports whether a layer brought all that is at and below a node in front of the RUN.
// seen counts what was looked at.
func (m *ownerMove) isAllOf(n model.NodeID, layer int, seen *int) bool {
	t := m.b.Tree
	id, there := t.At(n, m.layer-1)
	if !there {
		return true
	}
	if *seen++; int(t.Records[id].Layer) != layer || *seen > maxOwnerEntries {
		return false
	}
	for child := range t.Children(n) {
		if !m.isAllOf(child, layer, seen) {
			return false
		}
	}
	return true
}

// changedLater reports whether a later command of the RUN sets the same of a path.
func (m *ownerMove) changedLater(c *ownerCommand, name string) bool {
	at := slices.Index(m.commands, c)
	return slices.ContainsFunc(m.commands[at+1:], func(other *ownerCommand) bool { return other.mode() == c.mode() && other.reaches(name) })
}

// makesLater reports whether a later command of the RUN may make files.
func (m *ownerMove) makesLater(c *ownerCommand) bool {
	commands, _ := m.in.Commands(m.hid)
	at := slices.IndexFunc(commands, c.same())
	return slices.ContainsFunc(commands[at+1:], func(other rewrite.Command) bool {
		switch other.Name() {
		case "chown", "chgrp", "chmod", "rm", "rmdir", "ls", "true", ":":
			return other.Redirected
		}
		return true
	})
}

// sortOut moves trees that are a single file or an empty directory to the paths that
// need no -R.
func (m *ownerMove) sortOut(single, trees []string) (s, t []string) {
	for _, name := range trees {
		node, ok := m.b.Tree.Lookup(name)
		if !ok {
			continue
		}
		id, there := m.b.Tree.At(node, m.layer)
		plain := there && m.b.Tree.Records[id].Kind <= model.Implied
		for child := range m.b.Tree.Children(node) {
			if _, there := m.b.Tree.At(child, m.layer); there {
				plain = false
			}
		}
		if plain {
			single = append(single, name)
		} else {
			t = append(t, name)
		}
	}
	slices.Sort(single)
	return single, t
}

// replace writes a command anew in the RUN, for the paths that are left.
func (m *ownerMove) replace(c *ownerCommand, single, trees []string) bool {
	words := func(paths []string) (out []string) {
		for _, p := range paths {
			out = append(out, c.targetOf(p).write(p))
		}
		return out
	}
	value := c.change.Value.Text
	var with []string
	if len(single) > 0 {
		with = append(with, c.write(value, false, words(single)))
	}
	if len(trees) > 0 {
		with = append(with, c.write(value, true, words(trees)))
	}
	if len(with) > 1 && strings.Contains(m.text(m.hid), ";") {
		return false // set -e would not see the first of two fail
	}
	text, ok := rewrite.ReplaceCommand(m.text(m.hid), c.same(), strings.Join(with, " && "))
	if ok {
		m.texts[m.hid] = text
	}
	return ok
}
