package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// AfterSubcommand returns the index of the word of a command that a flag of its
// subcommand goes behind, -1 where the command is of another program or has one of
// the flags already. See rewrite.AddFlag.
func AfterSubcommand(c rewrite.Command, programs, subcommands []string, flags ...string) int {
	if !slices.Contains(programs, c.Name()) || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return slices.Contains(flags, w.Text) }) {
		return -1
	}
	return slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Literal && slices.Contains(subcommands, w.Text) })
}

// AfterPip is AfterSubcommand for the flag that turns the cache of pip off, of pip3,
// pip3.12 and python -m pip, too.
func AfterPip(c rewrite.Command) int {
	words := c.Words
	if i := slices.IndexFunc(words, func(w rewrite.Word) bool { return w.Text == "-m" }); i >= 0 && strings.HasPrefix(c.Name(), "python") {
		words = words[i+1:]
		if len(words) == 0 || words[0].Text != "pip" {
			return -1
		}
	} else if name := strings.TrimPrefix(c.Name(), "pip"); name == c.Name() || strings.Trim(name, "0123456789.") != "" {
		return -1
	}
	if slices.ContainsFunc(words, func(w rewrite.Word) bool {
		return strings.HasPrefix(w.Text, "--no-cache") || strings.HasPrefix(w.Text, "--cache-dir")
	}) {
		return -1
	}
	for i, w := range words {
		if w.Literal && (w.Text == "install" || w.Text == "wheel" || w.Text == "download") {
			return len(c.Words) - len(words) + i
		}
	}
	return -1
}
