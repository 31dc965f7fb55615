package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// RUNs that an edit joins are one step from then on: people read them as one, and the builder
// caches them as one. So tare joins RUNs for the sake of a cache only where they are one step
// already: a few that follow each other, all of them calls of package managers or of what is done
// at once and fetches nothing, and that can be joined without ( ) around one of them. See OneStep.
//
// In all other places each RUN cleans up behind itself. What the next one fetches again costs time
// when the image is built, and no byte of it.
//
// Where no RUN can clean up by itself, since one unpacks what another downloaded and a third
// removes, a join is the only edit there is. Then it has to save much for what it rearranges, which
// is for the plan to weigh: see costsMore in package fix.

// maxOneStep is how many RUNs are still one step to people, of which one that only calls apt or dnf once counts
// as half a one where all of them install: lines that each install a package are a list. maxMixed is how many, where one of them but
// the last does more than to install. maxGoesOn is how many commands one may have that does.
const maxOneStep, maxMixed, maxGoesOn = 5, 3, 12

// small are commands that are done at once and fetch nothing.
var small = strings.Fields(`echo printf cd mkdir ln cp mv rm touch chmod chown sed export set true : locale-gen localedef update-locale dpkg-reconfigure debconf-set-selections
	update-alternatives useradd groupadd adduser addgroup usermod ldconfig ls cat tee tr test [ which apt-get apt aptitude apt-key`)

// alone are the calls of which a RUN that has one is a line of a list.
var alone = []string{"apt-get", "apt", "yum", "dnf", "dnf5", "microdnf"}

// managers are package managers and their helpers, but for apt's, which are among the small.
var managers = strings.Fields("yum dnf dnf5 microdnf rpm yum-config-manager yum-builddep apk zypper pacman apt-mark add-apt-repository apt-add-repository dpkg")

// IsSmall reports whether a RUN does nothing but what is done at once and fetches nothing.
func IsSmall(b *rules.Build, at int) bool { return callsOnly(b, at, small) }

// installs reports whether a RUN does nothing but to call package managers and small commands.
func installs(b *rules.Build, at int) bool { return callsOnly(b, at, small, managers) }

func callsOnly(b *rules.Build, at int, names ...[]string) bool {
	commands, ok := b.Parsed().Commands(at)
	return ok && !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		return !slices.ContainsFunc(names, func(list []string) bool { return slices.Contains(list, c.Name()) })
	})
}

// OneStep reports whether the RUNs from one instruction to another are one step of the build
// already, so that people would write them as one RUN. The last of them may go on to something
// else.
func OneStep(b *rules.Build, from, to int) bool { return oneStep(b, from, to, 0) }

// OneStepWithRest is [OneStep] of RUNs of which the last are too few to be worth a step of their own.
func OneStepWithRest(b *rules.Build, from, to int) bool { return oneStep(b, from, to, rest) }

// rest is how many RUNs are too few to be worth a step of their own.
const rest = 2

func oneStep(b *rules.Build, from, to, more int) bool {
	in := b.Parsed()
	halves, runs, most := 0, 0, maxOneStep
	for i := from; i <= to; i++ {
		if in.Keyword(i) != "RUN" {
			continue
		}
		halves, runs = halves+2, runs+1
		commands, ok := in.Commands(i)
		if ok && len(commands) == 1 && callsOnly(b, i, alone) {
			halves--
		}
		if installs(b, i) {
			continue
		}
		if to > from && len(commands) > maxGoesOn {
			return false
		}
		if i < to {
			most = maxMixed
		}
	}
	if most == maxOneStep && installs(b, to) {
		runs, most = (halves+1)/2, most+more
	}
	return runs <= most && !Shuts(in.Texts(from, to))
}

// Shuts reports whether instructions of which the RUNs are joined need ( ) around one of them, or would
// mix statements that go on after a failure with those that do not.
func Shuts(texts []string) bool {
	runs := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return rewrite.Keyword(text) != "RUN" })
	if len(runs) > 1 && slices.ContainsFunc(runs, rewrite.GoesOn) {
		return true
	}
	joined, ok := rewrite.Join(runs)
	return ok && rewrite.Subshells(joined) > rewrite.Subshells(runs...)
}
