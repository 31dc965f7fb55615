package report

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

const (
	defaultWidth, minWidth = 80, 40
	// maxWidth keeps a line within what an eye follows.
	maxWidth = 120
)

// page is a text for a person in the making: lines of at most so many cells.
// It is used by one goroutine.
type page struct {
	view
	width   int  // cells of a line
	verbose bool // nothing is left out
	lines   []string
}

// newPage starts a page about a report, which may be nil for one about something
// else. A width of 0 means 80 cells; any other is kept between 40 and 120.
func newPage(r *model.Report, width int, color, ascii, verbose bool) *page {
	p := &page{view: view{Charset: display.Unicode, paint: paint(color), report: r}, width: width, verbose: verbose}
	if ascii {
		p.Charset = display.ASCII
	}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = min(max(p.width, minWidth), maxWidth)
	return p
}

// add appends lines that are painted and fit already.
func (p *page) add(lines ...string) { p.lines = append(p.lines, lines...) }

// say adds a sentence, wrapped and then painted.
func (p *page) say(style func(string) string, text string) {
	for _, line := range display.Wrap(text, p.width) {
		p.add(style(line))
	}
}

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
