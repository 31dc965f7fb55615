package fix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// document is a Dockerfile in pieces: the instructions of the image's history, and the lines
// around them. Written out again, the file is the same to the byte except for the pieces that
// were edited.
type document struct {
	pieces []*piece
}

// piece is a stretch of whole lines.
type piece struct {
	raw  string // as in the file; "" once an edit has removed the piece
	line int    // in the old file, from 1; a piece that an edit added has its neighbour's

	// Of instructions:
	text   string // as rules read it: no indentation, \n line ends, \ as escape
	form   form
	fault  string // why the piece cannot be edited, "" where it can
	edited string // the rule whose fix edited the piece, "" before any did
	// origins are the report's instructions that the piece's text comes from, in order.
	origins []int
}

// form is what the text that rules read leaves out of an instruction as written.
type form struct {
	indent, eol string
	noEOL       bool   // the file ends with the instruction, without a line end
	backtick    bool   // the file's escape character is `
	last, blank string // the last line, and the blanks behind it, which are no part of it
}

// parseDocument cuts a Dockerfile at the lines of the image's instructions. at[i] is the piece
// that holds instruction i, nil where the file does not hold that instruction. The error says
// where the file is not the one that the image was read with.
func parseDocument(file []byte, instructions []model.Instruction) (doc *document, at []*piece, err error) {
	if len(file) > MaxDockerfile {
		return nil, nil, fmt.Errorf("the Dockerfile is larger than %d MiB, so it is probably not a Dockerfile", MaxDockerfile>>20)
	}
	lines := slices.Collect(strings.Lines(string(file)))
	at = make([]*piece, len(instructions))
	var order []int
	for i := range instructions {
		// What the base image brings is shown at the line of its FROM.
		if instructions[i].Location != nil && !instructions[i].Inherited {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(instructions[a].Location.Line, instructions[b].Location.Line)
	})
	doc = &document{}
	backtick, eol := escapesWithBacktick(lines), "\n"
	if len(lines) > 0 && strings.HasSuffix(lines[0], "\r\n") {
		eol = "\r\n"
	}
	next := 0 // the first line that no piece has
	for _, i := range order {
		from, to := instructions[i].Location.Line-1, instructions[i].Location.EndLine
		if last := doc.last(); from < next && last != nil && last.line == from+1 && last.text != "" {
			// Two instructions of one line: ONBUILD of a stage, or several layers of
			// one instruction. Either may be shown, neither edited.
			last.fault = "several of the image's steps come from this line"
			at[i] = last
			last.origins = append(last.origins, i)
			continue
		}
		if from < next || to <= from || to > len(lines) {
			return nil, nil, mismatch(instructions[i], "there are %d lines", len(lines))
		}
		if rewrite.Keyword(lines[from]) == "FROM" {
			continue
		}
		doc.add(strings.Join(lines[next:from], ""), next+1)
		p := &piece{raw: strings.Join(lines[from:to], ""), line: from + 1, origins: []int{i}}
		p.read(eol, backtick)
		if keyword := rewrite.Keyword(strings.TrimPrefix(p.text, "\ufeff")); !strings.EqualFold(keyword, instructions[i].Keyword) {
			return nil, nil, mismatch(instructions[i], "the line begins with %q", keyword)
		}
		doc.pieces = append(doc.pieces, p)
		at[i], next = p, to
	}
	doc.add(strings.Join(lines[next:], ""), next+1)
	return doc, at, nil
}

func mismatch(in model.Instruction, format string, args ...any) error {
	return fmt.Errorf("the Dockerfile is not the one the image was read with: line %[2]d should have %[1]s, but %[3]s; pass the Dockerfile that built the image",
		cmp.Or(in.Keyword, "an instruction"), in.Location.Line, fmt.Sprintf(format, args...))
}

// add appends lines that are no instruction of the image, if there are any.
func (d *document) add(raw string, line int) {
	if raw != "" {
		d.pieces = append(d.pieces, &piece{raw: raw, line: line})
	}
}

func (d *document) last() *piece {
	if len(d.pieces) == 0 {
		return nil
	}
	return d.pieces[len(d.pieces)-1]
}

