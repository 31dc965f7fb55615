package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Rewritten reports whether a later instruction hides a finding's files because it writes
// them anew. A join with that instruction removes nothing for good.
func Rewritten(f *model.Finding) bool {
	return f.Cause != nil && *f.Cause != model.Deleted.String()
}

// fetched returns a command that fills a cache by fetching alone, "" where a tool of the
// RUNs from one to another does more than that with it.
func (c *Cleanup) fetched(b *rules.Build, from, to int) (command string) {
	if c.Fetches == nil {
		return ""
	}
	for i := from; i <= to; i++ {
		commands, _ := b.Parsed().Commands(i)
		for _, call := range commands {
			switch {
			case !slices.Contains(c.Users, call.Name()):
			case !c.Fetches(wordsOf(call)):
				return ""
			case command == "":
				command = call.Source()
			}
		}
	}
	return command
}

// wordsOf are the words of a command from its name on.
func wordsOf(call rewrite.Command) []string {
	words := []string{call.Name()}
	for _, w := range call.Args() {
		words = append(words, w.Text)
	}
	return words
}

// namesProgram reports whether the Dockerfile itself names the program that a container
// runs, and that program is neither a shell, nor one that starts others, nor a script that
// is not at hand.
func namesProgram(b *rules.Build) bool {
	for i := range slices.Backward(b.Instructions) {
		if keyword := b.Parsed().Keyword(i); keyword == "CMD" || keyword == "ENTRYPOINT" {
			if b.Instructions[i].Inherited {
				return false
			}
			break
		}
	}
	p := b.Program()
	unread := len(p.Scripts) == 0 && slices.ContainsFunc(p.Words, func(w string) bool { return strings.HasSuffix(w, ".sh") })
	return b.RunsService() && !p.StartsOthers() && !unread
}
