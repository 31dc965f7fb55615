package gate

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Glob is a pattern of paths from the image's root, without a leading slash: `*`,
// `?` and `[…]` stand for characters within one name, `**` for any number of directories,
// also 0. `var/cache/**` matches the directory and everything below it.
type Glob struct {
	names []string
}

// maxGlob is how many bytes a pattern may have: no path that can be opened on
// Linux is longer.
const maxGlob = 4096

// ParseGlob reads a pattern. One that starts with a slash means the same without
// it, one that ends in a slash the directory with all below it.
func ParseGlob(pattern string) (Glob, error) {
	trimmed := strings.TrimPrefix(pattern, "/")
	if strings.HasSuffix(trimmed, "/") {
		trimmed += "**"
	}
	if trimmed == "" {
		return Glob{}, errors.New("it takes a pattern of paths such as var/cache/**")
	}
	if len(trimmed) > maxGlob {
		return Glob{}, fmt.Errorf("it takes a pattern of paths of up to %d bytes", maxGlob)
	}
	// Several ** in a row mean what one does, and cost more.
	names := slices.CompactFunc(strings.Split(trimmed, "/"), func(a, b string) bool { return a == "**" && b == "**" })
	for _, name := range names {
		if _, err := path.Match(name, ""); err != nil || name == "" || name == "." || name == ".." {
			return Glob{}, errors.New("it takes a pattern of paths from the image's root such as var/cache/**")
		}
	}
	return Glob{names}, nil
}

// Match reports whether the pattern matches a path. Its cost is at most proportional to the
// length of the pattern times the length of the path.
func (g Glob) Match(name string) bool {
	at, next := make([]bool, len(g.names)+1), make([]bool, len(g.names)+1)
	g.reach(at, 0)
	for part := range strings.SplitSeq(name, "/") {
		clear(next)
		for i, on := range at[:len(g.names)] {
			if !on {
				continue
			}
			if g.names[i] == "**" {
				g.reach(next, i)
			} else if ok, err := path.Match(g.names[i], part); ok && err == nil {
				g.reach(next, i+1)
			}
		}
		at, next = next, at
	}
	return at[len(g.names)]
}

// reach marks a place in the pattern, and those behind it that need no name.
func (g Glob) reach(at []bool, i int) {
	at[i] = true
	for i < len(g.names) && g.names[i] == "**" {
		i++
		at[i] = true
	}
}