// bytes returns the document as a file.
func (d *document) bytes() []byte {
	var b strings.Builder
	for _, p := range d.pieces {
		b.WriteString(p.raw)
	}
	return []byte(b.String())
}

// between returns the pieces between two others, without those.
func (d *document) between(a, b *piece) []*piece {
	i, j := slices.Index(d.pieces, a), slices.Index(d.pieces, b)
	if i < 0 || j <= i {
		return nil
	}
	return d.pieces[i+1 : j]
}

// read sets text and form from raw, and a fault where the piece cannot be edited. eol is the
// line end for a last line of the file that has no line end of its own.
func (p *piece) read(eol string, backtick bool) {
	body := p.raw
	p.form = form{eol: eol, backtick: backtick}
	if strings.Contains(body, "\n") {
		p.form.eol = "\n"
	}
	if strings.Contains(body, "\r") {
		p.form.eol = "\r\n"
		if strings.Count(body, "\n") != strings.Count(body, "\r\n") || strings.Count(body, "\r") != strings.Count(body, "\r\n") {
			p.fault = "it mixes CRLF and LF line endings"
		}
		body = strings.ReplaceAll(body, "\r\n", "\n")
	}
	if p.form.noEOL = !strings.HasSuffix(body, "\n"); !p.form.noEOL {
		body = body[:len(body)-1]
	}
	bare := strings.TrimLeft(body, " \t")
	p.form.indent = body[:len(body)-len(bare)]
	written := bare
	bare = strings.TrimRight(bare, " \t")
	p.text = bare
	p.form.last, p.form.blank = bare[strings.LastIndexByte(bare, '\n')+1:], written[len(bare):]
	if backtick {
		if p.text = withBackslash(bare); p.text == "" {
			p.text, p.fault = bare, "it uses the escape character ` or a backslash for more than line continuations"
		}
	}
	if one, ok := rewrite.Several(p.text); p.fault == "" && (!ok || len(one) != 1 || one[0] != p.text) {
		p.fault = "tare cannot tell where it ends"
	}
	if !utf8.ValidString(p.text) {
		p.fault = "it is not UTF-8"
	}
}

// write returns an instruction that rules wrote in the form of the file. It returns false where
// the file's escape character stands in the way.
func (f form) write(text string) (string, bool) {
	if f.backtick {
		if text = withBacktick(text); text == "" {
			return "", false
		}
	}
	// A line that nothing was done to stays as it is, with the blanks behind it.
	if f.blank != "" && strings.HasSuffix(text, "\n"+f.last) {
		text += f.blank
	}
	text = f.indent + text
	if !f.noEOL {
		text += "\n"
	}
	return strings.ReplaceAll(text, "\n", f.eol), true
}

var (
	backticks   = lazyregexp.New("`[ \t]*(\n|$)")
	backslashes = lazyregexp.New(`\\[ \t]*(\n|$)`)
)

// withBackslash returns text with a backslash for each ` that continues a line; "" where the
// text uses one of the two characters for something else as well.
func withBackslash(text string) string {
	if strings.Contains(text, `\`) || strings.Count(text, "`") != len(backticks.FindAllString(text, -1)) {
		return ""
	}
	return strings.ReplaceAll(text, "`", `\`)
}

func withBacktick(text string) string {
	if strings.Contains(text, "`") || strings.Count(text, `\`) != len(backslashes.FindAllString(text, -1)) {
		return ""
	}
	return strings.ReplaceAll(text, `\`, "`")
}

// directive matches a parser directive. Dockerfile reference, "Parser directives".
var directive = lazyregexp.New(`^#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.+?)[ \t\r\n]*$`)

// escapesWithBacktick reports whether the parser directives at the top of a file make ` the
// escape character.
func escapesWithBacktick(lines []string) bool {
	for i, line := range lines {
		if i == 0 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		m := directive.FindStringSubmatch(strings.TrimLeft(line, " \t"))
		if m == nil {
			return false
		}
		if strings.EqualFold(m[1], "escape") {
			return m[2] == "`"
		}
	}
	return false
}
