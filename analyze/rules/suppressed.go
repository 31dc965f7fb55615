package rules

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/model"
)

// suppressed returns the rules that must leave visible versions alone, because the
// image, or what is built on it in its project, runs something from where they look, or with a tool that uses it.
func (c *Claims) suppressed() (rules pattern.Set) {
	b := c.build
	dirs := c.index(nil, func(r *Rule) []string { return r.ProgramDirs })
	for _, name := range b.UsedFiles() {
		rules = rules.Or(dirs.Match(name)).Or(dirs.Match(name + "/x")) // the directory itself counts too
	}
	p := b.Program()
	for i := range c.catalogue {
		if rule := &c.catalogue[i]; slices.ContainsFunc(rule.Tools, func(tool string) bool { return p.Runs(tool) || b.isRunBeyond(tool) }) || rule.Unless != nil && rule.Unless(b) {
			rules = rules.Or(pattern.Only(i))
		}
	}
	return rules
}

// ownedBy returns for each package which rules want its files.
func (c *Claims) ownedBy() []pattern.Set {
	sets := make([]pattern.Set, len(c.build.Packages))
	for i := range c.catalogue {
		if c.catalogue[i].Owns == nil {
			continue
		}
		owns := c.catalogue[i].Owns(c.build)
		for p := range c.build.Packages {
			if owns(&c.build.Packages[p]) {
				sets[p] = sets[p].Or(pattern.Only(i))
			}
		}
	}
	return sets
}

// index makes the index of the catalogue's patterns for the image. Of each rule it
// takes what which returns: what the rule claims, or what may hold the program.
func (c *Claims) index(t *model.Tree, which func(*Rule) []string) *pattern.Index {
	var patterns []pattern.Owned
	for i := range c.catalogue {
		for _, p := range which(&c.catalogue[i]) {
			for _, expanded := range c.build.Expand(p) {
				patterns = append(patterns, pattern.Owned{Pattern: expanded, Owner: i})
			}
		}
	}
	return pattern.Of(t, patterns)
}
