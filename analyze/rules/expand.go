package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
)

// Expand replaces what only the image can say: a leading ~ is every user's home,
// a leading $NAME the directory that the environment names. A pattern whose
// variable is not set, or names a directory that is no place of its own, is left
// out.
func (b *Build) Expand(pattern string) []string {
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
		if dir, ok := b.ownDirectory(b.Getenv(first[1:])); ok {
			return []string{mark + dir + "/" + rest}
		}
		return nil
	}
	return []string{pattern}
}

// homes returns the directories in which users keep their caches, as patterns without
// leading slash: "" is the root itself, the home of users that no /etc/passwd
// knows.
func (b *Build) homes() []string {
	homes := []string{"", "root", "home/*"}
	if b == nil {
		return homes
	}
	add := func(dir string) {
		if home, ok := PlainDirectory(dir); ok && !slices.Contains(homes, home) && path.Dir(home) != "home" {
			homes = append(homes, home)
		}
	}
	add(b.Getenv("HOME"))
	for line := range strings.SplitSeq(string(b.Captured["etc/passwd"]), "\n") {
		if fields := strings.Split(line, ":"); len(fields) == 7 { // passwd(5)
			add(fields[5])
		}
	}
	return homes
}

// PlainDirectory cleans an absolute path and takes its slash off; false for what is
// none and for names with characters of patterns.
func PlainDirectory(dir string) (string, bool) {
	if !path.IsAbs(dir) || strings.ContainsAny(dir, `*?[#\!$~`) {
		return "", false
	}
	return path.Clean(dir)[1:], true
}

// ownDirectory is PlainDirectory for a path that can belong to one purpose alone: not
// /usr or /tmp, and not where the application lives.
func (b *Build) ownDirectory(dir string) (string, bool) {
	name, ok := PlainDirectory(dir)
	if !ok || instructions.StandardDirectory("/"+name) || name == path.Join("/", b.WorkingDir)[1:] {
		return "", false
	}
	return name, true
}

// Getenv is the value of a variable of the image's config, "" where it is not set.
func (b *Build) Getenv(name string) string {
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
