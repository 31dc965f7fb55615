package workloads

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxObject is how many bytes one object of a stream may have. A cluster stores no object of
// more than 1.5 MB, and nodes of YAML take fifty times their text.
const maxObject = 4 << 20

// part is a piece of a stream, and the number of lines before it.
type part struct {
	text  []byte
	lines int
}

// split cuts a stream at the lines that separate its documents. The YAML library stops at
// the first document that is broken; this way the others are read.
func split(text []byte) []part {
	var parts []part
	start, startLine, at := 0, 0, 0
	for lines := 0; at < len(text); lines++ {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if separates(text[at:end]) {
			parts = append(parts, part{text[start:at], startLine})
			start, startLine = at, lines
			if text[at] == '.' { // the end of a document is no part of the next
				start, startLine = end, lines+1
			}
		}
		at = end
	}
	return append(parts, part{text[start:], startLine})
}

// separates reports whether a line starts or ends a document.
func separates(line []byte) bool {
	if len(line) < 3 || string(line[:3]) != "---" && string(line[:3]) != "..." {
		return false
	}
	return len(line) == 3 || strings.ContainsRune(" \t\r\n", rune(line[3]))
}

// blank is a document of comments, directives and marks only.
var blank = lazyregexp.New(`^(?:(?:[ \t]*|[ \t]*#.*|%.*|---[ \t]*|---[ \t]+#.*)(?:\r?\n|$))*$`)

var chartFile = lazyregexp.New(`(?m)^# Source: (\S+)`)

// document reads one document of YAML. The items of a list that kubectl printed are read
// one by one, which takes less memory, and if one is broken, the others are read.
func (r *reader) document(p part) {
	r.source = ""
	if blank.Match(p.text) || !r.worthwhile(p.text) || startsJSON(p.text) && r.json(p) {
		return
	}
	if m := chartFile.FindSubmatch(p.text[:min(len(p.text), 1000)]); m != nil {
		r.source = string(m[1])
	}
	items := listItems(p)
	if len(items) == 0 {
		r.parse(p)
		return
	}
	r.seen = true
	for _, item := range items {
		r.parse(item)
	}
}

// parse reads one piece of YAML that is an object, or several.
func (r *reader) parse(p part) {
	if len(p.text) > maxObject {
		r.problem(p.lines+1, "this object has more than 4 MB, more than a cluster stores, so it is left out", "check that it is a manifest")
		return
	}
	var doc yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(p.text)).Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
	case err != nil && bytes.Contains(p.text, []byte("{{")):
		r.template()
	case err != nil:
		line, reason := broken(err)
		next := "check that line and those above it"
		if strings.HasPrefix(reason, "did not find expected") { // the line is where the list or mapping starts
			next = "check the part that starts in that line"
		}
		if strings.HasPrefix(reason, "found a tab") {
			line, next = tabLine(p.text, line), "indent that line with blanks"
		}
		if strings.HasPrefix(reason, "unknown anchor") { // the word may be a password
			reason, next = "a text that begins with * is taken for the name of an anchor, which is not there", "put such a text into quotes"
		}
		r.problem(p.lines+line, "it is not valid YAML: "+reason, next)
	case len(doc.Content) > 0:
		moved(&doc, p.lines, 0)
		r.object(doc.Content[0], "")
	}
}

// tabLine is the first line from one on that a tab indents: the library names the line where what
// the tab breaks off began, and kubectl the one with the tab.
func tabLine(text []byte, from int) int {
	n := 0
	for line := range bytes.Lines(text) {
		if n++; n < from {
			continue
		}
		if indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; bytes.Contains(indent, []byte("\t")) {
			return n
		}
	}
	return from
}

// moved adds the lines before a document to those of its nodes.
func moved(n *yaml.Node, lines, depth int) {
	n.Line += lines
	if depth < deepest {
		for _, child := range n.Content {
			moved(child, lines, depth+1)
		}
	}
}

// deepest is beyond what the YAML library reads, which stops at 10,000.
const deepest = 20_000

var yamlLine = lazyregexp.New(`^yaml: line ([0-9]+): `)

// broken is what the YAML library says of a document, and the line, which it does not name
// where it is the first.
func broken(err error) (line int, reason string) {
	reason = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n, strings.TrimPrefix(reason, "line "+m[1]+": ")
		}
	}
	return 1, reason
}

// listItems cuts a list of objects into its items, where it looks as kubectl prints it: a
// line "items:", and items that start with a dash in the first column. Anything else has no
// items here, and is read as a whole.
func listItems(p part) (items []part) {
	at := bytes.Index(p.text, []byte("\nitems:"))
	if at < 0 || anchor.Match(p.text) || !bytes.Contains(p.text, []byte("\nkind: List")) && !bytes.HasPrefix(p.text, []byte("kind: List")) {
		return nil
	}
	rest := p.text[at+1:]
	newline := bytes.IndexByte(rest, '\n')
	if newline < 0 || strings.TrimSpace(string(rest[:newline])) != "items:" {
		return nil
	}
	at += 1 + newline + 1
	lines := p.lines + bytes.Count(p.text[:at], []byte("\n"))
	for at < len(p.text) && p.text[at] == '-' {
		end, count := at, 0
		for end < len(p.text) && (count == 0 || p.text[end] == ' ' || p.text[end] == '\n' || p.text[end] == '\r') {
			next := bytes.IndexByte(p.text[end:], '\n')
			count++
			if next < 0 {
				end = len(p.text)
				break
			}
			end += next + 1
		}
		items = append(items, part{p.text[at:end], lines})
		at, lines = end, lines+count
	}
	return items
}

// anchor is what an item may refer to in one before it.
var anchor = lazyregexp.New(`[-:] +&[^ ]`)

// startsJSON reports whether a document may be JSON, and not a template.
func startsJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[') && !bytes.HasPrefix(text, []byte("{{"))
}

// decoded is text as UTF-8. PowerShell writes what kubectl prints to it as UTF-16.
func decoded(text []byte) []byte {
	if len(text) < 2 || text[0] != 0xff && text[0] != 0xfe || text[0]^text[1] != 1 {
		return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 2; i+1 < len(text); i += 2 {
		low, high := text[i], text[i+1]
		if text[0] == 0xfe {
			low, high = high, low
		}
		units = append(units, uint16(high)<<8|uint16(low))
	}
	return []byte(string(utf16.Decode(units)))
}
