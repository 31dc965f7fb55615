package need

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// aptLists is where apt keeps its package lists.
const aptLists = "/var/lib/apt/lists"

// Lists says what becomes of the apt package lists that a RUN leaves.
type Lists struct {
	// Used is the last RUN that installs from them, or may: lists that it fetches
	// besides are among them, and so are what installs from those.
	Used int
	// Why says what uses them, as Use.Why; "" where no later RUN does.
	Why string
	// Unsure says why nobody can tell; "" where it can be told.
	Unsure string
}

// AptLists follows apt's package lists from a RUN that fetches them on.
func (r *Room) AptLists(made int) Lists {
	l := Lists{Used: made}
	all := r.Instructions.All
	for i := made + 1; i < len(all); i++ {
		if i-made > instructions.MaxLater {
			l.Unsure = fmt.Sprintf("more than %d instructions follow", instructions.MaxLater)
			return l
		}
		f := r.factsOf(i)
		if f.kind == keeps || f.kind == harmless || f.kind == places {
			continue
		}
		u := r.aptUseOf(i)
		if u.why != "" {
			if f.kind != runs {
				l.Unsure = r.sentence(i, u.why)
				return l
			}
			l.Used, l.Why = i, r.sentence(i, u.why)
		}
		if u.fetches && l.Used != i {
			return l // from here on there are others
		}
	}
	return l
}

// FetchesLists reports whether a RUN fetches apt's lists, whatever else happens.
func (r *Room) FetchesLists(at int) bool { return r.aptUseOf(at).fetches }

// InstallsUnseen reports whether a RUN may install from apt's lists by something that its own
// text does not say, such as a script.
func (r *Room) InstallsUnseen(at int) bool {
	u := r.aptUseOf(at)
	commands, ok := r.Instructions.Commands(at)
	return u.why != "" && ok && !slices.ContainsFunc(commands, rewrite.Command.NeedsLists)
}

// GuessesInstall is the command of a RUN that may install from apt's lists, for all that anybody
// knows: a script that others wrote, that is not at hand, and that the image does not show to
// have installed anything. It is "" where the RUN has none.
func (r *Room) GuessesInstall(at int) string {
	if u := r.aptUseOf(at); u.guessed && r.InstallsUnseen(at) {
		return u.why
	}
	return ""
}

// guesses reports whether it is only a guess that a call installs something; see aptUse.guessed.
func (r *Room) guesses(at int, f *facts, c *call) bool {
	if at < 0 || r.Tree == nil || r.changed(at, dpkgStatus) || rewrite.SetsUpArchive(r.Instructions.Text(at)) {
		return false
	}
	return !r.fromContext(at, c) && (c.name != "" || !slices.ContainsFunc(f.calls, func(caller call) bool { return caller.known && r.fromContext(at, &caller) }))
}

// fromContext reports whether a COPY or an ADD brings the script of a call from the author's
// own files.
func (r *Room) fromContext(at int, c *call) bool {
	words := c.words
	for shells[programName(words[0])] && len(words) > 1 {
		if words = words[1:]; !strings.HasPrefix(words[0], "-") {
			break
		}
	}
	script := joinPath(c.dir, words[0])
	if at < 0 || !isKnown(script) || !strings.Contains(words[0], "/") && path.Ext(words[0]) == "" {
		return false
	}
	for i := range at {
		in, ok := r.Instructions.Copy(i)
		if !ok || !in.Known || r.Instructions.All[i].Inherited {
			continue
		}
		if _, stage := in.Flag("--from"); stage || slices.ContainsFunc(in.Sources, func(s string) bool { return strings.Contains(s, "://") }) {
			continue
		}
		if dest, ok := in.Target(r.Instructions.WorkDir(i)); ok && (script == dest || instructions.Under(script, dest)) {
			return true
		}
	}
	return false
}

