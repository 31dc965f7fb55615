package structure

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// asOther matches programs that run another as another user, and tests of who owns a file: what
// those do depends on who owns the files. --uid and --user-group are useradd's.
var asOther = lazyregexp.New(`(?:^|[\s;&|("'/])(?:sudo|doas|su|gosu|su-exec|runuser|setpriv|chroot|chpst|(?:s6-)?setuidgid|start-stop-daemon)\s|(?:^|[\s"'])-(?:user|uid|nouser|group|gid|nogroup)\b|(?:\[|\btest)\s(?:!\s)?-[OG]\s|\bstat\b`)

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
				if m.disturbs(c, history) || i < m.hid && m.setsOwner(i, c) {
					return false
				}
			}
			if m.remakes(i, commands) {
				return false
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
	case "dpkg-deb", "dpkg-buildpackage", "zip", "mksquashfs", "genisoimage", "xorriso", "fpm", "makeself", "setcap", "setfacl", "setfattr":
		return true // notes the owner of files, or what a chown takes away from them
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

// setsOwner reports whether a command of a RUN in between gives an owner to something that the
// moved commands reach: what they gave it would be lost.
func (m *ownerMove) setsOwner(i int, c rewrite.Command) bool {
	switch c.Name() {
	case "chown", "chgrp", "install", "dpkg":
		return m.namesTarget(i, c)
	}
	return false
}

// namesTarget reports whether a command of a RUN names something in or around what the moved
// commands reach, or may.
func (m *ownerMove) namesTarget(i int, c rewrite.Command) bool {
	for _, name := range m.pathsOf(i, c) {
		if name == "" {
			return true
		}
		for _, moved := range m.commands {
			for _, t := range moved.targets {
				if !moved.mode() && (within(name, t.path) || within(t.path, name)) {
					return true
				}
			}
		}
	}
	return false
}

// pathsOf are the absolute paths that the words of a command may mean; "" for one that nobody knows.
func (m *ownerMove) pathsOf(i int, c rewrite.Command) (paths []string) {
	dir := m.in.Dir(i)
	if path.IsAbs(c.Dir) {
		dir = c.Dir
	} else if c.Dir != "" {
		dir = path.Join(dir, c.Dir)
	}
	for _, w := range c.Args() {
		name := strings.Trim(w.Text, `"'`)
		if strings.HasPrefix(name, "-") {
			continue
		}
		if !w.Literal {
			var ok bool
			if name, ok = m.in.Expand(name, i); !ok {
				return append(paths, "")
			}
		}
		if !path.IsAbs(name) {
			if !c.DirKnown || !path.IsAbs(dir) {
				return append(paths, "")
			}
			name = path.Join(dir, name)
		}
		if before, _, pattern := strings.Cut(name, "*"); pattern {
			name = path.Dir(before + "x")
		}
		paths = append(paths, path.Clean(name))
	}
	return paths
}

// remakes reports whether a RUN makes a directory anew that it removes: the image does
// not show that, and the new one would not have the owner.
func (m *ownerMove) remakes(i int, commands []rewrite.Command) bool {
	removes, makes := false, false
	for _, c := range commands {
		switch c.Name() {
		case "rm", "rmdir", "unlink":
			removes = removes || m.namesTarget(i, c)
		case "mkdir", "ln", "cp":
			makes = makes || removes && m.namesTarget(i, c)
		}
	}
	return makes
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
