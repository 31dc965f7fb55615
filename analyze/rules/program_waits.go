package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// Started are the commands of the image's config, without those of scripts that it runs.
func (b *Build) Started() []rewrite.Command {
	program := b.Program()
	return program.Commands[:len(program.Commands)-len(program.Scripts)]
}

// Waits reports whether a container does nothing but wait for somebody who works in it: sleep
// infinity, tail -f /dev/null, cat, and what a shell needs around those.
func (b *Build) Waits() bool {
	waits := false
	for _, c := range b.Started() {
		name := c.Name()
		if by := StartedBy(c); by != "" {
			name = by
		}
		last := c.Words[len(c.Words)-1].Text
		switch name {
		case "sleep":
			waits = true
		case "tail":
			if last != "/dev/null" {
				return false
			}
			waits = true
		case "cat":
			if path.Base(last) != "cat" {
				return false
			}
			waits = true
		case "sh", "bash", "ash", "dash", "trap", "wait", "true", ":", "while", "do", "done", "/dev/null", "infinity":
		default:
			return false
		}
	}
	return waits
}

// starters run the program that their arguments name, behind so many others.
var starters = map[string]int{
	"tini": 0, "tini-static": 0, "dumb-init": 0, "docker-init": 0, "catatonit": 0, "env": 0, "exec": 0, "nice": 0, "nohup": 0, "sudo": 0, "setpriv": 0,
	"gosu": 1, "su-exec": 1, "timeout": 1,
}

// StartedBy is the program that the arguments of a starter name, "" for other
// commands.
func StartedBy(c rewrite.Command) string {
	before, ok := starters[c.Name()]
	if !ok {
		return ""
	}
	for _, w := range c.Args() {
		if !w.Literal || strings.HasPrefix(w.Text, "-") || strings.Contains(w.Text, "=") {
			continue
		}
		if before--; before < 0 {
			return path.Base(w.Text)
		}
	}
	return ""
}

// waiters wait for another server, and then run the program behind --, or behind their options.
// github.com/vishnubob/wait-for-it; github.com/jwilder/dockerize.
var waiters = strings.Fields("wait-for-it wait-for-it.sh wait-for wait-for.sh waitforit dockerize")

// afterWaiting returns the words that a waiter among others runs, nil where there is none.
func afterWaiting(words []string) []string {
	at := slices.IndexFunc(words, func(word string) bool { return slices.Contains(waiters, path.Base(word)) })
	if at < 0 {
		return nil
	}
	rest := words[at+1:]
	if dashes := slices.Index(rest, "--"); dashes >= 0 {
		return rest[dashes+1:]
	}
	for len(rest) > 1 && strings.HasPrefix(rest[0], "-") {
		if strings.Contains(rest[0], "=") {
			rest = rest[1:]
		} else {
			rest = rest[2:] // an option and its value
		}
	}
	return rest
}

// workplaces match the programs through which people work in a container: shells over the network,
// notebooks, editors, desktops.
var workplaces = strings.Fields("sshd dropbear jupyter* ipython* notebook start-notebook* code-server* openvscode* code-tunnel rstudio-server rserver ttyd gotty wetty *vnc* tmux screen theia marimo")

// IsWorkplace reports whether people work in a container through a program, by its name or path.
func IsWorkplace(program string) bool {
	base := path.Base(program)
	return slices.ContainsFunc(workplaces, func(pattern string) bool { ok, err := path.Match(pattern, base); return ok && err == nil })
}

// hosts are workplaces that start nothing else in their place: tmux and screen may run a server, and a
// desktop any program.
var hosts = strings.Fields("tmux screen *vnc* notebook")

// setsUp are commands that only prepare what a container starts.
var setsUp = strings.Fields("service ssh-keygen mkdir chmod chown echo export set env cd exec test [ : true sh bash dash ash")

// IsWorkplace reports whether what the container starts, behind what sets it up, is a program
// through which people work in it, and no other server beside it.
func (b *Build) IsWorkplace() bool {
	started := b.Started()
	for i, c := range started {
		name := c.Name()
		if by := StartedBy(c); by != "" {
			name = by
		}
		at := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "-m" })
		if strings.HasPrefix(path.Base(c.Words[0].Text), "python") && at > 0 && at+1 < len(c.Words) && slices.Contains([]string{"notebook", "jupyter", "jupyterlab"}, c.Words[at+1].Text) {
			name = "jupyter"
		}
		switch {
		case IsWorkplace(name) && !slices.ContainsFunc(hosts, func(pattern string) bool { ok, _ := path.Match(pattern, name); return ok }):
			if i == len(started)-1 {
				return true
			}
		case !slices.Contains(setsUp, name):
			return false
		}
	}
	return false
}
