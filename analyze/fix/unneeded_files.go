package fix

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix/dockerignore"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// tryIgnore keeps files of a finding out of a COPY of the build context with lines for
// .dockerignore, or returns why not.
func (p *plan) tryIgnore(i int) (why string) {
	f := &p.report.Findings[i]
	made := p.instructionOf(f)
	switch {
	case made == nil || p.at[*made] == nil || p.at[*made].fault != "":
		return f.Fix.Summary
	case p.opt.IgnoreUnknown:
		return f.Fix.Summary + " (" + cmp.Or(p.opt.IgnoreWhy, "pass the Dockerfile with -f, so that tare can edit the .dockerignore beside it") + ")"
	}
	if rewrite.Keyword(p.build.Instructions[*made].Text) == "RUN" {
		parts := p.broughtBy(i)
		k, at := p.originOf(i)
		switch {
		case k >= 0 && len(parts) < 2:
			i, made = k, at
		case parts != nil:
			return p.tryUnneeded(i, parts, append(p.partsOf(i), i))
		default:
			return f.Fix.Summary
		}
	}
	if holders := p.holders(i); holders != nil {
		if names, ok := p.names(i); ok {
			return p.tryUnneeded(i, []brought{{*made, names}}, holders)
		}
		return f.Fix.Summary
	}
	if why = p.tryRemoved(i, *made); why == "" {
		return ""
	}
	// The RUN may remove more than these files; whoever needs that need not need them.
	if names, ok := p.names(i); ok && f.Rule == "vcs-metadata" && f.Cause != nil && *f.Cause == model.Deleted.String() {
		if other := p.tryUnneeded(i, []brought{{*made, names}}, []int{i}); other == "" || why == f.Fix.Summary {
			return other
		}
	}
	return why
}

// brought are files that a COPY or ADD, an index in the history, has brought out of the build context.
type brought struct {
	made  int
	names []string
}

// tryUnneeded keeps files out of one or several COPYs that the finished image shows and does not need, or
// returns why not. It does so only where the rule is sure of the files, where no other
// instruction takes them from the build context, and where no RUN behind the COPY may read
// them: git describe needs the .git that the container does not need.
//
// holders are the findings that hold the same files, the finding itself first.
func (p *plan) tryUnneeded(i int, parts []brought, holders []int) (why string) {
	f := &p.report.Findings[i]
	if !f.Wasted() && f.Rule != "python-bytecode" && f.Rule != "test-files" {
		return f.Fix.Summary
	}
	var lines, names []string
	for _, part := range parts {
		more, why := p.linesOf(i, part)
		if why != "" {
			return why
		}
		lines, names = append(lines, more...), append(names, part.names...)
	}
	change := p.ignoreLines(lines)
	var gone []int
	for _, k := range holders {
		if all, ok := p.names(k); ok && containsAll(names, all) && !p.result.Saved[k] {
			gone = append(gone, k)
			p.save(k, nil)
		}
	}
	copies := "COPY"
	if len(parts) == 1 {
		copies = fmt.Sprintf("the COPY in line %d", p.at[parts[0].made].line)
	}
	p.keptOut = append(p.keptOut, keptOut{i, names, len(p.result.Applied)})
	p.result.Applied = append(p.result.Applied, Applied{Rule: f.Rule, Strategy: model.Dockerignore, Findings: gone, Files: change,
		Summary: fmt.Sprintf("Add %s to the build context's .dockerignore, so that %s leaves out what no container needs.", enumerate(lines), copies)})
	return ""
}

