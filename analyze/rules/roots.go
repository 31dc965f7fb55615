package rules

import (
	"slices"
	"strings"
)

// roots names, without leading slash, what a rm has to take for a rule's paths to
// be gone, each once: the directory of which a pattern claims everything, the file
// that it names, or the end that it gives for a directory's files (*.gem).
func (b *Build) roots(rule *Rule, paths []string) (roots []string) {
	var patterns []string
	for _, pattern := range rule.Paths {
		if !strings.HasPrefix(pattern, "!") {
			patterns = append(patterns, b.expand(pattern)...)
		}
	}
	for _, p := range paths {
		at := ""
		for _, pattern := range patterns {
			if root := rootOf(pattern, p); root != "" && (at == "" || len(root) < len(at)) {
				at = root
			}
		}
		if at == "" {
			at = p
		}
		roots = append(roots, at)
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// Root is the file or directory, without leading slash, that has to go for a rule's
// path to be gone.
func (b *Build) Root(rule *Rule, path string) string { return b.roots(rule, []string{path})[0] }

// rootOf is the part of a path that a pattern spells out, "" where it does not
// match.
func rootOf(pattern, name string) string {
	pattern, anywhere := strings.CutPrefix(pattern, "**/")
	pattern, below := strings.CutSuffix(pattern, "/**")
	want, have := strings.Split(pattern, "/"), strings.Split(name, "/")
	for skip := 0; skip+len(want) <= len(have); skip++ {
		if skip > 0 && !anywhere {
			break
		}
		end := skip + len(want)
		if below == (end == len(have)) {
			continue
		}
		if !slices.EqualFunc(want, have[skip:end], matchesName) {
			continue
		}
		if last := want[len(want)-1]; !below && strings.Trim(last, "*") != last {
			have = append(slices.Clone(have[:end-1]), last)
		}
		return strings.Join(have[:end], "/")
	}
	return ""
}
