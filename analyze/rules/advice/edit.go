package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// idle are the instructions that a RUN may move across, since they run nothing and
// set nothing that it sees.
var idle = []string{"CMD", "LABEL", "EXPOSE", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "MAINTAINER", "ONBUILD"}

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
// joined without a change of what they do, or where their author keeps them apart.
func Join(b *rules.Build, from, to int, cleanup string) (Edit, bool) {
	if to-from >= maxJoined {
		return Edit{}, false
	}
	in := b.Parsed()
	var runs, others []string
	for i := from; i <= to; i++ {
		switch {
		case in.All[i].Inherited || in.Text(i) == "" || i > from && in.All[i].Apart:
			return Edit{}, false
		case in.Keyword(i) == "RUN":
			runs = append(runs, in.Text(i))
		case slices.Contains(idle, in.Keyword(i)):
			others = append(others, in.Text(i))
		default:
			return Edit{}, false
		}
	}
	if !in.PosixShell(to) || len(runs) == 0 {
		return Edit{}, false
	}
	if length := len(strings.Join(runs, "")); len(runs) > 1 && length > maxJoinedText {
		return Edit{}, false
	}
	joined, ok := runs[0], true
	if len(runs) > 1 {
		joined, ok = rewrite.Join(runs)
	}
	if ok && cleanup != "" {
		joined, ok = rewrite.AppendCleanup(joined, cleanup)
	}
	if !ok {
		return Edit{}, false
	}
	return Edit{strings.Join(in.Texts(from, to), "\n"), strings.Join(append([]string{joined}, others...), "\n")}, true
}
