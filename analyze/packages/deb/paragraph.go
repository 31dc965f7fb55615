package deb

import (
	"iter"
	"strings"
)

// Paragraphs yields the paragraphs of a control file as deb822(5) describes it:
// blocks of lines, set apart by empty lines.
func Paragraphs(text string) iter.Seq[Paragraph] {
	return func(yield func(Paragraph) bool) {
		for text != "" {
			text = strings.TrimLeft(text, "\r\n")
			end := paragraphEnd(text)
			if end > 0 && !yield(Paragraph(text[:end])) {
				return
			}
			text = text[end:]
		}
	}
}

// paragraphEnd finds the empty line, which may carry the other system's \r.
func paragraphEnd(text string) int {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
		if rest := text[at:]; strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n") {
			return at
		}
	}
}

// Paragraph is the text of one paragraph.
type Paragraph string

// Fields yields names and values in the order of the text. A value that goes on
// over lines keeps its line ends. Lines that are no field are passed over.
func (p Paragraph) Fields() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for text := string(p); text != ""; {
			end := fieldEnd(text)
			name, value, ok := strings.Cut(text[:end], ":")
			text = text[end:]
			if ok && name != "" && name[0] > ' ' && !strings.Contains(name, "\n") && !yield(name, trim(value)) {
				return
			}
		}
	}
}

// fieldEnd finds the first line that does not go on with a blank.
func fieldEnd(text string) int {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
		if at < len(text) && text[at] != ' ' && text[at] != '\t' {
			return at
		}
	}
}
