package rewrite

import (
	"cmp"
	"slices"

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
	type piece struct {
		from, to int
		text     string
	}
	var pieces []piece
	r.eachCall(func(c Command, words []*syntax.Word, first int) {
		for at, text := range replace(c) {
			word := words[first+at]
			pieces = append(pieces, piece{position(int(word.Pos().Offset())), position(int(word.End().Offset())-1) + 1, text})
		}
	})
	if len(pieces) == 0 {
		return "", false
	}
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(b.from, a.from) })
	edited := run
	for _, p := range pieces {
		edited = edited[:p.from] + p.text + edited[p.to:]
	}
	return edited, sameScript(edited, want)
}
