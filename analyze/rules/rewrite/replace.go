package rewrite

import (
	"cmp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ReplaceWords puts other words in the place of literal ones in commands of a RUN, of a
// here-document that is the whole script, too. replace says for a command which, by their
// index; they must be without characters that the shell expands. It reports false where
// no command has any, for the JSON form, and where the edited RUN would run anything else
// than the same commands with these words.
func ReplaceWords(run string, replace func(Command) map[int]string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.Exec != nil {
		return "", false
	}
	position, ok := r.positions()
	if !ok {
		return "", false
	}
	want := slices.Clone(r.Commands)
	for i, c := range want {
		want[i].Words = slices.Clone(c.Words)
		for at, text := range replace(c) {
			want[i].Words[at] = Word{Text: text, Literal: true}
		}
	}
	var pieces []replacement
	r.eachCall(func(c Command, words []*syntax.Word, first int) {
		for at, text := range replace(c) {
			word := words[first+at]
			pieces = append(pieces, replacement{position(int(word.Pos().Offset())), position(int(word.End().Offset())-1) + 1, text})
		}
	})
	if len(pieces) == 0 {
		return "", false
	}
	edited := replaceAll(run, pieces)
	return edited, sameScript(edited, want)
}

// replacement is a text that goes in the place of some bytes of another: before the one at
// from, where from and to are the same.
type replacement struct {
	from, to int
	text     string
}

// replaceAll makes all replacements, which do not overlap, and sorts them. Of texts that go to
// the same place the first ends up last.
func replaceAll(text string, all []replacement) string {
	slices.SortStableFunc(all, func(a, b replacement) int { return cmp.Compare(b.from, a.from) })
	for _, r := range all {
		text = text[:r.from] + r.text + text[r.to:]
	}
	return text
}

// ReplaceCommand writes another command in the place of the one that matches, or
// takes it out where with is "". It returns "" where nothing is left of the RUN, and
// false where more or less than one command matches, where that stands anywhere but
// in the lists at the top of the script, writes somewhere, or decides the status of
// the RUN in another way than its successor would.
func ReplaceCommand(run string, match func(Command) bool, with string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() {
		return "", false
	}
	at := slices.IndexFunc(r.Commands, match)
	if at < 0 || slices.ContainsFunc(r.Commands[at+1:], match) {
		return "", false
	}
	var put []Command
	if with != "" {
		added, err := parseShell(with)
		if err != nil || strings.Contains(with, "\n") || hasComments(added) {
			return "", false
		}
		put = commandsOf(added)
	}
	from, to, ok := r.placeOf(match, with == "")
	if !ok {
		return "", false
	}
	want := slices.Concat(r.Commands[:at], put, r.Commands[at+1:])
	if len(want) == 0 {
		return "", true
	}
	end := len(run)
	if to > 0 {
		end = r.in.at[to-1] + 1
	}
	edited := run[:r.in.at[from]] + with + run[end:]
	return edited, sameScript(edited, want)
}

// placeOf finds the text of a command in the script; with whole, what has to go so
// that the list goes on without it.
func (r *Run) placeOf(match func(Command) bool, whole bool) (from, to int, ok bool) {
	stmts := r.file.Stmts
	for i, s := range stmts {
		list := elements(s)
		for k, el := range list {
			c, simple := el.command()
			if !simple || !match(c) || s.Background {
				continue
			}
			switch {
			case !whole || len(list) == 1 && len(stmts) == 1:
				return el.from, el.to, true
			case k > 0:
				return list[k-1].to, el.to, true
			case len(list) > 1:
				return el.from, list[1].from, true
			case i+1 < len(stmts):
				return el.from, int(stmts[i+1].Pos().Offset()), true
			}
			// The statement in front would decide the RUN's status in its place.
			return stmtEnd(stmts[i-1]), el.to, r.startsWithErrexit() && straight(stmts[i-1])
		}
	}
	return 0, 0, false
}

// WithFlag returns the COPY with one flag more, in front of the others.
func (c *Copy) WithFlag(flag string) string { return c.withFlag(flag) }
