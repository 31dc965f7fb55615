package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Rewritten reports whether a later instruction hides a finding's files because it writes
// them anew. A join with that instruction removes nothing for good.
func Rewritten(f *model.Finding) bool {
	return f.Cause != nil && *f.Cause != model.Deleted.String()
}

// fetched returns a command that fills a cache by fetching alone, "" where a tool of the
// RUNs from one to another does more than that with it.
func (c *Cleanup) fetched(b *rules.Build, from, to int) (command string) {
	if c.OnlyFetches == nil {
		return ""
	}
	for _, call := range b.Parsed().CallsIn(from, to+1) {
		switch {
		case !slices.Contains(c.Users, call.Name()):
		case !c.OnlyFetches(call) && !c.comesBeforeSources(b, to):
			return ""
		case command == "":
			command = call.Source()
		}
	}
	return command
}

// filledBefore returns those of a cache's directories, with a slash in front, into which an earlier
// RUN only downloads, so that a COPY behind it does not make the builder download again, and names
// the first such RUN. What it has stored stays in its layer, whatever a later one removes.
func (c *Cleanup) filledBefore(b *rules.Build, made int, targets []string) (line string, filled []string) {
	if c.OnlyFetches == nil && c.Provides == nil || b.Tree == nil {
		return "", nil
	}
	in, copied := b.Parsed(), false
	for i := made - 1; i >= 0 && !b.Instructions[i].Inherited; i-- {
		switch in.Keyword(i) {
		case "COPY", "ADD":
			copied = true
		case "RUN":
			if !copied || !c.downloads(b, i) {
				continue
			}
			for _, target := range targets {
				if !slices.Contains(filled, target) && c.stores(b, i, target) {
					filled = append(filled, target)
					if line = "an earlier RUN"; b.Instructions[i].Location != nil {
						line = fmt.Sprintf("line %d", b.Instructions[i].Location.Line)
					}
				}
			}
		}
	}
	return line, filled
}

// downloads reports whether all calls of a cache's tools in a RUN download, and there is one.
func (c *Cleanup) downloads(b *rules.Build, at int) (found bool) {
	commands, ok := b.Parsed().Commands(at)
	if !ok {
		return false
	}
	for _, call := range commands {
		if !slices.Contains(c.Users, call.Name()) {
			continue
		}
		if (c.OnlyFetches == nil || !c.OnlyFetches(call)) && (c.Provides == nil || !c.Provides(call)) {
			return false
		}
		found = true
	}
	return found
}

// stores reports whether the layer of an instruction has files of a cache below a directory that the
// image shows.
func (c *Cleanup) stores(b *rules.Build, at int, target string) bool {
	for layer := range min(len(b.Layers), b.Tree.Layers()) {
		if made := b.Layers[layer].Instruction; made == nil || *made != at {
			continue
		}
		for _, r := range b.Tree.Layer(layer) {
			name := b.Tree.Path(r.Node)
			if r.Kind != model.File || !strings.HasPrefix("/"+name, strings.TrimSuffix(target, "/*")+"/") || !b.Matches(c.Paths, name) {
				continue
			}
			if _, visible := b.Tree.Visible(r.Node); visible { // this one, or what was written over it
				return true
			}
		}
	}
	return false
}

// comesBeforeSources reports whether a COPY from the context follows an instruction, and none of
// the cache's users behind it: what was built before the sources came was built for its cache.
func (c *Cleanup) comesBeforeSources(b *rules.Build, last int) (copies bool) {
	in := b.Parsed()
	for i := last + 1; i < len(in.All); i++ {
		switch in.Keyword(i) {
		case "COPY", "ADD":
			copied, ok := in.Copy(i)
			if !ok {
				continue
			}
			if _, stage := copied.Flag("--from"); !stage && slices.ContainsFunc(copied.Sources, func(s string) bool { return s == "." || s == "./" || strings.Contains(s, "src") }) {
				copies = true
			}
		case "RUN":
			commands, ok := in.Commands(i)
			if !ok || slices.ContainsFunc(commands, func(call rewrite.Command) bool { return slices.Contains(c.Users, call.Name()) }) {
				return false
			}
		}
	}
	return copies
}

// namesProgram reports whether the Dockerfile itself names the program that a container
// runs, and that program is neither a shell, nor one that starts others, nor a script that
// is not at hand.
func namesProgram(b *rules.Build) bool {
	for i := range slices.Backward(b.Instructions) {
		if keyword := b.Parsed().Keyword(i); keyword == "CMD" || keyword == "ENTRYPOINT" {
			if b.Instructions[i].Inherited {
				return false
			}
			break
		}
	}
	p := b.Program()
	unread := len(p.Scripts) == 0 && slices.ContainsFunc(p.Words, func(w string) bool { return strings.HasSuffix(w, ".sh") })
	return b.RunsService() && !p.StartsOthers() && !unread
}

// provided says why a cache is no by-product of its RUN: a command of it, or of an earlier RUN
// whose files a clean-up would take along, is there to download what it holds, and nothing
// tells that the container does without. It is "" where the cache may go.
func (c *Cleanup) provided(f *model.Finding, b *rules.Build, made int) string {
	if c.Provides == nil || Until(f, b) > 0 || b.KnowsProgram() {
		return ""
	}
	for i := made; i >= 0; i-- {
		if b.Parsed().Keyword(i) != "RUN" || b.Instructions[i].Inherited {
			continue
		}
		commands, _ := b.Parsed().Commands(i)
		at := slices.IndexFunc(commands, c.Provides)
		if at < 0 || c.OnlyFetches != nil && slices.ContainsFunc(commands, func(call rewrite.Command) bool {
			return slices.Contains(c.Users, call.Name()) && !c.Provides(call) && !c.OnlyFetches(call)
		}) {
			continue // the RUN builds with it what runs
		}
		return fmt.Sprintf("%s is there to fill it, and nothing shows that the container can do without it", commands[at].Source())
	}
	return ""
}

// Operands returns the words behind a command's name that are no options.
func Operands(c rewrite.Command) (words []string) {
	for _, w := range c.Args() {
		if !strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "+") {
			words = append(words, w.Text)
		}
	}
	return words
}
