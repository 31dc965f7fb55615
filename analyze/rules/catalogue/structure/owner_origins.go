package structure

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

var (
	numeric   = lazyregexp.New(`^[0-9]+$`)
	octalMode = lazyregexp.New(`^0?[0-7]{3}$`)
	ownerPath = lazyregexp.New(`^/?[A-Za-z0-9._+@%:,/${}-]+$`)
	ownerName = lazyregexp.New(`^[A-Za-z0-9_${][A-Za-z0-9_.${}-]*$`)
)

// moveToCopy lets a COPY set what a command changes. It returns the entries that the
// command still has to change: directories that the COPY did not make.
func (m *ownerMove) moveToCopy(c *ownerCommand, layer, at int, list []*ownerEntry) (left []*ownerEntry, ok bool) {
	parsed, ok := rewrite.ParseCopy(m.text(at))
	dest, known := m.in.Dest(at)
	if !ok || !known || !parsed.Known || parsed.Keyword == "ADD" && !plainAdd(parsed) {
		return nil, false
	}
	want, ok := sameOwner(c, list)
	if !ok || !m.bringsOnly(c, layer, want) {
		return nil, false
	}
	flag, ok := m.copyFlag(c, at, want)
	name, _, _ := strings.Cut(flag, "=")
	_, has := parsed.Flag(name)
	_, link := parsed.Flag("--link")
	if !ok || has || link && m.names {
		return nil, false
	}
	for _, e := range list {
		if !e.dir {
			continue
		}
		if existed(m.b.Tree, e.node, layer) || !within(e.path, dest) {
			left = append(left, e)
		}
	}
	m.change(at, parsed.WithFlag(flag))
	m.flags = append(m.flags, flag)
	return left, true
}

// plainAdd reports whether an ADD is a COPY: it takes one directory of the context.
func plainAdd(in *rewrite.Copy) bool {
	return len(in.Sources) == 1 && (path.Clean(in.Sources[0]) == "." || strings.HasSuffix(in.Sources[0], "/")) && !strings.Contains(in.Sources[0], "://")
}

// bringsOnly reports whether all that a COPY brings has, when the RUN is done, the
// owner or mode that the command gives, so that a flag for all of it is right.
func (m *ownerMove) bringsOnly(c *ownerCommand, layer int, want model.Attributes) bool {
	t := m.b.Tree
	if t.Starts[layer+1]-t.Starts[layer] > maxOwnerEntries {
		return false
	}
	for id, r := range t.Layer(layer) {
		name := "/" + t.Path(r.Node)
		switch {
		case r.Kind >= model.Whiteout:
			return false
		case r.Node == model.Root || (r.Kind == model.Implied || r.Kind == model.Directory) && existed(t, r.Node, layer):
			continue
		case !c.reaches(name):
			return false
		case c.mode() && r.Kind == model.Symlink:
			continue
		}
		m.makesDirs = m.makesDirs || r.Kind == model.Directory && !c.mode()
		if before, there := t.At(r.Node, m.layer-1); !there || before != id {
			continue // gone or replaced in between
		}
		after, there := t.At(r.Node, m.layer)
		if !there {
			continue
		}
		got := t.Attributes(&t.Records[t.Content(after)])
		if c.mode() && got.Mode != want.Mode || !c.mode() && (got.UID != want.UID || got.GID != want.GID) {
			return false
		}
	}
	return true
}

// copyFlag turns a command into a flag of the COPY at an instruction.
func (m *ownerMove) copyFlag(c *ownerCommand, at int, want model.Attributes) (string, bool) {
	value, ok := c.value(m.in, at, m.hid)
	if !ok {
		return "", false
	}
	if c.mode() {
		if !octalMode.MatchString(value) {
			value = fmt.Sprintf("%o", want.Mode)
		}
		return "--chmod=" + value, octalMode.MatchString(value) && m.b.NeedsBuildKit()
	}
	if c.change.Program == "chgrp" {
		value = ":" + value
	}
	user, group, colon := strings.Cut(value, ":")
	if user == "" {
		user = fmt.Sprint(want.UID)
	}
	if !colon || group == "" {
		group = fmt.Sprint(want.GID) // without a group the files keep theirs; behind a bare colon it is the user's own
		if colon && want.UID == want.GID && m.hasGroup(user) {
			group = user
		} else if name := m.b.Needs().GroupName(at, want.GID); colon && name != "" {
			group = name
		}
	}
	m.name(user, group)
	return "--chown=" + user + ":" + group, ownerName.MatchString(user) && ownerName.MatchString(group)
}

