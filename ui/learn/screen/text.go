package screen

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/markdown"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// textRows lays out a lesson's text.
func textRows(th *draw.Theme, text string, width int) []string {
	var rows []string
	for _, b := range markdown.Blocks(text) {
		if b.Apart {
			rows = append(rows, draw.NewLine(th, width).String())
		}
		switch b.Kind {
		case markdown.Fence:
			rows = append(rows, fenceRows(th, b.Lines, width)...)
		case markdown.Item:
			rows = append(rows, wrapped(th, append([]word{{span{th.Text, "-"}}}, words(th, b.Spans)...), width, 2)...)
		default:
			rows = append(rows, wrapped(th, words(th, b.Spans), width, 0)...)
		}
	}
	return rows
}

// fenceRows are lines of code; what of a line does not fit goes on below, indented.
func fenceRows(th *draw.Theme, lines []string, width int) []string {
	var rows []string
	for _, line := range lines {
		for i, part := range display.Wrap(th.Charset.Escape(line), max(width-6, 8)) {
			if i == 0 { // wrapping takes blanks away
				part = leading(line) + strings.TrimLeft(part, " ")
			}
			rows = append(rows, draw.NewLine(th, width).Gap(2+4*min(i, 1)).Add(th.Keyword, part).String())
		}
	}
	return rows
}

// span is a stretch of text of one style, word is spans that touch.
type (
	span struct {
		style lipgloss.Style
		text  string
	}
	word []span
)

func (w word) width() (columns int) {
	for _, s := range w {
		columns += display.Width(s.text)
	}
	return columns
}

// words are the words of a paragraph.
func words(th *draw.Theme, spans []markdown.Span) []word {
	var all []word
	var now word
	for _, s := range spans {
		style := th.Text
		switch {
		case s.Code:
			style = th.Keyword
		case s.Bold:
			style = th.Strong
		}
		for i, part := range strings.Split(s.Text, " ") {
			if i > 0 && len(now) > 0 {
				all, now = append(all, now), nil
			}
			if part != "" {
				now = append(now, span{style, th.Charset.Escape(part)})
			}
		}
	}
	if len(now) > 0 {
		all = append(all, now)
	}
	return all
}

// wrapped lays words out in rows; those after the first are indented.
func wrapped(th *draw.Theme, words []word, width, indent int) []string {
	var rows []string
	l := draw.NewLine(th, width)
	for i, w := range words {
		switch {
		case i == 0:
		case l.Used > indent && l.Used+1+w.width() > width:
			rows = append(rows, l.String())
			l = draw.NewLine(th, width).Gap(indent)
		default:
			l.Gap(1)
		}
		for _, s := range w {
			l.Add(s.style, s.text)
		}
	}
	return append(rows, l.String())
}