// UsesLists reports whether a RUN installs from apt's lists, or may, or leaves some.
func (r *Room) UsesLists(at int) bool {
	if u := r.aptUseOf(at); u.why != "" || u.fetches {
		return true
	}
	return r.LeavesLists(at)
}

// aptUseOf is aptUse of an instruction of the image, remembered.
func (r *Room) aptUseOf(at int) *aptUse {
	if r.apt == nil {
		r.apt = make([]*aptUse, len(r.Instructions.All))
	}
	if r.apt[at] == nil {
		u := r.aptUse(at, r.factsOf(at))
		u.fetches = u.fetches && r.Instructions.Keyword(at) != "ONBUILD" // what that fetches, another build has
		r.apt[at] = &u
	}
	return r.apt[at]
}

// aptUse is what a RUN does with the apt lists that it finds.
type aptUse struct {
	why     string // the command that needs lists from before, "" for none
	fetches bool   // it fetches lists, whatever else happens
	removes bool   // it removes the lists that it fetched
	sure    bool   // the command is one of apt's, or one that installs with it
	// guessed: the command is a script that is not at hand, nor the author's own, and nothing
	// shows that it installed anything.
	guessed bool
}

// aptUse looks at a RUN, whose place in the history is -1 where it is of another stage.
func (r *Room) aptUse(at int, f *facts) (u aptUse) {
	if f.opaque != "" {
		if at < 0 || r.Instructions.CallsApt(at) || r.Instructions.Text(at) == "" && r.installed(at) {
			u.why = f.opaque
		}
		return u
	}
	calls, target := 0, ""
	for i := range f.calls {
		c := &f.calls[i]
		command := c.command()
		sub, _, isApt := command.Apt()
		reads := command.NeedsLists() || r.removesAbsent(at, f.calls[:i], command)
		if isApt || reads {
			calls++
		}
		switch {
		case isApt && sub == "update" && !command.FetchesLists(): // of some sources: the lists of the others are those from before
			continue
		case !c.maybe && (isApt && sub == "update" || r.addsLists(at, f, c) || c.fetchesByItself()):
			u.fetches, u.removes = true, false
			continue
		case u.fetches && c.removesLists():
			u.removes = true
		case (reads || c.installsByItself()) && !u.fetches && u.why == "" && !(isApt && c.maybe && allUpdated(f.calls)):
			u.why, u.sure = c.source, !c.maybe
		case c.isSourced() && updatesIn(f.calls[i+1:]): // what is sourced at the start of a script are settings
		case c.opaque && !u.fetches && u.why == "" && (r.installed(at) || !c.printed && c.isScript() && r.untold(at) && r.mayInstall(at, f, c)):
			u.why = c.source
			u.guessed = r.guesses(at, f, c)
		case c.isTarget() && !u.fetches && u.why == "" && (r.changed(at, dpkgStatus) || c.namesPackages() && r.untold(at)):
			target = c.source
		}
		if c.name != "rm" && c.name != "find" && u.why == "" && !u.fetches && slices.ContainsFunc(c.paths, func(p string) bool { return strings.HasPrefix(p, aptLists) }) {
			u.why = c.source
		}
	}
	if u.why == "" && !u.fetches && calls == 0 && !slices.ContainsFunc(f.calls, func(c call) bool { return c.changesStatus() }) {
		u.why = cmp.Or(target, r.installer(at, f.calls)) // nothing else explains what was installed
	}
	if u.why == "" && at >= 0 && r.Instructions.AptCalls(at) > calls {
		u.why = brief(bodyOf(r.Instructions.Text(at)))
	}
	return u
}

// allUpdated reports whether each call of a RUN, and of the scripts that it runs, that reads package lists is
// an install behind an update, joined with it by &&: whichever of them happens, it has lists.
func allUpdated(calls []call) bool {
	return !slices.ContainsFunc(calls, func(c call) bool {
		return !c.updated && (c.command().NeedsLists() || c.installsByItself() || c.opaque)
	})
}

