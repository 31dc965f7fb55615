package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// Unread says why it is not known what a container of the image runs, in words for the middle of
// a sentence, "" where it is known or nothing speaks against it: the image leaves it to
// others, or what it starts is not in the image or was not read.
func (b *Build) Unread() string {
	switch {
	case b == nil || b.Tree == nil:
		return ""
	case len(b.Entrypoint)+len(b.Cmd) == 0, !b.ChoosesProgram() && !b.RunsService():
		return "the Dockerfile does not say what a container starts"
	case b.Program().StartsOthers():
		return "the container's program starts other programs"
	}
	words := slices.Concat(b.Entrypoint, b.Cmd)
	elsewhere := startable.Unwrap(words).Dir // where nobody knows what a relative path leads to
	for _, c := range parseWords(words) {
		switch word := startedPath(c); {
		case word != "" && !(elsewhere && !path.IsAbs(word)) && b.isMissing(word):
			return "the container starts " + word + ", which is not in the image"
		case b.waitsForArguments(c):
			return "the container runs what " + c.Words[0].Text + " is given, and it is given nothing"
		case c.Name() != "" && b.isOpaque(c) && !b.isOthers(c):
			return "tare could not read the script that a container starts"
		}
	}
	// A name that PATH does not lead to is no more than a doubt, for nobody knows what it would be,
	// and what a shell starts is in its text.
	if a := b.Container().Command(words); a.Absent() && strings.Contains(a.Word, "/") && !startable.IsShell(a.Word) {
		return "the container starts " + a.Word + ", which is not in the image"
	}
	return ""
}

// isMissing reports whether the image has no program of a name or at a path.
func (b *Build) isMissing(word string) bool {
	file, known := b.FindProgram(word)
	return known && file == ""
}

// isOthers reports whether a program that the config starts is of a package or of the base image:
// what such a script runs is no part of what the image builds.
func (b *Build) isOthers(c rewrite.Command) bool {
	file, known := b.FindProgram(c.Words[0].Text)
	if !known || file == "" || slices.Contains(interpreters, c.Name()) {
		return false
	}
	id, ok := b.VisibleAt(file)
	if !ok {
		return false
	}
	layer := int(b.Tree.Records[id].Layer)
	return layer < len(b.Layers) && b.Layers[layer].Inherited || b.Tree.Owner(b.Tree.Content(id)) >= 0
}

// interpreters run the file that they are given first.
var interpreters = []string{"python", "python2", "python3", "node", "nodejs", "ruby", "perl", "php", "sh", "bash", "ash", "dash", "ksh", "zsh"}

// startedPath is the path of the file that a command of the config starts: of a program, or of the
// script that an interpreter is given. "" is for a name that is looked up, and for a command that
// may not run, or in a directory that is not known.
func startedPath(c rewrite.Command) string {
	if !c.Words[0].Literal || c.Dir != "" || !c.DirKnown || c.Conditional {
		return ""
	}
	word := c.Words[0].Text
	if slices.Contains(interpreters, c.Name()) {
		if len(c.Words) < 2 || !c.Words[1].Literal {
			return ""
		}
		word = c.Words[1].Text
		if strings.HasPrefix(word, "-") || path.Ext(word) == "" && !strings.Contains(word, "/") {
			return ""
		}
		if !strings.Contains(word, "/") {
			word = "./" + word
		}
	}
	if !strings.Contains(word, "/") {
		return ""
	}
	return word
}
