package markdown

import (
	"html"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// A comment on a pull request is read by people who trust it, and an image is
// written by a stranger. So nothing of an image is ever Markdown: words of plain
// letters stay as they are, and all else goes into code spans, where there are
// no links, no mentions, no HTML and no references to issues.

// plainWord is a word that no dialect of Markdown gives a meaning: letters, with
// an apostrophe or a hyphen between them, a number with its sign, or a percent sign; in
// brackets, perhaps, and with a mark of the sentence behind it. An arrow and a dot are ours: an
// arrow stands between packages of which one brought the other, a dot between facts.
var plainWord = lazyregexp.New(`^[→·]$|^\(?(?:\p{L}+(?:['’-]\p{L}+)*['’]?|[+-]?[0-9]{1,6}(?:[.,][0-9]{1,3})*|%)\)?[.,;:!?]?$`)

// hash is a word that GitHub and GitLab may take for a commit's.
var hash = lazyregexp.New(`^[0-9a-fA-F]{7,}`)

// maxInline is how many cells of a text stand in a sentence.
const maxInline = 300

// Prose spells a text of the image, or one that quotes it, within a sentence.
func Prose(text string) string {
	text = short(display.OneLine(view.Start(text)), maxInline)
	var out []string
	code := false // the last of out is a code span in the making
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if n := commandAt(words, i); n > 0 {
			out = append(out, "\x00"+strings.Join(words[i:i+n], " "))
			code, i = false, i+n-1
			continue
		}
		switch {
		case isPlain(word):
			out = append(out, word)
			code = false
		case code && !strings.HasSuffix(words[i-1], ","):
			out[len(out)-1] += " " + word
		default:
			out = append(out, "\x00"+word)
			code = true
		}
	}
	for i, part := range out {
		if span, ok := strings.CutPrefix(part, "\x00"); ok {
			before, bare, after := ofSentence(span)
			out[i] = before + codeSpan(bare) + after
		}
	}
	return strings.Join(out, " ")
}

// quoted is an instruction that a reason of the gate quotes, with what it weighs behind it.
var quoted = lazyregexp.New(`\b(?:line|step) [0-9]+: (.+?) \(\+[0-9.]+ [kMGT]?B\)`)

// Reason is Prose for a reason of the gate, in which an instruction is one code span.
func Reason(text string) string {
	text = short(display.OneLine(view.Start(text)), maxInline)
	at := quoted.FindStringSubmatchIndex(text)
	if at == nil {
		return Prose(text)
	}
	return Prose(text[:at[2]]) + " " + codeSpan(text[at[2]:at[3]]) + " " + Prose(text[at[3]:])
}

// ofSentence parts a span from what belongs to the sentence around it: marks
// behind it, and a bracket that its other half is not with.
func ofSentence(span string) (before, bare, after string) {
	bare = span
	if strings.HasPrefix(bare, "(") && strings.Count(bare, "(") > strings.Count(bare, ")") {
		before, bare = "(", bare[1:]
	}
	bare = strings.TrimRight(bare, marks)
	if strings.HasSuffix(bare, ")") && strings.Count(bare, ")") > strings.Count(bare, "(") {
		bare = strings.TrimRight(bare[:len(bare)-1], marks)
	}
	if bare == "" {
		return "", span, ""
	}
	return before, bare, span[len(before)+len(bare):]
}

// marks are those of a sentence, none of which has a meaning by itself.
const marks = ".,;:!?"

// Code spells a text of the image as a code span, with its end cut off.
func Code(text string) string {
	return codeSpan(short(display.OneLine(view.Start(text)), maxInline/2))
}

// CodePath is Code for a path, of which the middle is cut out.
func CodePath(name string) string {
	return codeSpan(short(display.TruncatePath(display.Escape(view.Ends(name)), maxInline/2), maxInline/2))
}

// short cuts text to a number of cells, and to four bytes for each: a cell may
// hold many marks.
func short(text string, cells int) string {
	text = display.Truncate(text, cells)
	if len(text) <= 4*cells {
		return text
	}
	return strings.ToValidUTF8(text[:4*cells], "") + display.Unicode.Ellipsis
}

// codeSpan makes a span of text that is safe to print on one line. Within one
// there is nothing to obey but as many backticks as opened it (CommonMark 0.31,
// 6.1).
func codeSpan(text string) string {
	if strings.TrimSpace(text) == "" {
		return display.Unicode.None
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// Row makes a row of a table. A bar ends a cell even within a code span, and a
// backslash before it helps only if no other stands before that (GFM 4.10), so
// it is exchanged for one that looks like it.
func Row(cells ...string) string {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(cell, "|", "¦")
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// SummaryCode is Code within an HTML tag, where there is no Markdown.
func SummaryCode(text string) string {
	return "<code>" + html.EscapeString(short(display.OneLine(view.Start(text)), maxInline/2)) + "</code>"
}

// CodeBlock makes a fenced block. The lines are safe to print on one line each.
func CodeBlock(language string, lines []string) string {
	longest := 2
	for _, line := range lines {
		longest = max(longest, longestRun(line, '`'))
	}
	fence := strings.Repeat("`", longest+1)
	return fence + language + "\n" + strings.Join(lines, "\n") + "\n" + fence
}

// longestRun is how often c stands in a row at most.
func longestRun(text string, c byte) (longest int) {
	run := 0
	for i := range len(text) {
		if text[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
