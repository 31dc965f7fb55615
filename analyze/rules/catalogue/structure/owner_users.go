package structure

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

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
		if !ok || !m.independent(commands) || m.passesAccounts(at, commands) {
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

// accountPaths are what decides which numbers a new user gets, and what its home holds.
var accountPaths = []string{"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/login.defs", "/etc/adduser.conf", "/etc/default/useradd", "/etc/skel", "/home", "/var/mail"}

// shells are what users get as theirs: useradd does not look whether they are there.
var shells = []string{"/bin/sh", "/bin/bash", "/usr/bin/bash", "/bin/false", "/usr/bin/false", "/sbin/nologin", "/usr/sbin/nologin", "/bin/zsh", "/dev/null", "/nonexistent"}

// passesAccounts reports whether an instruction that a RUN at an index would be moved in front of
// leaves anything that its commands, which make a user, would find another way.
func (m *ownerMove) passesAccounts(at int, commands []rewrite.Command) bool {
	t, paths := m.b.Tree, slices.Clone(accountPaths)
	for _, c := range commands {
		home := namesHome(c)
		for k, w := range c.Args() {
			if name := strings.TrimPrefix(w.Text, "--home-dir="); c.CreatesUsers() && k != home && strings.HasPrefix(name, "/") && !slices.Contains(shells, name) {
				paths = append(paths, name)
			}
		}
	}
	for layer := range m.b.Layers {
		step := m.b.Step(&layer)
		if step == nil || step.Index < m.first || step.Index >= at || layer >= t.Layers() {
			continue
		}
		for _, r := range t.Layer(layer) {
			if name := "/" + t.Path(r.Node); r.Kind != model.Implied && slices.ContainsFunc(paths, func(p string) bool { return within(name, p) }) {
				return true
			}
		}
	}
	return false
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
