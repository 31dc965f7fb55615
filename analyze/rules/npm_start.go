package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// NpmStart returns the command that a container starts through npm, where npm only runs one
// program for it: "node server.js" for npm start, by the package.json in the working directory.
// It is nil where the container starts otherwise, or where npm does more.
func (b *Build) NpmStart() []string {
	if b == nil || len(b.Entrypoint) > 0 {
		return nil
	}
	words := b.Cmd
	if startable.IsShellText(words) && len(words) == 3 {
		words = strings.Fields(words[2])
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "--silent" || w == "-s" })
	var name string
	switch {
	case len(words) == 2 && words[0] == "npm" && words[1] == "start":
		name = "start"
	case len(words) == 3 && words[0] == "npm" && (words[1] == "run" || words[1] == "run-script"):
		name = words[2]
	default:
		return nil
	}
	if r := b.packageScript("npm", name); len(r.Plain) > 0 && r.Plain[0] == "node" {
		return r.Plain
	}
	return nil
}

// plainNode returns the words of a script that runs node and nothing else, nil for others.
func plainNode(script string) []string {
	if words := plainWords(script); len(words) > 1 && words[0] == "node" {
		return words
	}
	return nil
}

// plainWords returns the words of a script that is one command which needs no shell, nil for
// others.
func plainWords(script string) (words []string) {
	commands := rewrite.Script(script)
	if len(commands) != 1 || commands[0].Source() != strings.Join(strings.Fields(script), " ") {
		return nil
	}
	for _, w := range commands[0].Words {
		if !w.Literal || w.Glob || strings.ContainsAny(w.Text, `"'\`) {
			return nil
		}
		words = append(words, w.Text)
	}
	if commands[0].Redirected || commands[0].Conditional || commands[0].Subshell {
		return nil
	}
	return words
}
