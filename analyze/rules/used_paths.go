package rules

import (
	"path"
	"strings"
)

// usedPaths lists the absolute paths that the image's config points to: the
// words of the entry point and the command that are paths (also those inside a
// shell's -c text), the folders of PATH, and the working folder. A relative word
// counts from the working folder.
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

// under says whether an absolute path lies below a folder.
func under(file, folder string) bool {
	return folder == "/" || strings.HasPrefix(file, strings.TrimSuffix(folder, "/")+"/")
}
