// Package markdown reads the Markdown that lessons use: paragraphs, lists, fenced code,
// bold and code within a line. Each face of the course draws the blocks in its own way.
package markdown

import "strings"

// Kind is what a block is.
type Kind int

const (
	Paragraph Kind = iota
	Item           // of a list
	Fence          // code, line by line
)

// Block is a part of a text.
type Block struct {
	Kind  Kind
	Apart bool     // an empty line stands before it
	Spans []Span   // of a paragraph or an item
	Lines []string // of a fence, as they are
}

// Span is a stretch of text of one kind.
type Span struct {
	Text       string
	Bold, Code bool
}

// Blocks parts a text. A fence that nothing closes goes on to the end.
func Blocks(text string) []Block {
	var r reader
	for line := range strings.Lines(text) {
		r.line(strings.TrimRight(line, "\r\n"))
	}
	r.flush()
	return r.blocks
}

// reader is a text that is read line by line.
type reader struct {
	blocks []Block
	open   []string // lines of the paragraph or item under way
	kind   Kind     // what they are; a fence is open where it is Fence
	apart  bool     // an empty line stood before what comes next
}

func (r *reader) line(line string) {
	fence := strings.HasPrefix(line, "```")
	switch {
	case fence && r.kind == Fence:
		r.kind = Paragraph
	case fence:
		r.flush()
		r.kind = Fence
		r.add(Block{Kind: Fence})
	case r.kind == Fence:
		last := &r.blocks[len(r.blocks)-1]
		last.Lines = append(last.Lines, line)
	case line == "":
		r.flush()
		r.apart = true
	case strings.HasPrefix(line, "- "):
		r.flush()
		r.kind, r.open = Item, []string{line[2:]}
	default:
		r.open = append(r.open, strings.TrimSpace(line))
	}
}

// flush ends the paragraph or item under way.
func (r *reader) flush() {
	if len(r.open) > 0 {
		r.add(Block{Kind: r.kind, Spans: Inline(strings.Join(r.open, " "))})
	}
	if r.kind != Fence {
		r.open, r.kind = nil, Paragraph
	}
}

func (r *reader) add(b Block) {
	b.Apart, r.apart = r.apart, false
	r.blocks = append(r.blocks, b)
}

// Inline parts a line into what is bold, code and neither. Code may stand in what is
// bold; stars in code are stars.
func Inline(text string) []Span {
	var spans []Span
	bold := false
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			spans = add(spans, Span{part, bold, true})
			continue
		}
		for j, words := range strings.Split(part, "**") {
			if j > 0 {
				bold = !bold
			}
			spans = add(spans, Span{words, bold, false})
		}
	}
	return spans
}

func add(spans []Span, s Span) []Span {
	if s.Text == "" {
		return spans
	}
	return append(spans, s)
}

// Plain is a line without its marks.
func Plain(line string) string {
	var b strings.Builder
	for _, s := range Inline(line) {
		b.WriteString(s.Text)
	}
	return b.String()
}
