package rules

import (
	"path"
	"strings"
)

// usedPaths lists the absolute paths that the image's config points to: the
// words of the entry point and the command that are paths (also those inside a
// shell's -c text), the directories of PATH, and the working directory. A relative word
// counts from the working directory.
func (b *Build) usedPaths() []string {
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
		if folders, ok := strings.CutPrefix(variable, "PATH="); ok {
			for folder := range strings.SplitSeq(folders, ":") {
				add(folder)
			}
		}
	}
	if b.WorkingDir != "" {
		used = append(used, path.Join("/", b.WorkingDir))
	}
	return used
}

// under reports whether an absolute path lies below a directory.
func under(file, folder string) bool {
	return folder == "/" || strings.HasPrefix(file, strings.TrimSuffix(folder, "/")+"/")
}

// usedFiles lists, without leading slash, the paths that the image's config and
// scripts point to, each also as its symbolic links lead on.
func (b *Build) usedFiles() (used []string) {
	if b == nil {
		return nil
	}
	add := func(name string) {
		if len(used) > maxUsed {
			return
		}
		used = append(used, strings.TrimPrefix(name, "/"))
		if to, ok := b.resolve(name); ok {
			used = append(used, to)
		}
	}
	for _, name := range b.usedPaths() {
		add(name)
	}
	p := b.program()
	for _, c := range p.scripts {
		for _, w := range c.Words {
			if _, value, ok := strings.Cut(w.Text, "="); ok && path.IsAbs(value) {
				add(path.Clean(value))
			} else if path.IsAbs(w.Text) {
				add(path.Clean(w.Text))
			}
		}
	}
	for _, c := range p.commands {
		if name := c.Words[0].Text; c.Words[0].Literal && name != "" && !strings.Contains(name, "/") {
			for _, folder := range b.searchPath() {
				add(path.Join(folder, name))
			}
		}
	}
	return used
}
