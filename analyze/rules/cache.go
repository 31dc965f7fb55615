package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// cache describes a rule of the caches: what a package manager or a build tool
// keeps so that its next run is faster, which in an image never comes. The
// families of them are in the files caches_*.go.
type cache struct {
	Rule
	what string // the cache in the middle of a sentence: "pip's cache"

	// flag keeps the tool from filling its cache; behind says for a command of a
	// RUN after which word it goes, -1 for none. See rewrite.AddFlag.
	flag   string
	behind func(rewrite.Command) int

	// clean is the tool's own subcommand that empties the cache ("clean all"), put
	// in front of the rm where the RUN calls one of the cleaners.
	clean    string
	cleaners []string
	// keep: rm takes what is in a directory and leaves the directory, which is part of
	// a package.
	keep bool

	// users are programs that read the cache again: a clean-up has to wait for
	// the last of them.
	users []string
}

// rule makes the catalogue's entry.
func (c cache) rule() Rule {
	r := c.Rule
	r.Group = Caches
	for _, pattern := range c.Paths {
		if strings.HasSuffix(pattern, "/**") && !strings.HasPrefix(pattern, "!") {
			r.Holds = append(r.Holds, pattern)
		}
	}
	r.Fix = func(f *model.Finding, b *Build) *model.Fix { return c.fix(f, b) }
	return r
}

func (c *cache) fix(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited(c.what)
	}
	if b.ofBase(f) {
		return hint(model.ChangeBase, "The base image brings "+c.what+", and what a later instruction removes or writes again stays in it; start from a base image without.")
	}
	made, ok := b.maker(f)
	if !ok || len(f.Paths) == 0 {
		return hint(model.Manual, "Remove "+c.what+" in the instruction that fills it.")
	}
	if from, ok := b.broughtBy(f, made); ok && f.HiddenBy == nil {
		made = from
	}
	if b.keyword(made) == "COPY" || b.keyword(made) == "ADD" {
		return b.leaveOut(f, made, &c.Rule, c.what)
	}
	run, err := rewrite.ParseRun(b.text(made))
	if err != nil {
		return hint(model.Manual, "Remove "+c.what+" in the instruction that fills it.")
	}
	roots := b.roots(&c.Rule, f.Paths)
	if slices.ContainsFunc(roots, func(root string) bool { return run.Mounted("/" + root) }) {
		return hint(model.Manual, fmt.Sprintf("The RUN mounts a folder over a part of %s, but what is in the image lies beside it; give the mount the folder that the tool really uses (here /%s).", c.what, roots[0]))
	}
	hid, hidden := b.hider(f)
	hidden = hidden && b.keyword(hid) == "RUN"
	if b.neededLater(made, absolute(roots)) {
		return hint(model.MultiStage, "A later instruction may need "+c.what+" again. Build in a stage of its own and COPY --from only the result, or join the instructions and remove it at their end.")
	}
	if c.flag != "" && (!hidden || toleratesAbsence(b, hid, f)) && b.usualShell(made) {
		if after, ok := rewrite.AddFlag(b.text(made), c.flag, c.behind); ok {
			return edit{b.text(made), after}.fix(model.Flag, "Give the command "+c.flag+", so that "+c.what+" is never written.")
		}
	}
	if hidden {
		if e, ok := b.join(made, hid, ""); ok {
			return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s is removed in the layer that filled it.", b.runs(made, hid), c.what))
		}
		if !toleratesAbsence(b, hid, f) {
			return hint(model.Manual, "Move the removal of "+c.what+" into the RUN that fills it.")
		}
	}
	used := b.lastCall(made, c.users)
	if command, ok := c.cleanup(run, roots); ok {
		if e, ok := b.join(made, used, command); ok {
			if used == made {
				return e.fix(model.SameRunCleanup, "Remove "+c.what+" at the end of the RUN that fills it.")
			}
			return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fill and use %s, and remove it at the end.", b.runs(made, used), c.what))
		}
	}
	if len(c.users) > 0 {
		return hint(model.MultiStage, "Build in a stage of its own and COPY --from only the result, which leaves "+c.what+" behind, and the tools with it.")
	}
	return hint(model.Manual, "Remove "+c.what+" at the end of the RUN that fills it.")
}

// absolute puts a slash in front of paths.
func absolute(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = "/" + p
	}
	return out
}

// cleanup is the command that takes a finding's files away.
func (c *cache) cleanup(run *rewrite.Run, roots []string) (string, bool) {
	command, ok := removeAll(roots, c.keep)
	for _, call := range run.Commands {
		if ok && slices.Contains(c.cleaners, call.Name()) {
			return call.Name() + " " + c.clean + " && " + command, true
		}
	}
	return command, ok
}

// maxRoots is how many files and directories one rm may name and still be read.
const maxRoots = 8

// plainRoot is a path that needs no quoting in shell, with * in its last name
// alone; [standardFolders] are told apart by removeAll.
var plainRoot = regexp.MustCompile(`^(/[A-Za-z0-9._+@%:,~-]+)*/[A-Za-z0-9._+@%:,~*-]+$`)

// removeAll is the rm that takes directories and files given without leading slash,
// or all that is in the directories; false where they are too many or cannot be
// written without quotes.
func removeAll(roots []string, inside bool) (string, bool) {
	if len(roots) == 0 || len(roots) > maxRoots {
		return "", false
	}
	command := "rm -rf"
	for _, root := range roots {
		if !plainRoot.MatchString("/"+root) || slices.Contains(standardFolders, "/"+root) {
			return "", false
		}
		command += " /" + root
		if inside && !strings.Contains(root, "*") {
			command += "/*"
		}
	}
	return command, true
}

// leaveOut answers for what a COPY or ADD brought.
func (b *Build) leaveOut(f *model.Finding, made int, rule *Rule, what string) *model.Fix {
	in, ok := rewrite.ParseCopy(b.text(made))
	if !ok || len(f.Paths) == 0 {
		return hint(model.Manual, "Leave "+what+" out of what is copied into the image.")
	}
	if stage, ok := in.Flag("--from"); ok {
		return hint(model.Manual, fmt.Sprintf("Copy only what the image needs from %s, and leave %s behind.", stage, what))
	}
	root := *f
	root.Paths = b.roots(rule, f.Paths[:1])
	return hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s does not bring %s in.", b.ignoreLine(in, made, &root), in.Keyword, what))
}

// ofBase reports whether the base image holds a finding's bytes and an instruction
// above it hid them.
func (b *Build) ofBase(f *model.Finding) bool {
	return b != nil && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(b.Layers) && b.Layers[*f.Layer].Inherited
}

// lastCall is the last RUN from made on that calls one of the programs, made
// itself if no later one does. A RUN that cannot be read may.
func (b *Build) lastCall(made int, programs []string) int {
	last := made
	if len(programs) == 0 {
		return last
	}
	for i := made + 1; i < len(b.Instructions); i++ {
		if b.keyword(i) != "RUN" {
			continue
		}
		if i-made > maxLater {
			return i
		}
		commands, ok := b.commands(i)
		if !ok || slices.ContainsFunc(commands, func(c rewrite.Command) bool { return slices.Contains(programs, c.Name()) }) {
			last = i
		}
	}
	return last
}

// behindSubcommand finds the place for a flag of a subcommand: behind it, unless
// the command has that flag.
func behindSubcommand(c rewrite.Command, programs, subcommands []string, flags ...string) int {
	if !slices.Contains(programs, c.Name()) || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return slices.Contains(flags, w.Text) }) {
		return -1
	}
	return slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Literal && slices.Contains(subcommands, w.Text) })
}
