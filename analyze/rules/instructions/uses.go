package instructions

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// aptWord is a call of apt wherever it stands: behind xargs or timeout, in a
// variable, in the text of eval. A path such as /var/lib/apt does not match.
var aptWord = regexp.MustCompile(`(?:^|[^\w./-])(?:apt-get|apt|aptitude|apt-fast|gdebi|mk-build-deps)(?:$|[^\w./-])`)

// LastUseOfLists follows the apt package lists that a RUN leaves: used is the last
// RUN that installs from them, or may; fresh is the first later RUN that fetches its
// own, -1 if there is none.
func (l *List) LastUseOfLists(made int) (used, fresh int) {
	used = made
	for i := made + 1; i < len(l.All); i++ {
		if l.Keyword(i) != "RUN" {
			continue
		}
		if i-made > MaxLater {
			return i, -1
		}
		commands, ok := l.Commands(i)
		if !ok {
			if aptWord.MatchString(l.Text(i)) {
				used = i
			}
			continue
		}
		calls := 0
		for _, c := range commands {
			sub, _, ok := c.Apt()
			if ok && sub == "update" && !c.Conditional {
				return used, i
			}
			if ok || c.NeedsLists() {
				calls++
			}
			if c.NeedsLists() {
				used = i
			}
		}
		if len(aptWord.FindAllString(l.Text(i), -1)) > calls {
			used = i // a call that cannot be read
		}
	}
	return used, -1
}

// offline are the options by which a command asks for what another downloaded.
var offline = []string{"--offline", "--prefer-offline", "--no-download", "--no-index"}

// MaxLater is how many later instructions are looked at for each finding: an image
// of ten thousand layers can have a finding in each.
const MaxLater = 1000

// NeededLater reports whether an instruction after made names one of the directories
// or files, given with their leading slash, other than to remove it, or works
// offline.
func (l *List) NeededLater(made int, paths []string) bool {
	if len(l.All)-made > MaxLater {
		return true
	}
	for i := made + 1; i < len(l.All); i++ {
		text := l.Text(i)
		named := slices.ContainsFunc(paths, func(p string) bool { return namesPath(text, p) })
		switch l.Keyword(i) {
		case "LABEL", "MAINTAINER", "EXPOSE", "STOPSIGNAL", "VOLUME":
			continue
		case "RUN":
			commands, ok := l.Commands(i)
			if !ok {
				break
			}
			if named = named && !onlyRemoved(commands, paths); named {
				return true
			}
			if slices.ContainsFunc(commands, func(c rewrite.Command) bool {
				return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return slices.Contains(offline, w.Text) })
			}) {
				return true
			}
		}
		if named {
			return true
		}
	}
	return false
}

// onlyRemoved reports whether no command but one that removes files names a path.
func onlyRemoved(commands []rewrite.Command, paths []string) bool {
	removed := 0
	for _, c := range commands {
		named := slices.ContainsFunc(paths, func(p string) bool { return namesPath(c.Source(), p) })
		if _, ok := c.Removal("/"); named && !ok {
			return false
		}
		if named {
			removed++
		}
	}
	return removed > 0
}

// namesPath reports whether a text names a path or something below it.
func namesPath(text, path string) bool {
	path = strings.TrimSuffix(path, "/*")
	for {
		_, rest, ok := strings.Cut(text, path)
		if !ok {
			return false
		}
		if rest == "" || !strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") {
			return true
		}
		text = rest
	}
}

// LastCall returns the last RUN from made on that calls one of the programs, made
// itself if no later one does. A RUN that cannot be read counts as a call.
func (l *List) LastCall(made int, programs []string) int {
	last := made
	if len(programs) == 0 {
		return last
	}
	for i := made + 1; i < len(l.All); i++ {
		if l.Keyword(i) != "RUN" {
			continue
		}
		if i-made > MaxLater {
			return i
		}
		commands, ok := l.Commands(i)
		if !ok || slices.ContainsFunc(commands, func(c rewrite.Command) bool { return slices.Contains(programs, c.Name()) }) {
			last = i
		}
	}
	return last
}

// CallsApt reports whether an instruction calls apt in any way.
func (l *List) CallsApt(i int) bool { return aptWord.MatchString(l.Text(i)) }

// UnusedBetween reports whether no instruction between two others could have used
// files that the first brings: none runs anything or copies from the context.
func (l *List) UnusedBetween(made, hid int) bool {
	for i := made + 1; i < hid; i++ {
		switch l.Keyword(i) {
		case "RUN", "COPY", "ADD", "":
			return false
		}
	}
	return true
}

// InstallsNodeModules reports whether a RUN installs node_modules.
func (l *List) InstallsNodeModules() bool {
	for i := range l.All {
		commands, ok := l.Commands(i)
		if ok && l.Keyword(i) == "RUN" && slices.ContainsFunc(commands, func(c rewrite.Command) bool {
			if !slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, c.Name()) {
				return false
			}
			args := c.Args()
			return len(args) == 0 && c.Name() == "yarn" || len(args) > 0 && slices.Contains([]string{"install", "ci", "i", "add"}, args[0].Text)
		}) {
			return true
		}
	}
	return false
}

// AptCalls counts the calls of apt in an instruction, as far as its words tell.
func (l *List) AptCalls(i int) int { return len(aptWord.FindAllString(l.Text(i), -1)) }
