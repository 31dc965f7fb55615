package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// What later instructions need of what an earlier one left. Where that cannot be
// told for sure, they need it.

// aptWord is a call of apt wherever it stands: behind xargs or timeout, in a
// variable, in the text of eval. Paths such as /var/lib/apt are none.
var aptWord = regexp.MustCompile(`(?:^|[^\w./-])(?:apt-get|apt|aptitude|apt-fast|gdebi|mk-build-deps)(?:$|[^\w./-])`)

// lastUseOfLists follows the lists that a RUN leaves: used is the last RUN that
// installs from them, or may, fresh the first that fetches its own (-1 if none
// does).
func (b *Build) lastUseOfLists(made int) (used, fresh int) {
	used = made
	for i := made + 1; i < len(b.Instructions); i++ {
		if b.keyword(i) != "RUN" {
			continue
		}
		if i-made > maxLater {
			return i, -1
		}
		commands, ok := b.commands(i)
		if !ok {
			if aptWord.MatchString(b.text(i)) {
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
		if len(aptWord.FindAllString(b.text(i), -1)) > calls {
			used = i // one that nobody can read
		}
	}
	return used, -1
}

// installsLater reports whether a container, or a build on top of the image,
// installs from the lists that the image brings.
func (b *Build) installsLater() bool {
	if b == nil {
		return false
	}
	needs, updates := false, false
	for _, c := range b.program().commands {
		sub, _, _ := c.Apt()
		needs, updates = needs || c.NeedsLists(), updates || sub == "update"
	}
	if needs && !updates {
		return true
	}
	for i := range b.Instructions {
		if text := b.text(i); b.keyword(i) == "ONBUILD" && aptWord.MatchString(text) && !strings.Contains(text, "update") {
			return true
		}
	}
	return false
}

// offline are the options by which a command asks for what another downloaded.
var offline = []string{"--offline", "--prefer-offline", "--no-download", "--no-index"}

// maxLater is how many later instructions are looked at for each finding: an image
// of ten thousand layers can have a finding in each.
const maxLater = 1000

// neededLater reports whether an instruction after made names one of the directories or
// files, given with their leading slash, other than to remove it, or works
// offline.
func (b *Build) neededLater(made int, paths []string) bool {
	if len(b.Instructions)-made > maxLater {
		return true
	}
	for i := made + 1; i < len(b.Instructions); i++ {
		text := b.text(i)
		named := slices.ContainsFunc(paths, func(p string) bool { return namesPath(text, p) })
		switch b.keyword(i) {
		case "LABEL", "MAINTAINER", "EXPOSE", "STOPSIGNAL", "VOLUME":
			continue
		case "RUN":
			commands, ok := b.commands(i)
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