// linesOf returns the lines of a .dockerignore that keep files of a finding out of a COPY, or why there are none.
func (p *plan) linesOf(i int, part brought) (lines []string, why string) {
	f, made, names := &p.report.Findings[i], part.made, part.names
	rule, known := catalogue.ByID(f.Rule)
	in, ok := p.contextCopy(made)
	if !ok || !known {
		return nil, f.Fix.Summary
	}
	files := make([]string, len(names))
	for n, name := range names {
		if files[n], ok = in.sourceOf("/" + name); !ok || in.mayBeFile("/"+name) {
			return nil, f.Fix.Summary
		}
	}
	if root := p.build.Target(rule, names[0]); isInside(strings.TrimPrefix(in.dest, "/"), root) {
		return nil, fmt.Sprintf("the instruction in line %d copies them by name", p.at[made].line)
	}
	lines = p.linesFor(rule, in, names, files)
	if f.Rule == "python-bytecode" && slices.ContainsFunc(lines, func(line string) bool { return path.Base(line) != "__pycache__" }) {
		return nil, f.Fix.Summary + " (a .pyc without its source is the program itself)"
	}
	if len(lines) > maxIgnoreLines {
		if lines = commonPattern(in.source, lines); lines == nil {
			return nil, fmt.Sprintf(".dockerignore would need more than %d lines for them; %s", maxIgnoreLines, f.Fix.Summary)
		}
	}
	if other := p.otherCopy(made, lines); other > 0 {
		return nil, fmt.Sprintf("%s (the instruction in line %d also takes them from the build context)", f.Fix.Summary, other)
	}
	if line, reader := p.findReader(made, rule, names, lines); reader != "" {
		return nil, fmt.Sprintf("the RUN in line %d may need them (%s); if it does not: %s", line, reader, f.Fix.Summary)
	}
	if why := cmp.Or(p.historyReader(), p.gemspec(f)); why != "" && rule.ID == "vcs-metadata" {
		return nil, fmt.Sprintf("something may read them while the container runs (%s); if nothing does: %s", why, f.Fix.Summary)
	}
	if why := p.ignore.Conflict(lines, files); why != "" {
		return nil, why
	}
	if other := p.otherFile(i, in, lines); other != "" {
		return nil, fmt.Sprintf("%s in .dockerignore would also keep /%s out; %s", enumerate(lines), other, f.Fix.Summary)
	}
	return lines, ""
}

// names returns all names that a finding's file versions have in their layer, without leading
// slash; false where they are not known.
func (p *plan) names(i int) (names []string, ok bool) {
	f := &p.report.Findings[i]
	if !readable(p.report, f) {
		return f.Paths, len(f.Paths) > 0 && f.FileCount <= len(f.Paths)
	}
	t := p.report.Tree
	for id, record := range t.Layer(*f.Layer) {
		if (record.Kind == model.File || record.Kind == model.Link) && t.Records[t.Content(id)].Finding() == uint32(i) {
			names = append(names, t.Path(record.Node))
		}
	}
	return names, len(names) > 0
}

// maxIgnoreLines is how many lines one finding may add to a .dockerignore.
const maxIgnoreLines = 8

