package rewrite

import (
	"cmp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Insertion adds words to a command, behind the word at an index.
type Insertion struct {
	Behind int
	Words  []string // without characters that the shell expands
	// Listed writes the words as the author lists those before: a line each, where
	// the word in front stands on a line of its own.
	Listed bool
}

// InsertWords inserts words into commands of a RUN, of a here-document that is the
// whole script, too. insert says for a command which. It reports false where no
// command takes any, for the JSON form, and where the edited RUN would run anything
// else than the same commands with the words: the text of sh -c is not reached.
func InsertWords(run string, insert func(Command) []Insertion) (string, bool) {
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
		want[i].Words = inserted(c.Words, insert(c))
	}
	type piece struct {
		at   int
		text string
	}
	var pieces []piece
	syntax.Walk(r.file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		words := make([]Word, len(call.Args))
		for i, arg := range call.Args {
			words[i] = wordOf(arg)
		}
		stripped := stripPrefixes(words)
		first := len(words) - len(stripped)
		for _, in := range insert(Command{Words: stripped}) {
			word := call.Args[first+in.Behind]
			end := position(int(word.End().Offset())-1) + 1
			separator := " "
			if in.Listed {
				before := position(int(call.Args[first+in.Behind-1].End().Offset())-1) + 1
				separator = listSeparator(run[before:position(int(word.Pos().Offset()))])
			}
			pieces = append(pieces, piece{end, separator + strings.Join(in.Words, separator)})
		}
		return true
	})
	if len(pieces) == 0 {
		return "", false
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(b.at, a.at) })
	edited := run
	for _, p := range pieces {
		edited = edited[:p.at] + p.text + edited[p.at:]
	}
	return edited, sameScript(edited, want)
}

// inserted returns a command's words with those of insertions.
func inserted(words []Word, insertions []Insertion) []Word {
	insertions = slices.Clone(insertions)
	slices.SortStableFunc(insertions, func(a, b Insertion) int { return cmp.Compare(b.Behind, a.Behind) })
	for _, in := range insertions {
		var more []Word
		for _, text := range in.Words {
			more = append(more, Word{Text: text, Literal: true})
		}
		words = slices.Insert(slices.Clone(words), in.Behind+1, more...)
	}
	return words
}

// listSeparator returns what separates the words of a list, given what stands between
// two of them: a continued line, or a blank.
func listSeparator(between string) string {
	if strings.Count(between, "\n") == 1 && strings.Trim(between, " \t\\\n") == "" {
		return between
	}
	return " "
}

// positions says where in the instruction's source a byte of the script stands; false
// where that cannot be told.
func (r *Run) positions() (func(int) int, bool) {
	if !r.Heredoc {
		return func(at int) int { return r.in.at[at] }, true
	}
	m := heredocOnly.FindStringSubmatch(r.in.body)
	if m == nil || m[1] == "-" {
		return nil, false
	}
	start := len(r.in.src) - len(r.in.rest)
	return func(at int) int { return start + at }, strings.HasPrefix(r.in.rest, r.script)
}
