package view

import (
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

const (
	defaultWidth, minWidth = 80, 40
	// maxWidth keeps a line within what an eye follows.
	maxWidth = 120
)

// Page is a text for a person in the making: lines of at most so many cells.
// It is used by one goroutine.
type Page struct {
	View
	Width   int  // cells of a line
	Verbose bool // nothing is left out
	lines   []string
}

// NewPage starts a page about a report, which may be nil for one about something
// else. A width of 0 means 80 cells; any other is kept between 40 and 120.
func NewPage(r *model.Report, width int, color, ascii, verbose bool) *Page {
	p := &Page{View: View{Charset: display.Unicode, paint: paint(color), Report: r}, Width: width, Verbose: verbose}
	if ascii {
		p.Charset = display.ASCII
	}
	if p.Width == 0 {
		p.Width = defaultWidth
	}
	p.Width = min(max(p.Width, minWidth), maxWidth)
	return p
}

// Flush writes the page, each line ended by a line feed.
func (p *Page) Flush(w io.Writer) error {
	_, err := io.WriteString(w, strings.Join(p.lines, "\n")+"\n")
	return err
}

// Height returns how many lines the page has so far.
func (p *Page) Height() int { return len(p.lines) }

// Last returns the last line, to be added to; the page has one.
func (p *Page) Last() *string { return &p.lines[len(p.lines)-1] }

// Add appends lines that are painted and fit already.
func (p *Page) Add(lines ...string) { p.lines = append(p.lines, lines...) }

// Say adds a sentence, wrapped and then painted.
func (p *Page) Say(style func(string) string, text string) {
	for _, line := range display.Wrap(text, p.Width) {
		p.Add(style(line))
	}
}

// Facts joins short texts by dots into as few lines as they fit, none wider
// than width. The texts are safe to print already and unstyled.
func (p *Page) Facts(width int, facts ...string) []string {
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
