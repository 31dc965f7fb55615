package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// ChoosesProgram reports whether the image itself says what its containers run: it has
// a CMD or an ENTRYPOINT that no base image brought, or its history tells of none at
// all though the config has one.
func (b *Build) ChoosesProgram() bool {
	if b == nil || len(b.Entrypoint)+len(b.Cmd) == 0 {
		return false
	}
	in, inherited := b.Parsed(), false
	for i := range in.All {
		switch in.Keyword(i) {
		case "CMD", "ENTRYPOINT":
			if !in.All[i].Inherited {
				return true
			}
			inherited = true
		}
	}
	return !inherited
}

// KnowsProgram reports whether it can be told what a container runs: the image says it,
// the program is in the image, and it starts no others by a configuration or a script
// that the scan has not read.
func (b *Build) KnowsProgram() bool {
	if !b.ChoosesProgram() || !b.RunsService() || b.Program().StartsOthers() {
		return false
	}
	words := slices.Concat(b.Entrypoint, b.Cmd)
	commands := b.parseWords(words)
	return len(commands) > 0 && !slices.ContainsFunc(commands, b.isOpaque) && !slices.ContainsFunc(commands, b.waitsForArguments)
}

// runners are programs that a script runs its arguments with.
var runners = []string{"exec", "gosu", "su-exec", "sudo", "tini", "dumb-init", "setpriv", "runuser", "env"}

// waitsForArguments reports whether a command of the config is a script that runs its arguments,
// and has none: whoever starts the container says what runs.
func (b *Build) waitsForArguments(c rewrite.Command) bool {
	if len(c.Words) != 1 {
		return false
	}
	if file, known := b.FindProgram(c.Words[0].Text); !b.hasRead(c.Words[0].Text) && (!known || file == "" || !b.hasRead("/"+file)) {
		return false
	}
	return slices.ContainsFunc(b.Program().Scripts, func(c rewrite.Command) bool {
		if strings.Trim(c.Words[0].Text, `"`) == "$@" {
			return true
		}
		return slices.Contains(runners, c.Name()) && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return strings.Trim(w.Text, `"`) == "$@" })
	})
}

// isOpaque reports whether nobody can tell what a command of the config runs.
func (b *Build) isOpaque(c rewrite.Command) bool {
	name := c.Name()
	switch name {
	case "":
		return true
	case "sh", "bash", "ash", "dash", "ksh", "zsh":
		for _, w := range c.Args() {
			switch {
			case strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "c"):
				return false // the commands of its text are looked at by themselves
			case !strings.HasPrefix(w.Text, "-"):
				return !b.hasRead(w.Text)
			}
		}
		return true
	case "exec", "cd", "export", "set", "test", "[", "true", ":", "echo", "trap", "wait", "umask", "ulimit":
		return false
	}
	file, known := b.FindProgram(c.Words[0].Text)
	if !known {
		return false
	}
	if file == "" {
		return strings.HasSuffix(name, ".sh") || strings.Contains(name, "entrypoint") // in a volume, perhaps
	}
	return b.isShellScript(file) && !b.hasRead("/"+file)
}

// isShellScript reports whether the visible file at a path without leading slash is a
// script of a shell, by its first line or by its name.
func (b *Build) isShellScript(file string) bool {
	if strings.HasSuffix(file, ".sh") {
		return true
	}
	node, ok := b.Tree.Lookup(file)
	if !ok {
		return false
	}
	id, ok := b.Tree.Visible(node)
	if !ok {
		return false
	}
	program := b.Executables[b.Tree.Content(id)]
	return program != nil && program.Script != "" && strings.Contains(path.Base(program.Script), "sh")
}

// hasRead reports whether the scan kept the script at a path.
func (b *Build) hasRead(name string) bool {
	if !path.IsAbs(name) {
		name = path.Join("/", b.WorkingDir, name)
	}
	at := path.Clean(name)[1:]
	if to, ok := b.Resolve("/" + at); ok {
		at = to
	}
	_, ok := b.Captured[at]
	return ok
}
