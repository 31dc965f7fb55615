package rewrite

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxColumns is how long a line may become through names that are written into it.
const maxColumns = 120

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
		if !ok || !in.Listed && !in.Above || utf8.RuneCountInString(t.run[start:end])+added[start] <= maxColumns {
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
	if after != "" && utf8.RuneCountInString(t.run[start:at])+in.flags+len(names)+len(" \\") <= maxColumns {
		return replacement{at, to, names + after} // what follows made the line too long
	}
	var text strings.Builder
	columns := maxColumns
	for _, word := range in.Words {
		if columns+1+len(word)+len(" \\") > maxColumns {
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
