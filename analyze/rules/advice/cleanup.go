package advice

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Cleanup describes a rule of files that have to go in the instruction that makes
// them. [Cache] and [Leftover] make the rule of it.
type Cleanup struct {
	rules.Rule
	What string // the files in the middle of a sentence: "pip's cache"; singular for Cache, plural for Leftover

	// Flag keeps a tool from writing the files; After says for a command of a RUN
	// after which word it goes, -1 for no place. See rewrite.AddFlag.
	Flag  string
	After func(rewrite.Command) int
	// TooOld reports whether the image has a version of the tool that does not know Flag.
	TooOld func(*rules.Build) bool

	// Clean is the tool's own subcommand that removes the files ("clean all"), put in
	// front of the rm where the RUN calls one of the Cleaners.
	Clean    string
	Cleaners []string

	// Together reports whether a RUN may be joined with those that follow it and do nothing but to
	// install with the Cleaners. It may be nil, and then none are.
	Together func(run string) bool

	// Whole are directories, patterns as in Paths, that rm takes as a whole where they hold
	// nothing but what the rule claims: one path is easier to read than the parts of it.
	Whole []string

	// KeepDir makes rm take what is in a directory and leave the directory, which is
	// part of a package.
	KeepDir bool

	// Exact makes rm take the files by name, and leave their directories, which
	// programs may expect.
	Exact bool

	// Users are programs that read the files again: a clean-up has to wait for the
	// last of them. Reads reports whether a call of one in a RUN does, in words; nil:
	// every call does. A container that runs one of them counts whatever the call.
	Users []string
	Reads func(words []string) bool

	// OnlyFetches reports whether a call of one of Users downloads files, or prepares to,
	// and builds nothing from them that runs without them. Where all calls do, the files
	// may be what the container starts from. Nil where any call builds.
	OnlyFetches func(rewrite.Command) bool

	// Searched: programs look for the files where they stand, as git does for .git.
	Searched bool

	// Provides reports whether the very purpose of a command is to download the files, as
	// that of "go mod download" is. One such command is enough for them to stay, unless
	// the container is known to do without. Nil where no command has that purpose.
	Provides func(rewrite.Command) bool

	// Builds reports whether a command builds the project at hand with what the cache holds, and
	// does not only install somebody's program. Where the image starts nothing by itself, people
	// may go on building in it, so the cache stays. Nil for a tool whose builds do without it.
	Builds func(rewrite.Command) bool

	// Kept matches what a RUN says that tells the tool to keep its cache: then it stays, as
	// its author wants it. It may be nil.
	Kept *lazyregexp.Regexp

	phrases
	tool bool // a tool fills a cache, so the RUN must be one that can be read
}

// phrases are the sentences in which caches and leftovers differ; %s is What.
type phrases struct {
	makes  string // what the instruction does
	joined string // why RUNs are joined
	moved  string // what to do about a removal in a later RUN
}

// Cache makes the rule of what a package manager or a build tool keeps so that its
// next run is faster, which in an image never comes. Every directory that it claims
// may hold the program.
func Cache(c Cleanup) rules.Rule {
	c.tool = true
	c.phrases = phrases{makes: "fills it", joined: "%s is removed in the same layer that filled it", moved: "Move the removal of %s into the RUN that fills it."}
	r := c.Rule
	r.Group = rules.Caches
	for _, pattern := range c.Paths {
		if strings.HasSuffix(pattern, "/**") && !strings.HasPrefix(pattern, "!") {
			r.ProgramDirs = append(r.ProgramDirs, pattern)
		}
	}
	r.Fix = c.fix
	return r
}

// Leftover makes the rule of what some step left behind: no tool reads it again,
// and a container has no use for it.
func Leftover(c Cleanup) rules.Rule {
	c.phrases = phrases{makes: "leaves them", joined: "%s are stored at most once", moved: "Remove %s in the RUN that leaves them, not in a later one."}
	r := c.Rule
	r.Group = rules.Leftovers
	r.Fix = c.fix
	return r
}

// Optional makes the rule of files that an image can perhaps do without. Its fix is
// one sentence, since what to change depends on what the program needs.
func Optional(c Cleanup, summary string) rules.Rule {
	r := Leftover(c)
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		if f.Inherited {
			return Inherited(c.What)
		}
		if made, ok := Maker(f, b); ok && b.Parsed().Keyword(made) == "COPY" {
			return LeaveOut(f, b, made, &c.Rule, c.What)
		}
		return Hint(model.Manual, summary)
	}
	return r
}

