package rules

import (
	"path"
	"strings"
)

// UsedPaths lists the absolute paths that the image's config points to: the
// words of the entry point and the command that are paths (also those inside a
// shell's -c text), the directories of PATH, and the working directory. A relative word
// counts from the working directory.
func (b *Build) UsedPaths() []string {
	var used []string
	add := func(word string) {
		if _, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(value, "/") {
			word = value
		}
		switch {
		case strings.HasPrefix(word, "/"):
			used = append(used, path.Clean(word))
		case word != "" && word[0] != '-' && b.WorkingDir != "":
			used = append(used, path.Join("/", b.WorkingDir, word))
		}
	}
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		for _, word := range words {
			for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()<>'\"", r) }) {
				add(part)
			}
		}
	}
	for _, variable := range b.Env {
		if dirs, ok := strings.CutPrefix(variable, "PATH="); ok {
			for dir := range strings.SplitSeq(dirs, ":") {
				add(dir)
			}
		}
	}
	if b.WorkingDir != "" {
		used = append(used, path.Join("/", b.WorkingDir))
	}
	return used
}

// UsedFiles lists, without leading slash, the paths that the image's config and
// scripts point to, each also as its symbolic links lead on.
func (b *Build) UsedFiles() (used []string) {
	if b == nil {
		return nil
	}
	add := func(name string) {
		if len(used) > maxUsed {
			return
		}
		used = append(used, strings.TrimPrefix(name, "/"))
		if to, ok := b.Resolve(name); ok {
			used = append(used, to)
		}
	}
	for _, name := range b.UsedPaths() {
		add(name)
	}
	p := b.Program()
	for _, c := range p.Scripts {
		for _, w := range c.Words {
			if _, value, ok := strings.Cut(w.Text, "="); ok && path.IsAbs(value) {
				add(path.Clean(value))
			} else if path.IsAbs(w.Text) {
				add(path.Clean(w.Text))
			}
		}
	}
	for _, c := range p.Commands {
		if name := c.Words[0].Text; c.Words[0].Literal && name != "" && !strings.Contains(name, "/") {
			for _, dir := range b.SearchPath() {
				add(path.Join(dir, name))
			}
		}
	}
	return used
}