// hasGroup reports whether a user made here has a group of the same name.
func (m *ownerMove) hasGroup(user string) bool {
	for _, c := range m.in.CallsIn(0, m.hid+1) {
		named := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Literal && w.Text == user })
		other := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			return slices.Contains([]string{"-g", "--gid", "-N", "--no-user-group", "-G"}, w.Text)
		})
		if c.CreatesUsers() && named && (!other || strings.HasPrefix(c.Name(), "group") || c.Name() == "addgroup") {
			return true
		}
	}
	return false
}

// name notes whether users or groups are named.
func (m *ownerMove) name(names ...string) {
	for _, name := range names {
		if value, ok := m.in.Expand(name, m.hid); !ok || !numeric.MatchString(value) {
			m.names = true
		}
	}
}

// maxOwnerPaths is how many paths one command may name and still be read.
const maxOwnerPaths = 6

// moveToRun lets a RUN change what it makes at its own end. It returns the entries
// that the command still has to change: directories that were there before.
func (m *ownerMove) moveToRun(c *ownerCommand, layer, at int, list []*ownerEntry) (left []*ownerEntry, ok bool) {
	if only, ok := layerOf(m.b, at); !ok || only != layer {
		return nil, false
	}
	for _, e := range list {
		if e.dir && existed(m.b.Tree, e.node, layer) {
			left = append(left, e)
		}
	}
	if !c.mode() && m.linksOut(c, layer) {
		return nil, false
	}
	m.makesDirs = m.makesDirs || !c.mode() && slices.ContainsFunc(list, func(e *ownerEntry) bool { return strings.HasSuffix(e.path, "/package.json") })
	tops, recursive, ok := m.namedTops(c, layer, at, list)
	hoisted := m.hoist && !slices.ContainsFunc(m.whole, func(w wholeTarget) bool { return w.command == c })
	if !ok || hoisted {
		recursive = true
		if tops, ok = m.wholeTargets(c, layer, at, list, hoisted); !ok {
			return nil, false
		}
	}
	value, ok := c.value(m.in, at, m.hid)
	if !ok || !ownerName.MatchString(strings.ReplaceAll(value, ":", "")) && !c.mode() {
		return nil, false
	}
	text, ok := rewrite.AppendCleanup(m.text(at), c.write(value, recursive, m.written(c, at, tops)))
	if !ok {
		return nil, false
	}
	if !c.mode() {
		user, group, _ := strings.Cut(value, ":")
		m.name(user)
		if group != "" {
			m.name(group)
		}
	}
	m.change(at, text)
	m.runs++
	return left, true
}

// namedTops returns the highest paths that a RUN made of what a command changes; false where they
// cannot be named, since there are too many or the next build may not have them.
func (m *ownerMove) namedTops(c *ownerCommand, layer, at int, list []*ownerEntry) (tops []string, recursive, ok bool) {
	for _, e := range list {
		if e.dir && existed(m.b.Tree, e.node, layer) {
			continue
		}
		node := m.top(c, e.node, layer)
		name := "/" + m.b.Tree.Path(node)
		recursive = recursive || name != e.path || !e.copied
		if !slices.Contains(tops, name) {
			tops = append(tops, name)
		}
		if len(tops) > maxOwnerPaths {
			return nil, false, false
		}
	}
	slices.Sort(tops)
	for _, name := range tops {
		if m.areLasting(c, []string{name}) {
			continue
		}
		spelled, ok := m.spelled(at, name)
		if !ok || !m.areLasting(c, []string{path.Dir(name)}) {
			return nil, false, false
		}
		m.spelling[name] = spelled
	}
	ok = len(tops) > 0 && !slices.ContainsFunc(tops, func(p string) bool { return !ownerPath.MatchString(p) })
	return tops, recursive, ok
}

