package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// together returns the last of the RUNs that follow an instruction, do nothing but to install, and fill the
// same cache: each by itself would have to fill it anew. It returns the instruction where there is none, or
// where its author would not write them as one.
func (c *Cleanup) together(b *rules.Build, made int) (last int) {
	in := b.Parsed()
	last = made
	if c.Together == nil || !c.Together(in.Text(made)) || !isShortInstall(b, made) {
		return made
	}
	end, reached := made, false // of those that follow each other, and whether they are one step as a whole
	for i := made + 1; i < len(in.All) && in.Keyword(i) == "RUN" && !in.All[i].Apart && !in.All[i].Disabled && isShortInstall(b, i); i++ {
		commands, _ := in.Commands(i)
		if slices.ContainsFunc(commands, c.calls) {
			end, reached = i, OneStepWithRest(b, made, i)
			if OneStep(b, made, i) {
				last = i
			}
		}
		if slices.ContainsFunc(commands, c.cleans) {
			break // what comes behind may count on it
		}
	}
	if reached {
		return end
	}
	return last
}

// maxShort is how many commands a RUN has at most that its author did not make a step of its own.
const maxShort = 2

// isShortInstall reports whether a RUN does nothing but to call package managers and small commands, and few of
// them.
func isShortInstall(b *rules.Build, at int) bool {
	commands, ok := b.Parsed().Commands(at)
	return ok && len(commands) <= maxShort && installs(b, at)
}

// calls reports whether a command is one of the tool that the clean-up is of.
func (c *Cleanup) calls(command rewrite.Command) bool {
	return slices.Contains(c.Cleaners, command.Name())
}

// join writes the RUNs from one to another as one that removes the files at its end, unless its last command
// does so.
func (c *Cleanup) join(f *model.Finding, b *rules.Build, made, last int) (Edit, bool) {
	if use := c.use(f, b, made); use.For || use.Last > last {
		return Edit{}, false
	}
	command, ok := c.command(f, b, made, last)
	if !ok {
		return Edit{}, false
	}
	if commands, _ := b.Parsed().Commands(last); len(commands) > 0 && c.cleans(commands[len(commands)-1]) {
		command = ""
	}
	return Join(b, made, last, command)
}

// cleans reports whether a command empties the whole cache, in any case.
func (c *Cleanup) cleans(command rewrite.Command) bool {
	var words []string
	for _, w := range command.Args() {
		if !slices.Contains(saysLittle, w.Text) {
			words = append(words, w.Text)
		}
	}
	return c.calls(command) && !command.Conditional && !command.Subshell && strings.Join(words, " ") == c.Clean
}

// saysLittle are the options that change nothing of what a command does.
var saysLittle = []string{"-y", "--assumeyes", "-q", "--quiet", "-qy", "-yq", "-v"}
