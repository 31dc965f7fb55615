package multistage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// maxInstall is how many bytes a RUN that installs packages may have.
const maxInstall = 1 << 16

// isInstall reports whether an instruction is a RUN that installs packages.
func (in *instruction) isInstall() bool { return in.role == installs || in.role == mixed }

// usualOptions of apt-get install mean the same for whatever is installed.
var usualOptions = []string{"-y", "--yes", "--assume-yes", "-q", "-qq", "-yq", "-yqq", "-qy", "-qqy", "--quiet", "--no-install-recommends", "--no-install-suggests", "--fix-missing", "-m", "--force-yes", "--allow-unauthenticated"}

// isUsual reports whether an install takes no recommended packages and has no option
// but usual ones, so that other packages may join it.
func (in *aptInstall) isUsual() bool {
	return slices.Contains(in.options, "--no-install-recommends") && !slices.ContainsFunc(in.options, func(o string) bool { return !slices.Contains(usualOptions, o) })
}

// keptWords are the packages that the installs of an instruction still name.
func (in *instruction) keptWords() (words []string) {
	for _, install := range in.packages {
		words = append(words, install.words...)
	}
	return words
}

// isWhole reports whether a RUN fetches the package lists before it installs.
func (in *instruction) isWhole() bool {
	for _, c := range in.run.Commands {
		switch sub, _, ok := c.Apt(); {
		case ok && sub == "update":
			return true
		case ok && sub == "install":
			return false
		}
	}
	return false
}

// installRun returns what the runtime stage has in place of an instruction that installs
// packages: the same RUN without build tools, removals of packages and what is built, and
// with the packages that are requested of it. "" is for nothing. Where the RUN cannot be
// edited, it is written anew.
func (d *draft) installRun(in *instruction, requested []string) (string, error) {
	kept := in.keptWords()
	if len(kept)+len(requested) == 0 {
		return d.accountRun(in), nil
	}
	text, ok := in.text, in.isWhole()
	if ok && (in.role == mixed || in.purges || in.hasEmptyInstall(len(requested) > 0)) {
		text, ok = rewrite.KeepCommands(text, func(c rewrite.Command) bool { return in.isRepeated(c, len(requested) > 0) })
	}
	ok = ok && !slices.ContainsFunc(in.packages, d.takesToolsAgain) && (len(requested) == 0 || in.packages[len(in.packages)-1].isUsual())
	if ok {
		text, ok = in.nameMore(text, requested)
	}
	if ok && in.namesTools(kept) {
		text, ok = rewrite.RemoveWords(text, func(c rewrite.Command, word int) bool {
			sub, operands, apt := c.Apt()
			w := c.Words[word].Text
			return apt && sub == "install" && slices.Contains(operands, w) && !slices.Contains(kept, w) && (!slices.Contains(requested, w) || in.behindPackages(c) < 0)
		})
	}
	if !ok {
		text = d.newInstall(in, requested)
	} else if !in.leavesNoLists() {
		if cleaned, ok := rewrite.AppendCleanup(text, "rm -rf /var/lib/apt/lists/*"); ok {
			text = cleaned
		}
	}
	if len(text) > maxInstall {
		return "", fmt.Errorf("the new stage would install %d more packages", len(d.requested))
	}
	return d.asWritten(wrapInstalls(text)), nil
}

// wrapInstalls breaks the lines of a RUN that install more packages than one reads in a line.
func wrapInstalls(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if _, packages, _ := strings.Cut(line, " install "); len(packages) <= rewrite.MaxColumns || strings.ContainsAny(line, "'\"`$#<") {
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))] + "    "
		var broken []string
		for len(line) > rewrite.MaxColumns {
			at := strings.LastIndexByte(line[:rewrite.MaxColumns-2], ' ')
			if at <= len(indent) {
				break
			}
			broken = append(broken, line[:at]+" \\")
			line = indent + line[at+1:]
		}
		lines[i] = strings.Join(append(broken, line), "\n")
	}
	return strings.Join(lines, "\n")
}

// leavesNoLists reports whether a RUN removes the package lists, or keeps them in a mount.
func (in *instruction) leavesNoLists() bool {
	if slices.ContainsFunc(in.run.Flags, func(flag string) bool { return strings.Contains(flag, "mount") }) {
		return true
	}
	return slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool {
		r, ok := c.Removal("")
		return ok && slices.ContainsFunc(r.Targets, func(target string) bool { return strings.HasPrefix(target, "/var/lib/apt") })
	})
}

