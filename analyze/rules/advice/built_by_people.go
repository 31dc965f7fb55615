package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// builtByPeople says why somebody who works in a container may run the build again that has filled
// a cache: the container only waits for somebody and has a project, or the image starts nothing by
// itself, and the RUN, or one up to the last that uses the cache, builds sources that stay. It is "" where
// nobody will.
func (c *Cleanup) builtByPeople(f *model.Finding, b *rules.Build, made, last int) string {
	switch {
	case c.OnlyFetches == nil && c.Provides == nil:
	case b.Waits() && copiesSources(b, made):
		return "the container only waits for somebody, who may build in it"
	case c.Builds == nil || b.RunsService() || Until(f, b) > 0:
	default:
		var commands []rewrite.Command
		for _, command := range b.Parsed().CallsIn(made, last+1) {
			commands = append(commands, command)
		}
		if at := slices.IndexFunc(commands, c.Builds); at >= 0 && (copiesSources(b, made) || clonesSources(b, made)) && !takesSourcesAway(commands[:at], commands[at:]) {
			return "the image starts nothing by itself, so people may go on building in it"
		}
	}
	return ""
}

// copiesSources reports whether a COPY of the image's own comes before an instruction.
func copiesSources(b *rules.Build, made int) bool {
	for i := range made {
		if keyword := b.Parsed().Keyword(i); (keyword == "COPY" || keyword == "ADD") && !b.Instructions[i].Inherited {
			return true
		}
	}
	return false
}

// clonesSources reports whether an instruction or one before it clones a repository. What is
// unpacked from an archive is the program of somebody else.
func clonesSources(b *rules.Build, made int) bool {
	for i, c := range b.Parsed().CallsIn(0, made+1) {
		words := Operands(c)
		if !b.Instructions[i].Inherited && slices.Contains([]string{"git", "hg", "svn"}, c.Name()) && len(words) > 0 && slices.Contains([]string{"clone", "checkout", "co"}, words[0]) {
			return true
		}
	}
	return false
}

// takesSourcesAway reports whether a RUN fetches something before a build, and removes a directory
// behind it that is no cache of the system: it installs a program from its sources.
func takesSourcesAway(before, after []rewrite.Command) bool {
	return slices.ContainsFunc(before, func(c rewrite.Command) bool {
		return slices.Contains([]string{"git", "hg", "svn", "curl", "wget"}, c.Name())
	}) && slices.ContainsFunc(after, func(c rewrite.Command) bool {
		gone, is := c.Removal("")
		return is && gone.Recursive && !strings.Contains(c.Source(), "/var/") && !strings.Contains(c.Source(), "cache")
	})
}