// settings matches the names of files that hold settings, and no commands to speak of.
var settings = lazyregexp.New(`(?i)(?:^|/)(?:\.env(?:\..*)?|[^/]*\.env|os-release|lsb-release|[^/]*(?:variables|vars|versions?|env)(?:\.(?:sh|env|txt))?)$`)

// isSourced reports whether a call reads settings into the shell that runs.
func (c *call) isSourced() bool {
	return (c.name == "source" || c.name == ".") && len(c.words) == 2 && settings.MatchString(c.words[1])
}

// updatesIn reports whether calls surely fetch package lists before any of them installs.
func updatesIn(calls []call) bool {
	for i := range calls {
		c := &calls[i]
		command := c.command()
		if sub, _, isApt := command.Apt(); isApt && sub == "update" {
			return !c.maybe
		}
		if c.opaque && !c.isSourced() || command.NeedsLists() || c.installsByItself() {
			return false
		}
	}
	return false
}

// command is the call as package rewrite has it.
func (c *call) command() rewrite.Command {
	words := make([]rewrite.Word, len(c.words))
	for i, word := range c.words {
		words[i] = rewrite.Word{Text: word, Literal: true}
	}
	return rewrite.Command{Words: words, DirKnown: true}
}

// dpkgStatus is where dpkg notes which packages are installed.
const dpkgStatus = "var/lib/dpkg/status"

// installed reports whether the layer of an instruction changed what dpkg knows to be
// installed: then the instruction installed something, whatever its text says. Where
// the layers are not known, it may have.
func (r *Room) installed(at int) bool {
	if r.Tree == nil || at < 0 {
		return true
	}
	if _, ok := r.Tree.Lookup(dpkgStatus); !ok {
		return r.unknownLayer(at)
	}
	return r.changed(at, dpkgStatus)
}

// changed reports whether the layers of an instruction hold a version of a file.
func (r *Room) changed(at int, name string) bool {
	if r.Tree == nil || at < 0 {
		return false
	}
	node, ok := r.Tree.Lookup(name)
	if !ok {
		return false
	}
	for id := r.Tree.Nodes[node].Last; id != noRecord; id = r.Tree.Below(id) {
		if r.madeBy(int(r.Tree.Records[id].Layer), at) {
			return true
		}
	}
	return false
}

// madeBy reports whether an instruction made a layer.
func (r *Room) madeBy(layer, at int) bool {
	return layer < len(r.Layers) && r.Layers[layer].Instruction != nil && *r.Layers[layer].Instruction == at
}

// untold reports whether the image does not tell what an instruction did: it holds no
// package database that a script could have changed, or nothing that the instruction left.
// A script that did nothing when the image was built may install something another time.
func (r *Room) untold(at int) bool {
	if r.Tree == nil || at < 0 {
		return true
	}
	if _, ok := r.Tree.Lookup(dpkgStatus); !ok {
		return true
	}
	for _, layer := range r.layersOf(at) {
		for _, record := range r.Tree.Layer(layer) {
			if record.Kind != model.Directory && record.Kind != model.Implied {
				return false
			}
		}
	}
	return true
}

// mayInstall reports whether a script that did nothing when the image was built, or of which
// the image tells nothing, may install packages of the system from the lists that it finds
// another time: its user may, it is not known to do something else, and its words are not only
// the arguments of a script that got none.
func (r *Room) mayInstall(at int, f *facts, c *call) bool {
	text := ""
	if at >= 0 {
		text = r.Instructions.Text(at)
		if _, root := r.Root(at); !root && !r.Sudo(at) && !strings.Contains(text, "sudo") {
			return false
		}
	}
	if len(c.words) == 2 && (c.words[1] == "--version" || c.words[1] == "--help") {
		return false
	}
	if buildsOnly(c.name) || strings.HasPrefix(c.words[0], "/var/lib/dpkg/") {
		return false
	}
	if ownInstallers.MatchString(text) || rewrite.SetsUpArchive(text) {
		return false
	}
	return !strings.HasSuffix(strings.Trim(c.source, `"`), "$@") || slices.ContainsFunc(f.calls, func(caller call) bool {
		words := caller.words
		if shells[caller.name] {
			words = words[1:]
		}
		return caller.known && len(words) > 0 && !buildsOnly(path.Base(words[0])) && slices.ContainsFunc(words[1:], func(word string) bool {
			return !strings.HasPrefix(word, "-") || systemFlag.MatchString(word)
		})
	})
}

