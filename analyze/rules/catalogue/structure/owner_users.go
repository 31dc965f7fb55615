package structure

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// asOther matches programs that run another as another user, and tests of find: what those do
// depends on who owns the files. --uid and --user-group are useradd's.
var asOther = lazyregexp.New(`(?:^|[\s;&|("'])(?:sudo|doas|su|gosu|su-exec|runuser|setpriv)\s|(?:^|[\s"'])-(?:user|uid|nouser|group|gid|nogroup)\b|\bstat\b`)

// undisturbed reports whether what stands between the first instruction that the edit
// changes and the RUN does the same when the files already belong to their owner.
func (m *ownerMove) undisturbed() bool {
	if m.hid-m.first >= maxOwnerSpan {
		return false
	}
	clones := m.clones()
	for i := m.first; i <= m.hid; i++ {
		switch m.in.Keyword(i) {
		case "USER", "SHELL", "VOLUME", "FROM", "":
			return false
		case "RUN":
			commands, ok := m.in.Commands(i)
			if !ok || asOther.MatchString(m.in.Text(i)) {
				return false
			}
			if i == m.first { // nothing is changed before its end
				continue
			}
			history := m.asksHistory(i, clones)
			for _, c := range commands {
				if m.disturbs(c, history) {
					return false
				}
			}
		}
		if m.in.All[i].Inherited || m.in.Text(i) == "" {
			return false
		}
	}
	return true
}