// linesFor returns the lines of a .dockerignore that name files. A line names the directory that
// the rule claims as a whole where that is a cache or has the same name wherever it lies (.git);
// otherwise it names the file, because a directory such as var/log has to stay.
func (p *plan) linesFor(rule *rules.Rule, in contextCopy, names, files []string) (lines []string) {
	seen := make(map[string]bool)
	last := "\x00"
	for n, name := range names {
		if isInside(name, last) {
			continue
		}
		line := files[n]
		if root := p.build.Target(rule, name); root != name && isInside(name, root) && (rule.Group == rules.Caches || slices.Contains(rule.Paths, "**/"+path.Base(root)+"/**")) {
			if dir, ok := in.sourceOf("/" + root); ok {
				line, last = dir, root
			}
		}
		if !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// commonPattern returns one line for directories that all have the same name, nil where their
// names differ.
func commonPattern(source string, lines []string) []string {
	name := path.Base(lines[0])
	if slices.ContainsFunc(lines, func(line string) bool { return path.Base(line) != name }) {
		return nil
	}
	return []string{path.Join(source, "**", name)}
}

// otherFile returns a file that lines would keep out of a COPY and that no finding of the rule
// holds, as a path of the image without leading slash; "" where there is none.
func (p *plan) otherFile(i int, in contextCopy, lines []string) string {
	f := &p.report.Findings[i]
	if !readable(p.report, f) {
		return ""
	}
	excluded, err := dockerignore.Matcher(lines)
	if err != nil {
		return in.dest
	}
	t := p.report.Tree
	for id, record := range t.Layer(*f.Layer) {
		if record.Kind != model.File && record.Kind != model.Link {
			continue
		}
		content := &t.Records[t.Content(id)]
		if record.Gone != model.StillThere && (content.Verdict != model.Shadowed || content.Cause != model.Copied) {
			continue // the image does not show the file, and it was not just stored again
		}
		if content.Size.Bytes() == 0 || int(content.Finding()) < len(p.report.Findings) && p.report.Findings[content.Finding()].Rule == f.Rule {
			continue
		}
		name := t.Path(record.Node)
		if file, ok := in.sourceOf("/" + name); ok && excluded(file) {
			return name
		}
	}
	return ""
}

// findReader returns an instruction behind a COPY that may need the files that lines name and
// that lie at names in the image: its line in the file and its command, "" where there is none.
// Stages that follow in the file count, because they may go on from this one.
func (p *plan) findReader(made int, rule *rules.Rule, names, lines []string) (line int, command string) {
	from := slices.Index(p.doc.pieces, p.at[made])
	t := p.thingOf(rule, names)
	follow := p.build.Needs().Follow(made)
	for _, piece := range p.doc.pieces[from+1:] {
		for _, text := range piece.texts() {
			if why := follow.Needs(text, t); why != "" && readsFiles(text) {
				return piece.line, why
			}
			if reader := namesLine(text, lines, nil); reader != "" {
				return piece.line, reader
			}
		}
	}
	return 0, ""
}

// readsFiles reports whether an instruction may read what a COPY brought.
func readsFiles(text string) bool {
	switch rewrite.Keyword(text) {
	case "RUN", "ONBUILD", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV":
		return true
	}
	return false
}

// thingOf is what a rule claims at some names, paths of the image without leading slash.
func (p *plan) thingOf(rule *rules.Rule, names []string) need.Thing {
	t := need.Thing{Searched: isSearchedFor(rule), Meant: rule != nil && rule.ID == "test-files"}
	for _, name := range names {
		if rule != nil {
			name = p.build.Target(rule, name)
		}
		if name = "/" + name; !slices.Contains(t.Paths, name) && len(t.Paths) < model.MaxFindingPaths {
			t.Paths = append(t.Paths, name)
		}
	}
	return t
}

// namesLine returns a command of a RUN that names by its last name what lines of a .dockerignore
// name, or all hidden files; "" where there is none. skip reports which commands do not count; it
// may be nil.
func namesLine(text string, lines []string, skip func(rewrite.Command) bool) string {
	if rewrite.Keyword(text) == "ONBUILD" {
		text = strings.TrimSpace(text)[len("ONBUILD"):]
	}
	if rewrite.Keyword(text) != "RUN" {
		return ""
	}
	run, err := rewrite.ParseRun(strings.TrimSpace(text))
	if err != nil {
		return "tare cannot parse it as shell"
	}
	for _, c := range run.Commands {
		if skip != nil && skip(c) {
			continue
		}
		named := slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(c.Source(), path.Base(line)) })
		hidden := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Glob && strings.Contains("/"+w.Text, "/.") })
		if named || hidden {
			return oneLine(c.Source())
		}
	}
	return ""
}

// isSearchedFor reports whether programs search for what a rule claims without being told to:
// version control and caches. Other waste (backups, core dumps) is read only by commands that
// name it.
func isSearchedFor(rule *rules.Rule) bool {
	return rule == nil || rule.Group == rules.Caches || rule.ID == "vcs-metadata"
}

// enumerate joins lines for a sentence.
func enumerate(lines []string) string { return strings.Join(lines, " and ") }
