package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// idle are the instructions that a RUN may move across, since they run nothing and
// set nothing that it sees.
var idle = []string{"CMD", "LABEL", "EXPOSE", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "MAINTAINER", "ONBUILD"}

// updates reports whether a RUN fetches apt's package lists and installs from them.
func updates(in *instructions.List, i int) bool {
	commands, ok := in.Commands(i)
	if !ok || in.Keyword(i) != "RUN" {
		return false
	}
	updated := false
	for _, c := range commands {
		sub, _, _ := c.Apt()
		if updated = updated || sub == "update"; updated && sub == "install" {
			return true
		}
	}
	return false
}

// An Edit is a stretch of instructions before and after it is changed.
type Edit struct{ Before, After string }

// Fix turns the edit into a fix.
func (e Edit) Fix(strategy model.Strategy, summary string) *model.Fix {
	return &model.Fix{Strategy: strategy, Summary: summary, Before: model.Ptr(e.Before), After: model.Ptr(e.After)}
}

// maxJoined is how many instructions one edit may join: more than a person would
// read, and an image can have a finding in each of thousands.
const maxJoined = 30

// maxJoinedText is how many bytes the RUNs may have that one edit joins.
const maxJoinedText = 32 << 10

// Join makes one RUN of the RUNs from one instruction to another, if nothing but
// idle instructions stands between them, which then follow the joined RUN. It
// appends a clean-up, unless that is "". It reports false where the RUNs cannot be
// joined without a change of what they do, where their author keeps them apart, or
// where their user may not clean up.
func Join(b *rules.Build, from, to int, cleanup string) (Edit, bool) {
	e, why := Clean(b, from, to, cleanup)
	return e, why == ""
}

// cannotJoin is why Clean makes no edit where nothing more can be said.
const cannotJoin = "these RUNs cannot be edited without changing what they do"

// Clean is Join, and says why there is no edit.
func Clean(b *rules.Build, from, to int, cleanup string) (e Edit, why string) {
	if to-from >= maxJoined {
		return Edit{}, cannotJoin
	}
	in := b.Parsed()
	var runs, others []string
	for i := from; i <= to; i++ {
		switch {
		case in.All[i].Inherited || in.Text(i) == "":
			return Edit{}, cannotJoin
		case i > from && in.All[i].Apart:
			return Edit{}, "a comment keeps these RUNs apart"
		case i > from && updates(in, i):
			return Edit{}, "one of the later RUNs fetches its own package lists, so that each is cached separately"
		case i < to && in.Keyword(i) == "RUN" && LeavesNoDirectory(in, i):
			return Edit{}, "one of these RUNs removes the directory that the next one starts in"
		case in.Keyword(i) == "RUN":
			runs = append(runs, in.Text(i))
		case slices.Contains(idle, in.Keyword(i)):
			others = append(others, in.Text(i))
		default:
			return Edit{}, cannotJoin
		}
	}
	if !in.PosixShell(to) || len(runs) == 0 {
		return Edit{}, cannotJoin
	}
	if length := len(strings.Join(runs, "")); len(runs) > 1 && length > maxJoinedText {
		return Edit{}, cannotJoin
	}
	if len(runs) > 1 && slices.ContainsFunc(runs, rewrite.GoesOn) {
		return Edit{}, "one of these RUNs goes on where one of its commands fails, and the others do not"
	}
	joined, ok := runs[0], true
	if len(runs) > 1 {
		joined, ok = rewrite.Join(runs)
	}
	if ok && cleanup != "" && from == to && EndsWith(joined, cleanup) {
		return Edit{}, "it already removes them"
	}
	if ok && cleanup != "" && !EndsWith(joined, cleanup) {
		if cleanup, why = asUser(b, to, joined, cleanup); why != "" {
			return Edit{}, why
		}
		joined, ok = rewrite.AppendCleanup(joined, cleanup)
	}
	if !ok {
		return Edit{}, cannotJoin
	}
	return Edit{strings.Join(in.Texts(from, to), "\n"), strings.Join(append([]string{joined}, others...), "\n")}, ""
}

// CleanedUp appends a clean-up to the text that an edit makes of a RUN. It reports false
// where that cannot be, or the RUN's user may not clean up.
func CleanedUp(b *rules.Build, at int, run, cleanup string) (string, bool) {
	cleanup, why := asUser(b, at, run, cleanup)
	if why != "" {
		return "", false
	}
	return rewrite.AppendCleanup(run, cleanup)
}

// EndsWith reports whether a RUN ends with a clean-up already.
func EndsWith(text, cleanup string) bool {
	run, err := rewrite.ParseRun(text)
	tail, bad := rewrite.ParseRun("RUN " + cleanup)
	if err != nil || bad != nil || len(run.Commands) < len(tail.Commands) {
		return false
	}
	last := run.Commands[len(run.Commands)-len(tail.Commands):]
	return slices.EqualFunc(last, tail.Commands, func(a, b rewrite.Command) bool { return a.Source() == b.Source() && !a.Conditional })
}

// asUser returns a clean-up as the user of a RUN has to write it, or why that user may
// not clean up: only what they own, unless the RUN calls sudo itself.
func asUser(b *rules.Build, at int, run, cleanup string) (command, why string) {
	room := b.Needs()
	targets, plain := takes(cleanup)
	if _, root := room.Root(at); root {
		if plain && callsSudo(run) && !managesAsRoot(run) && !givesUpSudo.MatchString(run) {
			return "sudo " + cleanup, "" // as its author writes, who may know of a user that is not told
		}
		return cleanup, ""
	}
	if !plain {
		targets = []string{"/var"} // apt-get clean, dnf clean all
	}
	if why = room.MayRemove(at, targets); why == "" {
		return cleanup, ""
	}
	if plain && callsSudo(run) && room.Sudo(at) {
		if givesUpSudo.MatchString(run) {
			return "", "it takes away what sudo may do"
		}
		return "sudo " + cleanup, ""
	}
	return "", why
}

// givesUpSudo matches commands behind which sudo may no longer work.
var givesUpSudo = lazyregexp.New(`sudoers|\b(?:deluser|gpasswd|usermod)\b|\b(?:purge|remove)\b[^\n;&|]*\bsudo\b`)

// takes returns what a plain rm takes.
func takes(cleanup string) (targets []string, plain bool) {
	run, err := rewrite.ParseRun("RUN " + cleanup)
	if err != nil || len(run.Commands) != 1 {
		return nil, false
	}
	gone, ok := run.Commands[0].Removal("/")
	return gone.Targets, ok && gone.Whole
}

// managerCall matches a call of a package manager of the system, with sudo before it where that is.
var managerCall = lazyregexp.New(`(\bsudo(?:\s+(?:-\S+|\w+=\S*))*\s+)?\b(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper|pacman)\s+(?:-\S+\s+)*(?:install|update|add|upgrade|-S)`)

// managesAsRoot reports whether a RUN calls a package manager without sudo, so that it is of root.
func managesAsRoot(text string) bool {
	return slices.ContainsFunc(managerCall.FindAllStringSubmatch(text, -1), func(m []string) bool { return m[1] == "" })
}

// callsSudo reports whether a RUN calls sudo as it would for one command more.
func callsSudo(text string) bool {
	run, err := rewrite.ParseRun(text)
	return err == nil && run.CallsSudo()
}