// fix proposes the first of these that applies: another base, a line in
// .dockerignore, a flag, a join with the RUN that removes the files, an rm at the end
// of the RUN that makes them or of the last that uses them.
func (c *Cleanup) fix(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return Inherited(c.What)
	}
	if OfBase(f, b) {
		return Hint(model.ChangeBase, "A later instruction removes or replaces these files, but they stay in the base image; start from one without "+c.What+".")
	}
	made, ok := Maker(f, b)
	if !ok || len(f.Paths) == 0 {
		return c.inMaker()
	}
	if from, ok := Origin(f, b, made); ok && f.HiddenBy == nil {
		made = from
	}
	in := b.Parsed()
	switch in.Keyword(made) {
	case "COPY", "ADD":
		return LeaveOut(f, b, made, &c.Rule, c.What)
	case "RUN":
		if again, fromContext := storesOthersAgain(f, b, made); again && !c.tool && f.HiddenBy == nil {
			if fromContext {
				return keepOutOfCopies(c.What)
			}
			return Hint(model.Manual, "Remove "+c.What+" in the instructions that bring them: this RUN only stores them once more.")
		}
	default:
		return c.inMaker()
	}
	hid, hidden := Hider(f, b)
	hidden = hidden && in.Keyword(hid) == "RUN" && !Rewritten(f)
	if c.tool {
		if fix := c.ofTool(f, b, made, hid, hidden); fix != nil {
			return fix
		}
	}
	if last := c.together(b, made); last > made && (!hidden || hid <= last) {
		if e, ok := c.join(f, b, made, last); ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fill %s, so that it is filled once, and remove it at the end.", in.CountRuns(made, last), c.What))
		}
	}
	if hidden {
		if c.tool && !OneStep(b, made, hid) && ToleratesAbsence(f, b, hid) {
			if fix := c.atEnd(f, b, made); fix.After != nil {
				return fix
			}
		}
		if e, ok := Join(b, made, hid, ""); ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that "+c.joined+".", in.CountRuns(made, hid), c.What))
		}
		if !ToleratesAbsence(f, b, hid) {
			return Hint(model.Manual, fmt.Sprintf(c.moved, c.What))
		}
	}
	return c.atEnd(f, b, made)
}

// use asks what needs a finding's files again: the instructions behind the maker, up
// to the one that hides them, and the container.
func (c *Cleanup) use(f *model.Finding, b *rules.Build, made int) need.Use {
	t := need.Thing{By: c.Users, Reads: c.Reads, Searched: c.Searched, Cache: c.tool}
	targets := f.Paths
	if !c.Exact {
		targets = b.Targets(&c.Rule, f.Paths)
	}
	for _, target := range targets {
		t.Paths = append(t.Paths, "/"+target)
	}
	t.Until = Until(f, b)
	return b.Needs().Later(made, t)
}

// Until is the Until of a finding's files as a need.Thing: the instruction behind the
// RUN that removes them, 0 where none does.
func Until(f *model.Finding, b *rules.Build) int {
	hid, hidden := Hider(f, b)
	if !hidden || f.Cause == nil || *f.Cause != model.Deleted.String() || b.Parsed().Keyword(hid) != "RUN" {
		return 0
	}
	return hid + 1
}

// inMaker is the hint where the instruction that makes the files cannot be read.
func (c *Cleanup) inMaker() *model.Fix {
	return Hint(model.Manual, "Remove "+c.What+" in the instruction that "+c.makes+".")
}

