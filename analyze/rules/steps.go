package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// maker is the index of the instruction that put a finding's bytes there, and
// whether it is known and an edit of it could help: it is the image's own, not
// its base's.
func (b *Build) maker(f *model.Finding) (int, bool) {
	if b == nil || f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(b.Instructions) {
		return 0, false
	}
	in := &b.Instructions[*f.Instruction]
	return *f.Instruction, !in.Inherited && in.Text != ""
}

// hider is the index of the instruction that hid a finding's bytes, which is a
// later one than the maker, and whether it is known.
func (b *Build) hider(f *model.Finding) (int, bool) {
	if b == nil || f.HiddenBy == nil || *f.HiddenBy < 0 || *f.HiddenBy >= len(b.Layers) {
		return 0, false
	}
	at := b.Layers[*f.HiddenBy].Instruction
	if at == nil || *at < 0 || *at >= len(b.Instructions) || f.Instruction != nil && *at <= *f.Instruction {
		return 0, false
	}
	return *at, b.Instructions[*at].Text != ""
}

// keyword is an instruction's keyword in capitals.
func (b *Build) keyword(i int) string { return strings.ToUpper(b.Instructions[i].Keyword) }

// text is an instruction as written.
func (b *Build) text(i int) string { return b.Instructions[i].Text }

// texts are the instructions from one to another, both included.
func (b *Build) texts(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, b.text(i))
	}
	return out
}

// idle are the instructions that a RUN before or behind them does not notice.
var idle = []string{"CMD", "LABEL", "EXPOSE", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "MAINTAINER", "ONBUILD"}

// An edit is a stretch of instructions before and after it is changed.
type edit struct{ before, after string }

// fix turns the edit into a fix.
func (e edit) fix(strategy model.Strategy, summary string) *model.Fix {
	return &model.Fix{Strategy: strategy, Summary: summary, Before: model.Ptr(e.before), After: model.Ptr(e.after)}
}

// hint is a fix that a person has to carry out.
func hint(strategy model.Strategy, summary string) *model.Fix {
	return &model.Fix{Strategy: strategy, Summary: summary}
}

// maxJoined is how many instructions one edit may join: more than a person would
// read, and an image can have a finding in each of thousands.
const maxJoined = 30

// maxJoinedText is how many bytes the RUNs may have that one edit joins.
const maxJoinedText = 32 << 10

// join makes one RUN of the RUNs from one instruction to another, if nothing
// but idle instructions stands between them; those follow the joined RUN. Then
// it appends a clean-up, unless that is "".
func (b *Build) join(from, to int, cleanup string) (edit, bool) {
	if to-from >= maxJoined {
		return edit{}, false
	}
	var runs, others []string
	for i := from; i <= to; i++ {
		switch {
		case b.Instructions[i].Inherited || b.text(i) == "":
			return edit{}, false
		case b.keyword(i) == "RUN":
			runs = append(runs, b.text(i))
		case slices.Contains(idle, b.keyword(i)):
			others = append(others, b.text(i))
		default:
			return edit{}, false
		}
	}
	if !b.usualShell(to) || len(runs) == 0 {
		return edit{}, false
	}
	if length := len(strings.Join(runs, "")); len(runs) > 1 && length > maxJoinedText {
		return edit{}, false
	}
	joined, ok := runs[0], true
	if len(runs) > 1 {
		joined, ok = rewrite.Join(runs)
	}
	if ok && cleanup != "" {
		joined, ok = rewrite.AppendCleanup(joined, cleanup)
	}
	if !ok {
		return edit{}, false
	}
	return edit{strings.Join(b.texts(from, to), "\n"), strings.Join(append([]string{joined}, others...), "\n")}, true
}

// usualShell reports whether RUN scripts up to an instruction go to a shell that
// the edits know.
func (b *Build) usualShell(at int) bool {
	for i := at; i >= 0; i-- {
		if b.keyword(i) == "SHELL" {
			return rewrite.PosixShell(b.text(i))
		}
	}
	return true
}

// runs counts the RUNs from one instruction to another.
func (b *Build) runs(from, to int) (n int) {
	for i := from; i <= to; i++ {
		if b.keyword(i) == "RUN" {
			n++
		}
	}
	return n
}

// largest is a finding's largest file as an absolute path, "" without paths.
func largest(f *model.Finding) string {
	if len(f.Paths) == 0 {
		return ""
	}
	return "/" + f.Paths[0]
}

// files names what a finding holds, for a sentence.
func files(f *model.Finding) string {
	switch {
	case len(f.Paths) == 0:
		return "the files"
	case f.FileCount <= 1:
		return largest(f)
	}
	return largest(f) + " and the files with it"
}

// inherited answers for what only the base image's maker can mend.
func inherited(what string) *model.Fix {
	return hint(model.ChangeBase, "The base image brings "+what+"; use a newer or smaller base image, or ask its maker to remove them where they are made.")
}