// hasEmptyInstall reports whether one of several installs names nothing that stays. Where
// packages are requested, the last install takes them.
func (in *instruction) hasEmptyInstall(requested bool) bool {
	for i, install := range in.packages {
		if len(install.words) == 0 && (!requested || i < len(in.packages)-1) {
			return true
		}
	}
	return false
}

// namesTools reports whether an install of the text names more than is kept.
func (in *instruction) namesTools(kept []string) bool {
	n := 0
	for _, install := range in.packages {
		n += install.named
	}
	return n > len(kept)
}

// isRepeated reports whether the runtime stage repeats a command of a RUN that installs.
func (in *instruction) isRepeated(c rewrite.Command, requested bool) bool {
	sub, operands, apt := c.Apt()
	switch name := c.Name(); {
	case apt && sub == "install":
		last := in.packages[len(in.packages)-1].all
		return slices.ContainsFunc(operands, func(w string) bool { return slices.Contains(in.keptWords(), w) }) || requested && slices.Equal(operands, last)
	case apt:
		return sub == "update" || sub == "clean" || sub == "autoclean"
	case name == "set" || name == "true" || name == ":":
		return true
	default:
		return isCleanUp(c) || in.isRepeatableAccount(c) || makesManDirectory(c)
	}
}

// nameMore adds packages to the last install of a RUN, as its author lists the others, unless it names
// them already.
func (in *instruction) nameMore(text string, requested []string) (string, bool) {
	all := in.packages[len(in.packages)-1].all
	more := slices.DeleteFunc(slices.Clone(requested), func(name string) bool { return slices.Contains(all, name) })
	if len(more) == 0 {
		return text, true
	}
	if in.run.Heredoc || len(all) == 0 {
		return "", false
	}
	ok := true
	if last := all[len(all)-1]; len(all) < 2 || !slices.ContainsFunc(strings.Split(text, "\n")[1:], func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), last) }) {
		for i := len(more) - 1; i >= 0 && ok; i-- {
			text, ok = rewrite.AddFlag(text, more[i], in.behindPackages)
		}
		return text, ok
	}
	return rewrite.InsertWords(text, func(c rewrite.Command) []rewrite.Insertion {
		if at := in.behindPackages(c); at >= 0 {
			return []rewrite.Insertion{{Behind: at, Words: more, Listed: true}}
		}
		return nil
	})
}

// behindPackages says behind which word of a command more packages go: the last of the last
// install, -1 for other commands.
func (in *instruction) behindPackages(c rewrite.Command) int {
	all := in.packages[len(in.packages)-1].all
	sub, operands, apt := c.Apt()
	if !apt || sub != "install" || len(operands) < len(all) || !slices.Equal(operands[:len(all)], all) {
		return -1
	}
	for i := len(c.Words) - 1; i > 0; i-- {
		if c.Words[i].Text == all[len(all)-1] {
			return i
		}
	}
	return -1
}

// newInstall writes a RUN that fetches the package lists, repeats the installs of an
// instruction, installs what is requested, removes the lists and repeats the account
// commands.
func (d *draft) newInstall(in *instruction, requested []string) string {
	commands := []string{"apt-get update"}
	for _, install := range d.joinInstalls(in.packages, requested) {
		commands = append(commands, in.environment+"apt-get install "+strings.Join(append(slices.Clone(install.options), install.words...), " "))
	}
	if !slices.ContainsFunc(in.run.Flags, func(flag string) bool { return strings.Contains(flag, "mount") }) {
		commands = append(commands, "rm -rf /var/lib/apt/lists/*")
	}
	commands = append(slices.Clone(in.accounts), commands...)
	commands[0] = strings.Join(append(quoteFlags(in.run.Flags), commands[0]), " ")
	return "RUN " + strings.Join(commands, " \\\n    && ")
}

// withoutRecommends is what a new install is called with.
const withoutRecommends = "--no-install-recommends"

