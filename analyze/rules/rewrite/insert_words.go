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
	// Listed writes the words as the author lists the others: a line each, where the
	// word in front stands on a line of its own, or the one behind if the words lead.
	Listed, Leads bool
	// Above puts the words in front of the first comment among the words behind the one at
	// Start, since the comment speaks of those below it.
	Above bool
	Start int

	broken bool // in lines of their own, since the author's would be too long
	flags  int  // columns that other words add to that line
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
	var pieces []replacement
	placed := make(map[string][]Insertion) // by the words of a command
	r.eachCall(func(c Command, words []*syntax.Word, first int) {
		list := insert(c)
		call := callText{run, words, first, position}
		for i := range list {
			if in := &list[i]; in.Above {
				in.Behind = aboveComments(run, words[first:], in, position)
			}
		}
		list = call.breakLines(list)
		for i := range list {
			pieces = append(pieces, call.write(&list[i]))
		}
		placed[wordsOf(c)] = list
	})
	want := slices.Clone(r.Commands)
	for i, c := range want {
		want[i].Words = inserted(c.Words, placed[wordsOf(c)])
	}
	if len(pieces) == 0 {
		return "", false
	}
	edited := replaceAll(run, pieces)
	return edited, sameScript(edited, want)
}

// wordsOf is a text that commands of the same words share.
func wordsOf(c Command) string {
	var text strings.Builder
	for _, w := range c.Words {
		text.WriteString(w.Text + "\x00")
	}
	return text.String()
}

// aboveComments returns behind which word of a call an insertion goes that stays above the
// comments among them.
func aboveComments(run string, words []*syntax.Word, in *Insertion, position func(int) int) int {
	for i := in.Start; i < in.Behind; i++ {
		between := run[position(int(words[i].End().Offset())-1)+1 : position(int(words[i+1].Pos().Offset()))]
		if strings.Contains(between, "\n") && strings.Contains(between, "#") {
			return i
		}
	}
	return in.Behind
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

// eachCall visits the calls of the script in the order of the source. words are those of
// the source; the command's own words, without prefixes such as sudo and env, begin at
// words[first].
func (r *Run) eachCall(visit func(c Command, words []*syntax.Word, first int)) {
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
		visit(Command{Words: stripped}, call.Args, len(words)-len(stripped))
		return true
	})
}
