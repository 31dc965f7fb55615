package rules

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// program is what a container of the image runs: the words of the config, and
// the commands in them as far as they can be read.
type program struct {
	words    []string          // entry point, then command
	commands []rewrite.Command // of the words, of a sh -c text, of the scripts they run
	scripts  []rewrite.Command // of them, those in scripts
	shell    bool              // a shell runs the text of one of the words
}

// program reads what the image runs.
func (b *Build) program() program {
	if b == nil {
		return program{}
	}
	p := program{words: slices.Concat(b.Entrypoint, b.Cmd)}
	if len(p.words) == 0 {
		return p
	}
	p.commands = parseWords(p.words)
	if len(b.Entrypoint) > 0 && len(b.Cmd) > 0 {
		// Many entry points run their arguments: exec "$@".
		p.commands = append(p.commands, parseWords(b.Cmd)...)
	}
	p.shell = ShellForm(b.Entrypoint, b.Cmd)
	for _, name := range b.Wants() {
		if script, ok := b.Captured[name]; ok && name != passwd {
			p.scripts = append(p.scripts, rewrite.Script(string(script))...)
		}
	}
	p.commands = append(p.commands, p.scripts...)
	return p
}

func parseWords(words []string) []rewrite.Command {
	list, err := json.Marshal(words)
	if err != nil {
		return nil
	}
	run, err := rewrite.ParseRun("RUN " + string(list))
	if err != nil {
		return nil
	}
	return run.Commands
}

// ShellForm reports whether process 1 is a shell with the text it is to run.
func ShellForm(entrypoint, cmd []string) bool {
	return isShellText(entrypoint) || len(entrypoint) == 0 && isShellText(cmd)
}

// isShellText reports whether words are a shell with the text it is to run.
func isShellText(words []string) bool {
	if len(words) < 3 {
		return false
	}
	switch path.Base(words[0]) {
	case "sh", "bash", "ash", "dash", "ksh", "zsh":
		return strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c")
	}
	return false
}

// runs reports whether the image runs a command such as "mvn" or "go run".
func (p program) runs(tool string) bool {
	want := strings.Fields(tool)
	return slices.ContainsFunc(p.commands, func(c rewrite.Command) bool {
		if c.Name() != want[0] || len(c.Words) < len(want) {
			return false
		}
		for i, word := range want[1:] {
			if c.Words[i+1].Text != word {
				return false
			}
		}
		return true
	})
}

// service reports whether the image runs something by itself, and is not only a
// base to build upon, whose command is a shell or an interpreter's prompt.
func (b *Build) service() bool {
	words := b.program().words
	if len(words) == 0 {
		return false
	}
	switch base := path.Base(words[len(words)-1]); base {
	case "sh", "bash", "ash", "dash", "zsh", "node", "python", "python3", "irb", "jshell", "php", "perl", "ghci", "iex", "julia", "R", "true":
		return false
	}
	return true
}

const passwd = "etc/passwd"

// maxScript is the size in bytes up to which a file may be a script that rules
// look into.
const maxScript = 64 << 10

// Wants reports whether a file, by path without leading slash and size in bytes, is
// one whose content the rules look into: the user database, and what may be a
// script that the image runs. It goes by name alone, for a stream tells its
// config after its layers, and the answer must not depend on where an image
// comes from; Build.Wants is what is looked for among them.
func Wants(name string, size int64) bool {
	if size > maxScript {
		return false
	}
	return name == passwd || IsScript(name)
}

// IsScript reports whether a file's name, by path without leading slash, is that
// of a script which an image may run.
func IsScript(name string) bool {
	switch base := path.Base(name); base {
	case "start", "run", "init", "serve", "launch", "boot", "cmd":
		return true
	default:
		return strings.HasSuffix(base, ".sh") || strings.Contains(base, "entrypoint")
	}
}

// Resembles reports whether a content may be one that the rules look into, by its
// first bytes and its size: it may have got the name that Wants knows from a hard
// link.
func Resembles(head []byte, size int64) bool {
	return size <= maxScript && (bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("root:")))
}

// Wants lists the files, by path without leading slash, whose contents tell the
// rules more if the scan keeps them: the user database and what may be scripts
// that the image runs. Most of the paths will not exist.
func (b *Build) Wants() []string {
	wants := []string{passwd}
	add := func(name string) {
		if name = strings.TrimPrefix(path.Clean(name), "/"); name != "" && name != "." && !slices.Contains(wants, name) {
			wants = append(wants, name)
		}
	}
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		for i, word := range words {
			switch {
			case i > 2 || word == "" || strings.ContainsAny(word, " \t\n") || strings.HasPrefix(word, "-"):
			case path.IsAbs(word):
				add(word)
			case strings.Contains(word, "/"):
				add(path.Join("/", b.WorkingDir, word))
			case i == 0:
				for _, folder := range b.searchPath() {
					add(path.Join(folder, word))
				}
			case strings.HasSuffix(word, ".sh"):
				add(path.Join("/", b.WorkingDir, word))
			}
		}
	}
	return wants
}

// searchPath is where the image looks for programs. Without a PATH in the
// config it is the engines' own (runtime-spec leaves it to them).
func (b *Build) searchPath() []string {
	list := b.env("PATH")
	if list == "" {
		list = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	var folders []string
	for folder := range strings.SplitSeq(list, ":") {
		if path.IsAbs(folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}
