package rules

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// Program is what a container of the image runs: the words of the config, and
// the commands in them as far as they can be read.
type Program struct {
	Words    []string          // entry point, then command
	Commands []rewrite.Command // of the words, of a sh -c text, of the scripts they run
	Scripts  []rewrite.Command // of them, those in scripts
	Shell    bool              // a shell runs the text of one of the words
}

// Program reads what the image runs.
func (b *Build) Program() Program {
	if b == nil {
		return Program{}
	}
	p := Program{Words: slices.Concat(b.Entrypoint, b.Cmd)}
	if len(p.Words) == 0 {
		return p
	}
	p.Commands = b.parseWords(p.Words)
	if after := afterWaiting(p.Words); len(after) > 0 {
		p.Commands = append(p.Commands, b.parseWords(after)...)
	}
	if len(b.Entrypoint) > 0 && len(b.Cmd) > 0 {
		// Many entry points run their arguments: exec "$@".
		p.Commands = append(p.Commands, b.parseWords(b.Cmd)...)
	}
	p.Shell = ShellForm(b.Entrypoint, b.Cmd)
	seen := make(map[string]bool)
	for _, name := range b.Wants() {
		p.addScript(b, name, seen)
	}
	p.Scripts = append(p.Scripts, b.runBeyond()...)
	p.Commands = append(p.Commands, p.Scripts...)
	return p
}

// runBeyond returns the commands that other files of the project run in containers, as far as the image has
// their programs.
func (b *Build) runBeyond() (commands []rewrite.Command) {
	if b.Tree == nil {
		return nil
	}
	for _, n := range b.Neighbours {
		for _, text := range n.Runs {
			for _, c := range b.parseScript([]byte(text)) {
				if file, known := b.FindProgram(c.Words[0].Text); known && file != "" {
					commands = append(commands, c)
				}
			}
		}
	}
	return commands
}

// addScript adds the commands of a script that the scan kept, and of those that it calls by their paths.
func (p *Program) addScript(b *Build, name string, seen map[string]bool) {
	script, ok := b.Captured[name]
	if !ok || seen[name] || name == passwd || len(seen) >= maxCalled {
		return
	}
	seen[name] = true
	commands := b.parseScript(script)
	p.Scripts = append(p.Scripts, commands...)
	for _, c := range commands {
		for i, w := range c.Words[:min(2, len(c.Words))] {
			if path.IsAbs(w.Text) && (i == 0 || slices.Contains([]string{"sh", "bash", "dash", ".", "source", "exec"}, c.Name())) && IsScript(path.Clean(w.Text)[1:]) {
				p.addScript(b, path.Clean(w.Text)[1:], seen)
			}
		}
	}
}

// maxCalled is how many scripts are read that one calls which the container starts.
const maxCalled = 20

// parseWords reads the words of a command. Rules ask of the same words again and again, and of those
// of thousands of pods, so what was read is kept.
func (b *Build) parseWords(words []string) []rewrite.Command {
	if b.commands == nil {
		b.commands = make(map[string][]rewrite.Command)
	}
	key := strings.Join(words, "\x00")
	read, known := b.commands[key]
	if !known {
		read = slices.Clip(parseWords(words))
		if len(b.commands) < maxCommands {
			b.commands[key] = read
		}
	}
	return read
}

// parseScript reads the commands of a script, which is kept as well.
func (b *Build) parseScript(text []byte) []rewrite.Command {
	if b.scripts == nil {
		b.scripts = make(map[string][]rewrite.Command)
	}
	read, known := b.scripts[string(text)]
	if !known {
		read = slices.Clip(rewrite.ScriptCalls(string(text)))
		if len(b.scripts) < maxScripts {
			b.scripts[string(text)] = read
		}
	}
	return read
}

// maxCommands and maxScripts are how many commands and scripts are kept.
const (
	maxCommands = 20_000
	maxScripts  = 100
)

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
	return startable.IsShellText(entrypoint) || len(entrypoint) == 0 && startable.IsShellText(cmd)
}

// Runs reports whether the image runs a command such as "mvn" or "go run".
func (p Program) Runs(tool string) bool {
	want := strings.Fields(tool)
	return slices.ContainsFunc(p.Commands, func(c rewrite.Command) bool {
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

// supervisors start other programs, which their configuration names.
var supervisors = []string{"supervisord", "foreman", "honcho", "pm2", "pm2-runtime", "circusd", "s6-svscan", "s6-overlay-suexec", "init", "runsvdir", "systemd", "monit", "concurrently", "forego", "overmind", "crond", "cron"}

// StartsOthers reports whether the image runs a program that starts others by a
// configuration of its own.
func (p Program) StartsOthers() bool {
	return slices.ContainsFunc(p.Commands, func(c rewrite.Command) bool { return slices.Contains(supervisors, c.Name()) })
}

// RunsService reports whether the image runs something by itself, and is not only a
// base to build upon, whose command is a shell or an interpreter's prompt, nor one that only
// waits for somebody.
func (b *Build) RunsService() bool {
	words := b.Program().Words
	if len(words) == 0 || b.Waits() {
		return false
	}
	switch path.Base(words[0]) { // what ends at once says nothing of what the image is for
	case "touch", "echo", "printf", "ls", "date", "printenv", "uname", "whoami", "id", "pwd":
		return false
	}
	switch base := path.Base(words[len(words)-1]); base {
	case "sh", "bash", "ash", "dash", "zsh", "node", "python", "python3", "irb", "jshell", "php", "perl", "ghci", "iex", "julia", "R", "true",
		"tini", "tini-static", "dumb-init", "docker-init", "catatonit", "--": // an init without a program
		return false
	}
	return !b.Program().Waits()
}

// Waits reports whether the image runs nothing but what keeps a container up until somebody
// works in it: sleep, tail -f /dev/null, cat without a file, and what a shell needs around those.
func (p Program) Waits() bool {
	idle := false
	for _, c := range p.Commands {
		if slices.Contains([]string{"tini", "dumb-init", "docker-init", "catatonit"}, c.Name()) {
			at := slices.IndexFunc(c.Args(), func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") })
			c.Words = c.Words[at+1:]
		}
		switch name := c.Name(); {
		case name == "sleep", name == "cat" && len(c.Words) == 1, name == "tail" && c.Words[len(c.Words)-1].Text == "/dev/null":
			idle = true
		case slices.Contains([]string{"sh", "bash", "ash", "dash", "trap", "wait", "true", ":", "while", "/dev/null", "infinity", "-f"}, name):
		default:
			return false
		}
	}
	return idle
}