// clones are the directories with a .git among what the RUN stored again.
func (m *ownerMove) clones() (dirs []string) {
	for _, e := range m.entries {
		if dir, _, ok := strings.Cut(e.path, "/.git/"); ok && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// asksHistory reports whether a command of a RUN may ask version control for the history of a
// clone: a tool looks for it in the directory where it runs and in those above, or where it is
// told to look.
func (m *ownerMove) asksHistory(i int, clones []string) bool {
	dir, text := m.in.Dir(i), m.in.Text(i)
	return len(clones) > 0 && (dir == "" || elsewhere.MatchString(text)) || slices.ContainsFunc(clones, func(clone string) bool {
		return clone == "" || within(dir, clone) || strings.Contains(text, path.Base(clone))
	})
}

// elsewhere matches commands that go on in another directory, or look through several.
var elsewhere = lazyregexp.New(`\b(?:cd|pushd|find|xargs|for|while|make|git|svn|hg)\b`)

// maxOwnerSpan is how many instructions one edit may span.
const maxOwnerSpan = 30

// disturbs reports whether a command may do something else with files of another
// owner. history is true where there is a .git among them.
func (m *ownerMove) disturbs(c rewrite.Command, history bool) bool {
	words := c.Args()
	switch c.Name() {
	case "cp":
		return slices.ContainsFunc(words, func(w rewrite.Word) bool {
			return strings.HasPrefix(w.Text, "--preserve") || w.Text == "--archive" || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.ContainsAny(w.Text, "ap")
		})
	case "mv", "rsync", "cpio", "":
		return true
	case "tar":
		return !extracts(c)
	case "git":
		return true // refuses directories of other users
	case "npm", "npx", "pnpm", "lerna", "nx":
		// Runs scripts as the user who owns the package's directory.
		sub := slices.IndexFunc(words, func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") })
		fresh := sub >= 0 && slices.Contains([]string{"install", "i", "ci", "add", "rebuild", "update", "install-clean"}, words[sub].Text)
		return m.makesDirs || fresh && m.runs > 0 && m.inRun("/node_modules") || history
	}
	return history && !quiet(c)
}

// extracts reports whether a tar unpacks an archive: what it writes belongs to whom the archive
// says, whoever owned the files that were there. tar(1).
func extracts(c rewrite.Command) bool {
	words := c.Args()
	return c.Name() == "tar" && len(words) > 0 && words[0].Literal && (words[0].Text == "--extract" || !strings.HasPrefix(words[0].Text, "--") && strings.Contains(words[0].Text, "x"))
}

// inRun reports whether the RUN stored files again that have a directory's name in their
// path.
func (m *ownerMove) inRun(dir string) bool {
	return slices.ContainsFunc(m.entries, func(e ownerEntry) bool { return strings.Contains(e.path, dir) })
}

// quiet names programs that ask no version control for anything.
func quiet(c rewrite.Command) bool {
	switch c.Name() {
	case "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "set", "true", "echo", ":", "rm", "test", "[", "id", "ls", "update-ca-certificates", "ldconfig", "locale-gen",
		"mkdir", "chown", "chmod", "chgrp", "useradd", "groupadd", "adduser", "addgroup", "ln", "touch", "cd":
		return true
	}
	return false
}

// usersKnown reports whether the names that the edit gives to COPYs and RUNs mean the
// same there as in the RUN: no layer between them has another user database. Where the
// only one that makes users can stand in front, the edit moves it there.
func (m *ownerMove) usersKnown() bool {
	if !m.names {
		return true
	}
	t := m.b.Tree
	first := -1
	for i := range m.b.Layers {
		if made := m.b.Layers[i].Instruction; made != nil && *made == m.first && first < 0 {
			first = i
		}
	}
	if first < 0 {
		return false
	}
	if m.in.Keyword(m.first) == "RUN" {
		first++ // its own change comes last
	}
	makers := make(map[int]bool)
	for _, name := range []string{"etc/passwd", "etc/group"} {
		node, ok := t.Lookup(name)
		if !ok {
			continue
		}
		for id := t.Nodes[node].Last; id != model.NoRecord; id = t.Below(id) {
			layer := int(t.Records[id].Layer)
			if layer < first || layer > m.layer {
				continue
			}
			step := m.b.Step(&layer)
			if step == nil {
				return false
			}
			makers[step.Index] = true
		}
	}
	return len(makers) == 0 && m.ownersExist() || len(makers) == 1 && m.moveUser(makers)
}

// ownersExist reports whether no user database below a COPY lacks the owner that the
// edit names.
func (m *ownerMove) ownersExist() bool {
	for i, text := range m.texts {
		parsed, ok := rewrite.ParseCopy(text)
		if !ok {
			continue
		}
		if owner, has := parsed.Flag("--chown"); has && strings.HasPrefix(m.b.Needs().NoOwner(i, owner), "there is no") {
			return false
		}
	}
	return true
}

// moveUser takes the commands that make the user in front of the first instruction
// that names it.
func (m *ownerMove) moveUser(makers map[int]bool) bool {
	for at := range makers {
		if keyword := m.in.Keyword(m.first); m.in.Keyword(at) != "RUN" || keyword != "COPY" && keyword != "RUN" {
			return false
		}
		commands, ok := m.in.Commands(at)
		if !ok || !m.independent(commands) {
			return false
		}
		for i := m.first; i < at; i++ { // what installs useradd would have to come along
			if earlier, ok := m.in.Commands(i); m.in.Keyword(i) == "RUN" && (!ok || slices.ContainsFunc(earlier, bringsPrograms)) {
				return false
			}
		}
		others := slices.ContainsFunc(commands, func(c rewrite.Command) bool { return !c.CreatesUsers() })
		if !others {
			m.user = m.in.Text(at)
			m.texts[at] = ""
			return true
		}
		if m.user, ok = rewrite.RemoveCommand(m.in.Text(at), func(c rewrite.Command) bool { return !c.CreatesUsers() }); !ok || m.user == "" {
			return false
		}
		rest := m.text(at)
		if rest != "" {
			if rest, ok = rewrite.RemoveCommand(rest, rewrite.Command.CreatesUsers); !ok {
				return false
			}
		}
		m.texts[at] = rest
	}
	return true
}

// independent reports whether the commands that make users need nothing of what the
// instructions in front of them bring: they stand first, and name no directory of it.
func (m *ownerMove) independent(commands []rewrite.Command) bool {
	others := false
	for _, c := range commands {
		if !c.CreatesUsers() {
			others = true
			continue
		}
		if others || c.Conditional || c.Subshell || c.Redirected {
			return false
		}
		home := namesHome(c)
		for k, w := range c.Args() {
			if k == home {
				continue
			}
			name := w.Text
			if !w.Literal {
				early, ok := m.in.Expand(name, m.first)
				late, _ := m.in.Expand(name, m.hid)
				if name = early; !ok || early != late {
					return false
				}
			}
			if m.names && m.touchesTree(name) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(m.entries, func(e ownerEntry) bool { return within(e.path, "/home") })
}

// namesHome returns which word of a command names the home directory of a user, where the command
// does not make it: useradd makes none of a user of the system, unless it is told to. -1 where
// there is none. useradd(8).
func namesHome(c rewrite.Command) int {
	words, home, system := c.Args(), -1, false
	if c.Name() != "useradd" {
		return -1
	}
	for k, w := range words {
		switch text := w.Text; {
		case text == "--system" || text == "-r":
			system = true
		case text == "--create-home" || strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "--") && strings.Contains(text, "m"):
			return -1
		case (text == "-d" || text == "--home" || text == "--home-dir") && k+1 < len(words) && words[k+1].Literal:
			home = k + 1
		case strings.HasPrefix(text, "--home-dir=") && w.Literal:
			home = k
		}
	}
	if !system {
		return -1
	}
	return home
}

// touchesTree reports whether a word names a path above or below what the RUN changed.
func (m *ownerMove) touchesTree(name string) bool {
	if !strings.HasPrefix(name, "/") {
		return false
	}
	return slices.ContainsFunc(m.entries, func(e ownerEntry) bool { return within(e.path, name) || within(name, e.path) })
}

// bringsPrograms reports whether a command may bring programs such as useradd.
func bringsPrograms(c rewrite.Command) bool {
	switch c.Name() {
	case "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "zypper", "dpkg", "rpm", "aptitude":
		return true
	}
	return false
}