// isScript reports whether a call runs a script whose text is not known, from a file, from
// the network or from a variable, and no program that was installed.
func (c *call) isScript() bool {
	if c.name == "" || shells[c.name] || c.name == "eval" {
		return true
	}
	return strings.Contains(c.words[0], "/") && (scriptEnding.MatchString(c.name) || strings.HasPrefix(c.words[0], "./")) && !builders[strings.TrimSuffix(c.name, path.Ext(c.name))]
}

// scriptEnding matches the ending of a script's name, and not the version in that of a compiler.
var scriptEnding = lazyregexp.New(`\.[A-Za-z]+[0-9]?$`)

// ownInstallers are where scripts come from that install one tool into a home directory, and
// no package of the system, and TeX Live's, which brings its own.
var ownInstallers = lazyregexp.New(`sh\.rustup\.rs|static\.rust-lang\.org|nvm-sh/nvm|creationix/nvm|astral\.sh/(?:uv|ruff)|python-poetry|pyenv\.run|bootstrap\.pypa\.io|getcomposer\.org|bun\.sh|deno\.land|get\.pnpm\.io|yarnpkg\.com/install|sdkman\.io|get\.volta\.sh|foundry\.paradigm\.xyz|release\.solana\.com|ohmyzsh|oh-my-zsh|starship\.rs|(?:^|[\s/])install-tl\s`)

// systemFlag matches options that tell a script to install, and names of such scripts.
var systemFlag = lazyregexp.New(`(?i)install|deps|dependenc|packages|setup|all|bootstrap|provision|prepare`)

// buildsOnly reports whether the name of a script says that it builds, fetches or tests something,
// and not that it sets a system up.
func buildsOnly(name string) bool {
	return buildScript.MatchString(name) && !systemFlag.MatchString(name)
}

var buildScript = lazyregexp.New(`(?i)(?:^|[-_.])(?:build|compile|make|test|check|clone|get|fetch|download|collect\w*|generate|migrate)(?:[-_.]|$)`)

// builders are scripts of a project that build it and install no packages of the system.
var builders = set("configure config Configure autogen gradlew mvnw buildconf b2 bootstrap")

// isTarget reports whether a call runs a recipe of the project, which may be anything.
func (c *call) isTarget() bool {
	switch c.name {
	case "make", "gmake", "rake", "just", "task", "invoke", "npm", "yarn", "pnpm", "python", "python3", "perl", "ruby", "ansible-playbook":
		return true
	}
	return false
}

// namesPackages reports whether the name of a make target says that it installs what a
// project needs of the system.
func (c *call) namesPackages() bool {
	return (c.name == "make" || c.name == "gmake") && slices.ContainsFunc(c.words[1:], systemTarget.MatchString)
}

var systemTarget = lazyregexp.New(`(?i)^(?:[\w.]+[-_])*(?:deps|dependencies|apt|packages|prereqs|prerequisites|requirements|bootstrap|provision)(?:[-_][\w.]+)*$`)

// unknownLayer reports whether an instruction made a layer in which package lists
// lie, though no package database is known.
func (r *Room) unknownLayer(at int) bool {
	node, ok := r.Tree.Lookup(aptLists[1:])
	if !ok {
		return false
	}
	for child := range r.Tree.Children(node) {
		for id := r.Tree.Nodes[child].Last; id != noRecord; id = r.Tree.Below(id) {
			if r.madeBy(int(r.Tree.Records[id].Layer), at) {
				return true
			}
		}
	}
	return false
}
