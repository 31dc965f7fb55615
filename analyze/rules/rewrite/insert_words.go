package rewrite

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/lazyregexp"
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

// MaxColumns is how long a line may become through names that are written into it.
const MaxColumns = 120

// callText is a call where it stands in an instruction.
type callText struct {
	run      string
	words    []*syntax.Word
	first    int // the first word of the command itself, behind sudo and the like
	position func(int) int
}

func (t *callText) from(i int) int { return t.position(int(t.words[i].Pos().Offset())) }
func (t *callText) to(i int) int   { return t.position(int(t.words[i].End().Offset())-1) + 1 }

// lineOf returns where the line begins and ends that a byte stands in.
func (t *callText) lineOf(at int) (start, end int) {
	start = strings.LastIndexByte(t.run[:at], '\n') + 1
	end = len(t.run)
	if n := strings.IndexByte(t.run[at:], '\n'); n >= 0 {
		end = at + n
	}
	return start, end
}

// breakLines puts the names among the insertions of a call into lines of their own where they
// would make the author's line too long: behind all words of that line, since names in front of a
// trailing -y would tear it from the others.
func (t *callText) breakLines(list []Insertion) []Insertion {
	added, flags := make(map[int]int), make(map[int]int) // columns that each line gets, by where it begins
	inline := func(in *Insertion) (start, end int, ok bool) {
		piece := t.write(in)
		start, end = t.lineOf(piece.from)
		return start, end, !strings.Contains(piece.text, "\n")
	}
	for i := range list {
		if start, _, ok := inline(&list[i]); ok {
			columns := utf8.RuneCountInString(strings.Join(list[i].Words, " ")) + 1
			if added[start] += columns; !list[i].Listed && !list[i].Above {
				flags[start] += columns
			}
		}
	}
	var out []Insertion
	at := make(map[int]int) // the insertion with a line's names in out, by where the line begins
	for i := range list {
		in := list[i]
		start, end, ok := inline(&in)
		if !ok || !in.Listed && !in.Above || utf8.RuneCountInString(t.run[start:end])+added[start] <= MaxColumns {
			out = append(out, in)
			continue
		}
		if k, has := at[start]; has {
			out[k].Words = slices.Concat(out[k].Words, in.Words)
			continue
		}
		for last := len(t.words) - t.first - 1; in.Behind < last && t.from(t.first+in.Behind+1) < end; {
			in.Behind++
		}
		in.broken, in.flags = true, flags[start]
		at[start] = len(out)
		out = append(out, in)
	}
	return out
}

// lineEnd is the end of a line that the next one continues.
var lineEnd = lazyregexp.New(`^([ \t]*)\\[ \t]*\n`)

// lineTail is the rest of a line behind a word, where nothing but the way to the next line comes.
var lineTail = lazyregexp.New(`^( *)((?:&&|;)? *\\[ \t]*\n)`)

// write returns the text of an insertion behind one of the call's words.
func (t *callText) write(in *Insertion) replacement {
	behind := t.first + in.Behind
	if in.broken {
		return t.writeLines(in, behind)
	}
	inline := replacement{t.to(behind), t.to(behind), " " + strings.Join(in.Words, " ")}
	// A backslash that stands below others stays there.
	if m := lineTail.FindStringSubmatch(t.run[inline.from:]); m != nil && len(m[1]) > 1 {
		inline.to += min(len(inline.text), len(m[1])-1)
	}
	like := behind // the word whose line the new ones are written like
	if in.Leads {
		like++
	}
	if !in.Listed || like < 1 || like >= len(t.words) {
		return inline
	}
	separator := listSeparator(t.run[t.to(like-1):t.from(like)])
	if separator == " " {
		return inline
	}
	end := lineEnd.FindStringSubmatch(t.run[t.to(behind):])
	if end == nil {
		return t.writeLast(in, behind, separator)
	}
	// Lines of their own, with the backslashes below each other where they were.
	indent := separator[strings.LastIndexByte(separator, '\n')+1:]
	pad, width := " ", 0
	if m := lineEnd.FindStringSubmatch(t.run[t.to(like):]); m != nil && !strings.Contains(m[1], "\t") {
		pad, width = m[1], t.to(like)-t.from(like)+len(m[1])
	}
	var lines strings.Builder
	for _, word := range in.Words {
		gap := pad
		if len(pad) > 1 {
			gap = strings.Repeat(" ", max(width-len(word), 1))
		}
		lines.WriteString(indent + word + gap + "\\\n")
	}
	at := t.to(behind) + len(end[0])
	return replacement{at, at, lines.String()}
}

// writeLast writes lines of words behind the last one of a list, which another command may
// follow; separator is what stands in front of that word.
func (t *callText) writeLast(in *Insertion, behind int, separator string) replacement {
	at := t.to(behind)
	blanks, indent, _ := strings.Cut(separator, "\\")
	if len(blanks) < 2 || strings.Contains(blanks, "\t") || behind < 1 {
		return replacement{at, at, separator + strings.Join(in.Words, separator)}
	}
	width := t.to(behind-1) - t.from(behind-1) + len(blanks)
	var text strings.Builder
	from := at - t.from(behind)
	for _, word := range in.Words {
		text.WriteString(strings.Repeat(" ", max(width-from, 1)) + "\\" + indent + word)
		from = len(word)
	}
	to := at
	if m := lineTail.FindStringSubmatch(t.run[at:]); m != nil && len(m[1]) > 1 {
		to += len(m[1])
		text.WriteString(strings.Repeat(" ", max(at-t.from(behind)+len(m[1])-from, 1)))
	}
	return replacement{at, to, text.String()}
}

// writeLines writes words into lines of their own behind the last word of a line.
func (t *callText) writeLines(in *Insertion, behind int) replacement {
	at := t.to(behind)
	start, end := t.lineOf(at)
	outer := t.run[start : start+len(t.run[start:end])-len(strings.TrimLeft(t.run[start:end], " \t"))]
	indent := outer
	switch {
	case start > t.from(0): // the line continues the call's list
	case strings.HasSuffix(outer, "\t"):
		indent += "\t"
	default:
		indent += "    "
	}
	to := at
	rest, after := t.run[at:end], ""
	if next := strings.TrimLeft(rest, " \t"); strings.HasPrefix(next, "&&") && strings.Trim(next, "&\\ \t") != "" {
		after = " \\\n" + cmp.Or(outer, "    ")
		to += len(rest) - len(next)
	}
	names := " " + strings.Join(in.Words, " ")
	if after != "" && utf8.RuneCountInString(t.run[start:at])+in.flags+len(names)+len(" \\") <= MaxColumns {
		return replacement{at, to, names + after} // what follows made the line too long
	}
	var text strings.Builder
	columns := MaxColumns
	for _, word := range in.Words {
		if columns+1+len(word)+len(" \\") > MaxColumns {
			text.WriteString(" \\\n" + indent + word)
			columns = len(indent) + len(word)
			continue
		}
		text.WriteString(" " + word)
		columns += 1 + len(word)
	}
	return replacement{at, to, text.String() + after}
}

// listSeparator returns what separates the words of a list, given what stands between
// two of them: a continued line, or a blank. Lines with nothing but a backslash part groups of
// words, so they are left out.
func listSeparator(between string) string {
	first, last := strings.IndexByte(between, '\n'), strings.LastIndexByte(between, '\n')
	if first >= 0 && strings.Trim(between, " \t\\\n") == "" {
		return between[:first] + between[last:]
	}
	return " "
}
