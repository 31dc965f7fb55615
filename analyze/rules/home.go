package rules

import (
	"path"
	"slices"
	"strings"
)

// compile makes the index of the catalogue's patterns for one image. Of each
// rule it takes what which returns: what the rule claims, or what may hold the
// program.
func (b *Build) compile(p *places, which func(*Rule) []string) *places {
	for i := range Catalogue {
		for _, pattern := range which(&Catalogue[i]) {
			for _, expanded := range b.expand(pattern) {
				p.add(expanded, i)
			}
		}
	}
	return p
}

// expand replaces what only the image can say: a leading ~ is every user's home,
// a leading $NAME the directory that the environment names. A pattern whose
// variable is not set, or names a directory that is no place of its own, is left
// out.
func (b *Build) expand(pattern string) []string {
	bare, negated := strings.CutPrefix(pattern, "!")
	mark := ""
	if negated {
		mark = "!"
	}
	first, rest, _ := strings.Cut(bare, "/")
	switch {
	case first == "~":
		var out []string
		for _, home := range b.homes() {
			out = append(out, mark+strings.TrimPrefix(home+"/"+rest, "/"))
		}
		return out
	case strings.HasPrefix(first, "$"):
		if folder, ok := b.ownFolder(b.env(first[1:])); ok {
			return []string{mark + folder + "/" + rest}
		}
		return nil
	}
	return []string{pattern}
}

// homes are the directories in which users keep their caches, as patterns without
// leading slash: "" is the root itself, the home of users that no /etc/passwd
// knows.
func (b *Build) homes() []string {
	homes := []string{"", "root", "home/*"}
	if b == nil {
		return homes
	}
	add := func(folder string) {
		if home, ok := plainFolder(folder); ok && !slices.Contains(homes, home) && path.Dir(home) != "home" {
			homes = append(homes, home)
		}
	}
	add(b.env("HOME"))
	for line := range strings.SplitSeq(string(b.Captured["etc/passwd"]), "\n") {
		if fields := strings.Split(line, ":"); len(fields) == 7 { // passwd(5)
			add(fields[5])
		}
	}
	return homes
}

// plainFolder cleans an absolute path and takes its slash off; false for what is
// none and for names with characters of patterns.
func plainFolder(folder string) (string, bool) {
	if !path.IsAbs(folder) || strings.ContainsAny(folder, `*?[#\!$~`) {
		return "", false
	}
	return path.Clean(folder)[1:], true
}

// ownFolder is plainFolder for a path that can belong to one purpose alone: not
// /usr or /tmp, and not where the application lives.
func (b *Build) ownFolder(folder string) (string, bool) {
	name, ok := plainFolder(folder)
	if !ok || slices.Contains(standardFolders, "/"+name) || name == path.Join("/", b.WorkingDir)[1:] {
		return "", false
	}
	return name, true
}

// env is the value of a variable of the image's config, "" where it is not set.
func (b *Build) env(name string) string {
	if b == nil {
		return ""
	}
	for i := len(b.Env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(b.Env[i], name+"="); ok {
			return value
		}
	}
	return ""
}