// spelled writes a path with the variables by which a RUN names its last part.
func (m *ownerMove) spelled(at int, name string) (text string, ok bool) {
	commands, _ := m.in.Commands(at)
	for _, c := range commands {
		for _, w := range c.Args() {
			text := strings.Trim(w.Text, `"`)
			base := path.Base(text)
			variable := reference.FindStringSubmatch(base)
			if w.Literal || variable == nil || !ownerPath.MatchString(base) || assigns(m.in.Text(at), variable[1]) {
				continue
			}
			if text == "$"+variable[1] || text == "${"+variable[1]+"}" {
				continue // a value that a program is given, and no path
			}
			if value, known := m.in.Expand(base, at); known && value == path.Base(name) {
				return path.Dir(name) + "/" + base, true
			}
		}
	}
	return "", false
}

// lasting are directories that the tools of a language or a project make under the same name each time.
var lasting = strings.Fields("node_modules vendor dist build target out public static assets media venv .venv .next .nuxt log logs run data tmp storage sessions uploads db bin lib include share etc var src app")

// caches are directories that a clean-up or a flag of the same plan may keep from being there.
var caches = strings.Fields(".cache .npm .yarn .pnpm-store .cargo .gem .bundle .composer .m2 .gradle .ivy2 .nuget .conda pkgs __pycache__ .git .hg .svn")

// areLasting reports whether paths that a command is to name will be there in the next build, too: what the
// author names where it is used, and what tools name alike each time. The value of an ARG or ENV is of
// this build alone.
func (m *ownerMove) areLasting(c *ownerCommand, paths []string) bool {
	told := make(map[string]bool)
	for i := range m.hid + 1 {
		switch m.in.Keyword(i) {
		case "RUN", "COPY", "ADD", "WORKDIR", "VOLUME":
			for word := range strings.FieldsFuncSeq(m.in.Text(i), func(r rune) bool { return strings.ContainsRune(" \t\n\"'=:;&|(){},<>/\\", r) }) {
				told[word] = true
			}
		}
	}
	for _, name := range paths {
		around := ""
		for _, t := range c.targets {
			if within(name, t.path) && len(t.path) > len(around) {
				around = t.path
			}
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(name, around), "/") {
			if part != "" && (slices.Contains(caches, part) || !told[part] && !slices.Contains(lasting, part)) {
				return false
			}
		}
	}
	return true
}

// top climbs from a node to the highest directory that a layer made and the command
// reaches.
func (m *ownerMove) top(c *ownerCommand, n model.NodeID, layer int) model.NodeID {
	for n != model.Root {
		up := m.b.Tree.Nodes[n].Parent
		if up == model.Root || existed(m.b.Tree, up, layer) || !c.reaches("/"+m.b.Tree.Path(up)) {
			return n
		}
		n = up
	}
	return n
}

// written spells paths for a RUN in the author's way, where the variables that it
// uses are declared there.
func (m *ownerMove) written(c *ownerCommand, at int, paths []string) (words []string) {
	for _, name := range paths {
		word := name
		if spelled, ok := m.spelling[name]; ok {
			words = append(words, spelled)
			continue
		}
		t := c.targetOf(name)
		if t != nil && t.path == name && path.IsAbs(t.text) {
			word = t.text // a slash at its end follows a link
		}
		if t != nil && strings.HasPrefix(strings.Trim(t.text, `"`), "$") {
			if value, ok := m.in.Expand(strings.Trim(t.text, `"`), at); ok && path.Clean(value) == t.path {
				word = t.write(name)
			}
		}
		words = append(words, word)
	}
	return words
}

// write writes the command for other paths.
func (c *ownerCommand) write(value string, recursive bool, words []string) string {
	command := c.change.Program
	if recursive {
		command += " -R"
	}
	return command + " " + value + " " + strings.Join(words, " ")
}
