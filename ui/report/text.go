package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

const (
	// pageLines is what a report takes unless it is verbose: a small terminal
	// of 24 lines, less one for the prompt.
	pageLines = 23

	defaultWidth, minWidth = 80, 40
	// maxWidth keeps a line within what an eye follows.
	maxWidth = 120
)

// Text writes the report for a person: the verdict first, then what to change,
// the worst first, on one small screen.
type Text struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // everything: all findings, their files, the instructions
}

// Write implements Writer.
func (t Text) Write(w io.Writer, r *model.Report) error {
	p := t.page(r)
	p.header()
	p.notes()
	p.findings()
	if t.Verbose {
		p.instructions()
	}
	_, err := io.WriteString(w, strings.Join(p.lines, "\n")+"\n")
	return err
}

// page is a text report in the making.
type page struct {
	display.Charset
	paint

	report  *model.Report
	width   int
	verbose bool
	lines   []string
}

func (t Text) page(r *model.Report) *page {
	p := &page{Charset: display.Unicode, paint: paint(t.Color), report: r, width: t.Width, verbose: t.Verbose}
	if t.ASCII {
		p.Charset = display.ASCII
	}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = min(max(p.width, minWidth), maxWidth)
	return p
}

func (p *page) add(lines ...string) { p.lines = append(p.lines, lines...) }

// say adds a sentence, wrapped and then painted.
func (p *page) say(style func(string) string, text string) {
	for _, line := range display.Wrap(text, p.width) {
		p.add(style(line))
	}
}

// left is how many lines the page has room for.
func (p *page) left() int { return pageLines - len(p.lines) }

// facts joins short texts by dots into as few lines as they fit, none wider
// than width. The texts are safe to print already and unstyled.
func (p *page) facts(width int, facts ...string) []string {
	var lines []string
	dot := " " + p.Dot + " "
	line := ""
	for _, fact := range facts {
		fact = p.Truncate(fact, width)
		switch {
		case line == "":
			line = fact
		case display.Width(line)+display.Width(dot)+display.Width(fact) > width:
			lines = append(lines, line)
			line = fact
		default:
			line += dot + fact
		}
	}
	return append(lines, line)
}

// step names an instruction and says what it is, in one line.
func (p *page) step(layer, instruction *int, width int) string {
	var name string
	if layer != nil {
		name = fmt.Sprintf("layer %d", *layer)
	}
	if instruction == nil || *instruction < 0 || *instruction >= len(p.report.Instructions) {
		if name == "" {
			return ""
		}
		return p.Truncate(name+", no known instruction", width)
	}
	in := &p.report.Instructions[*instruction]
	if name != "" {
		name += ", "
	}
	name += fmt.Sprintf("step %d", *instruction)
	if in.Location != nil {
		name += fmt.Sprintf(", line %d", in.Location.Line)
	}
	if text := p.OneLine(clip(in.Text)); text != "" {
		name += ": " + text
	}
	return p.Truncate(name, width)
}

// maxText is how much of an instruction is worth laying out. A config may hold
// one of 32 MiB, and every finding of its layer quotes it.
const maxText = 64 << 10

// clip leaves out what of an instruction goes beyond maxText, and says so.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + fmt.Sprintf("\n(%s more)", display.Bytes(int64(len(text)-maxText)))
}

// maker is the instruction that made a layer.
func (p *page) maker(layer *int) *int {
	if layer == nil || *layer < 0 || *layer >= len(p.report.Layers) {
		return nil
	}
	return p.report.Layers[*layer].Instruction
}