// ofTool returns what is to be said of a cache before an rm is thought of, nil for
// nothing. hid is the RUN that hides it, if hidden.
func (c *Cleanup) ofTool(f *model.Finding, b *rules.Build, made, hid int, hidden bool) *model.Fix {
	in := b.Parsed()
	run, err := rewrite.ParseRun(in.Text(made))
	if err != nil {
		return c.inMaker()
	}
	targets := b.Targets(&c.Rule, f.Paths)
	for i := range targets {
		targets[i] = "/" + targets[i]
	}
	if slices.ContainsFunc(targets, run.Mounted) {
		return Hint(model.Manual, fmt.Sprintf("The RUN mounts a directory over part of %s, but these files are outside it; mount the directory that the tool really uses (here %s).", c.What, targets[0]))
	}
	if b.Instructions[made].Fills && !hidden {
		return Leave("Leave " + c.What + " alone: a comment says that it is filled on purpose.")
	}
	if at := c.keptSince(b, made); at != "" {
		return Leave("Leave " + c.What + " alone: " + at + " tells the tool to keep it.")
	}
	use := c.use(f, b, made)
	if use.For {
		return Hint(model.MultiStage, "Leave "+c.What+" alone: "+use.Why+" again. Build in a separate stage and COPY --from only the result.")
	}
	if line, filled := c.filledBefore(b, made, targets); len(filled) > 0 && len(filled) == len(targets) && !hidden {
		return Hint(model.MultiStage, "Leave "+c.What+" alone: "+line+" fills it, too, and a removal behind it would only hide that. Build in a separate stage and COPY --from only the result.")
	}
	if why := c.builtByPeople(f, b, made, use.Last); why != "" {
		return Leave("Leave " + c.What + " alone: " + why + ".")
	}
	if c.Rule.Unless != nil && f.HiddenBy == nil && c.Rule.Unless(b) {
		return Leave("Leave " + c.What + " alone: the container needs what is there now, and a removal would take that, too.")
	}
	if c.OnlyFetches != nil && b.Program().StartsOthers() {
		return Leave("Leave " + c.What + " alone unless you are sure that the container does not need it: its program starts others according to its own configuration.")
	}
	if command := c.fetched(b, made, use.Last); command != "" && !namesProgram(b) {
		return Leave("Leave " + c.What + " alone: " + command + " downloads files that the container may need, and nothing in this Dockerfile says what it runs.")
	}
	if why := c.provided(f, b, made); why != "" {
		return Leave("Leave " + c.What + " alone: " + why + ".")
	}
	if c.Flag == "" || c.TooOld != nil && c.TooOld(b) || use.Last != made || namesAny(run, targets) || !ToleratesAbsence(f, b, made) || hidden && !ToleratesAbsence(f, b, hid) || !in.PosixShell(made) {
		return nil
	}
	if b.Needs().NamedInScripts(made, partsOf(targets)) {
		return nil
	}
	if c.Reads != nil && b.Needs().InScripts(made, need.Thing{By: c.Users, Reads: c.Reads}) {
		return nil // what the flag keeps from being written is read in the same RUN
	}
	if after, ok := rewrite.AddFlag(in.Text(made), c.Flag, c.After); ok {
		return Edit{in.Text(made), after}.Fix(model.Flag, "Pass "+c.Flag+", so that "+c.What+" is never written.")
	}
	return nil
}

// keptSince returns the command up to an instruction that tells the tool to keep its cache, ""
// for none.
func (c *Cleanup) keptSince(b *rules.Build, made int) string {
	if c.Kept == nil {
		return ""
	}
	for _, call := range b.Parsed().CallsIn(0, made+1) {
		if c.Kept.MatchString(call.Source()) {
			return call.Source()
		}
	}
	return ""
}

// atEnd removes the files at the end of the RUN that makes them, or of the last one
// that uses them once that has been joined.
func (c *Cleanup) atEnd(f *model.Finding, b *rules.Build, made int) *model.Fix {
	in := b.Parsed()
	use := c.use(f, b, made)
	why := use.Why
	if command, ok := c.command(f, b, made, use.Last); ok && !use.For {
		e, cannot := Clean(b, made, use.Last, command)
		switch {
		case cannot == "" && use.Last == made:
			return e.Fix(model.SameRunCleanup, "Remove "+c.What+" at the end of the RUN that "+c.makes+".")
		case cannot == "":
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fill and use %s, and remove it at the end.", in.CountRuns(made, use.Last), c.What))
		case why == "" && cannot != cannotJoin:
			why = cannot
		}
	}
	if len(c.Users) > 0 && c.tool {
		because := ""
		if why != "" {
			because = " (" + why + ")"
		}
		return Hint(model.MultiStage, "Build in a separate stage and COPY --from only the result, which leaves "+c.What+" and the tools behind"+because+".")
	}
	if why != "" {
		return Leave("Leave " + c.What + " alone unless you are sure that nothing needs it: " + why + ".")
	}
	return Hint(model.Manual, "Remove "+c.What+" at the end of the RUN that "+c.makes+".")
}

// exactly returns the rm that takes a finding's files by name; false where the
// finding does not list them all. Of very many it takes all files of a directory that
// holds nothing else.
func exactly(f *model.Finding, b *rules.Build, made int) (string, bool) {
	if f.FileCount != len(f.Paths) {
		return "", false
	}
	targets := f.Paths
	if len(targets) > maxTargets {
		ours := make(map[string]bool, len(f.Paths))
		for _, p := range f.Paths {
			ours["/"+p] = true
		}
		whole := make(map[string]bool)
		targets = nil
		for _, p := range f.Paths {
			dir := path.Dir(p)
			all, known := whole[dir]
			if !known {
				all = strings.Count(p, "/") > 2 && b.Needs().Holds("/"+dir, made, ours) == ""
				whole[dir] = all
			}
			if all {
				p = dir + "/*"
			}
			targets = append(targets, p)
		}
		slices.Sort(targets)
		targets = slices.Compact(targets)
	}
	return RemoveAll(targets, false)
}