// joinInstalls returns the installs that still name packages, and what is requested, in as few
// calls as mean the same. One that takes recommended packages, and got none that stays, may join
// those that take none.
func (d *draft) joinInstalls(packages []aptInstall, requested []string) (joined []aptInstall) {
	packages = append(slices.Clone(packages), aptInstall{words: requested, options: []string{"-y", withoutRecommends}})
	for i, install := range packages {
		if len(install.words) == 0 {
			continue
		}
		install.words, install.options = slices.Clone(install.words), slices.Clone(install.options)
		if !slices.Contains(install.options, withoutRecommends) && !d.keepsRecommended() {
			install.options = append(install.options, withoutRecommends)
		}
		if tools := d.toolsAgain(install); len(tools) > 0 {
			if len(tools) < len(install.words) {
				install.words = slices.DeleteFunc(install.words, func(w string) bool { return slices.Contains(tools, w) })
				joined = append(joined, install)
			}
			install.words = tools
			install.options = append(slices.Clone(install.options), withoutRecommends)
		}
		k := len(joined) - 1
		if i == len(packages)-1 {
			for k > 0 && !joined[k].isUsual() { // what is requested may go into any
				k--
			}
		}
		if k >= 0 && joined[k].isUsual() && install.isUsual() {
			for _, word := range install.words {
				if !slices.Contains(joined[k].words, word) {
					joined[k].words = append(joined[k].words, word)
				}
			}
			continue
		}
		joined = append(joined, install)
	}
	return joined
}

// recommendsTools are build tools that packages recommend which people install for what runs, too, by
// those packages. packages.debian.org.
var recommendsTools = map[string][]string{
	"python3-pip": {"build-essential", "python3-dev"}, "python-pip": {"build-essential", "python-dev", "python-all-dev"}, "python3-virtualenv": {"build-essential", "python3-dev"},
	"bundler": {"build-essential", "ruby-dev"}, "ruby-bundler": {"build-essential", "ruby-dev"}, "npm": {"build-essential"}, "node-gyp": {"build-essential"}, "r-base-core": {"r-base-dev"},
}

// toolsAgain returns what an install names that recommends build tools which the new stage has not:
// with its recommended packages, it would bring them back.
func (d *draft) toolsAgain(install aptInstall) (words []string) {
	if slices.Contains(install.options, withoutRecommends) {
		return nil
	}
	for _, word := range install.words {
		name := packageName(word)
		for i := range d.in.Report.SystemPackages() {
			p := &d.in.Report.Packages[i]
			if !d.retained[i] && d.tools.Tool(i) && (slices.Contains(p.RecommendedBy, name) || slices.Contains(recommendsTools[name], p.Name)) {
				words = append(words, word)
				break
			}
		}
	}
	return words
}

func (d *draft) takesToolsAgain(install aptInstall) bool { return len(d.toolsAgain(install)) > 0 }

// keepsRecommended reports whether the new image has a package that came because another
// recommends it, that nothing names, and that nothing named depends on.
func (d *draft) keepsRecommended() bool {
	packages := d.in.Report.SystemPackages()
	named := make([]bool, len(packages))
	for i := range packages {
		named[i] = packages[i].Layer < d.ownLayer || slices.Contains(d.requested, packages[i].Name)
	}
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			for _, word := range install.words {
				for _, at := range d.indexesOf(packageName(word)) {
					named[at] = true
				}
			}
		}
	}
	comes := d.tools.Closure(named)
	for i := range packages {
		if p := &packages[i]; d.retained[i] && !comes[i] && p.Layer >= d.ownLayer && p.Reason == "recommended" {
			return true
		}
	}
	return false
}

// accountRun repeats the account commands of an install of which nothing else stays.
func (d *draft) accountRun(in *instruction) string {
	accounts := slices.DeleteFunc(slices.Clone(in.accounts), func(c string) bool { return strings.HasPrefix(c, "mkdir") })
	if len(accounts) == 0 {
		return ""
	}
	if len(accounts) < len(in.accounts) {
		accounts = in.accounts
	}
	return d.asWritten("RUN " + strings.Join(accounts, " \\\n    && "))
}

// asWritten puts an instruction, which has \ as its escape character and \n as its line
// end, into the form of the file.
func (d *draft) asWritten(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		if i < len(lines)-1 {
			if bare, ok := strings.CutSuffix(strings.TrimRight(lines[i], " \t"), `\`); ok {
				lines[i] = bare + string(d.file.Escape)
			}
		}
	}
	return strings.Join(lines, d.lineEnd())
}

// quoteFlags writes flags of a RUN as the Dockerfile takes them.
func quoteFlags(flags []string) []string {
	out := slices.Clone(flags)
	for i, flag := range out {
		if strings.ContainsAny(flag, " \t") {
			out[i] = `"` + flag + `"`
		}
	}
	return out
}

// lineEnd is the line end of the file.
func (d *draft) lineEnd() string {
	if strings.HasSuffix(d.instructions[d.boundary].source, "\r\n") || strings.HasSuffix(d.file.Stages[0].From.Text, "\r") {
		return "\r\n"
	}
	return "\n"
}
