package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/model"
)

// Targets names, without leading slash, what an rm has to take for a rule's paths to
// be gone, each once: the directory of which a pattern claims everything, the file
// that it names, or the end that it gives for a directory's files (*.gem).
func (b *Build) Targets(rule *Rule, paths []string) (targets []string) {
	var patterns []string
	for _, p := range rule.Paths {
		if !strings.HasPrefix(p, "!") {
			patterns = append(patterns, b.Expand(p)...)
		}
	}
	for _, name := range paths {
		shortest := ""
		for _, p := range patterns {
			if target := pattern.Target(p, name); target != "" && (shortest == "" || len(target) < len(shortest)) {
				shortest = target
			}
		}
		if shortest == "" {
			shortest = name
		}
		targets = append(targets, shortest)
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

// Target is the file or directory, without leading slash, that has to go for a
// rule's path to be gone.
func (b *Build) Target(rule *Rule, path string) string { return b.Targets(rule, []string{path})[0] }

// Index makes an index of patterns for the image, each with owner 0; t may be nil,
// see pattern.New.
func (b *Build) Index(patterns []string, t *model.Tree) *pattern.Index {
	index := pattern.New(t)
	for _, p := range patterns {
		for _, expanded := range b.Expand(p) {
			index.Add(expanded, 0)
		}
	}
	return index
}

// Matches reports whether a path without leading slash matches one of the patterns,
// which must not be empty nor change: their index is made once for the image.
func (b *Build) Matches(patterns []string, name string) bool {
	index := b.indexes[&patterns[0]]
	if index == nil {
		if b.indexes == nil {
			b.indexes = make(map[*string]*pattern.Index)
		}
		index = b.Index(patterns, nil)
		b.indexes[&patterns[0]] = index
	}
	return !index.Match(name).IsEmpty()
}
