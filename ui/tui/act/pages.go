package act

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Page shows what would be written: the diff, and how much it saves. It returns the last row of
// the diff. The user has seen the whole diff only after that row was on the screen.
func (p *Proposal) Page(page *draw.Page, r *model.Report) (title string, end int) {
	th := page.Theme
	title = "what would be written"
	if len(p.Files) > 0 {
		title += " to " + th.OneLine(strings.Join(p.Files, " and "), 60)
	}
	if p.Diff == "" {
		page.Paragraph(th.Text, "Nothing is left to write: the file already has these changes, or they cannot be made in it.")
	}
	for line := range strings.Lines(p.Diff) {
		writeDiffLine(page, strings.TrimRight(line, "\r\n"))
	}
	end = len(page.Rows)
	page.Blank()
	if p.Diff != "" {
		before, after := display.BytesApart(r.Image.Size, p.Size)
		words := []string{before + " " + th.Charset.Arrow + " " + after + " once it is built"}
		if pull := r.Image.CompressedSize; pull != nil && p.PullSize != nil {
			before, after := display.BytesApart(*pull, *p.PullSize)
			words = append(words, before+" "+th.Charset.Arrow+" "+after+" to pull")
		}
		page.List(th.Strong, words...)
	}
	for _, id := range p.Changes {
		for i := range r.Changes {
			if c := &r.Changes[i]; c.ID == id {
				writeWords(page, r, c)
			}
		}
	}
	for _, why := range p.Left {
		page.Paragraph(th.Waste, "left alone: "+why)
	}
	return title, end
}

func writeWords(page *draw.Page, r *model.Report, c *model.Change) {
	th := page.Theme
	words := view.New(r)
	words.Charset = th.Charset
	page.Blank()
	page.Paragraph(th.Strong, th.Charset.Minus+display.Bytes(c.Bytes)+"  "+c.Title)
	for _, sentence := range words.ChangeWords(c) {
		page.Paragraph(th.Text, sentence)
	}
}

// writeDiffLine writes a line of a unified diff, wrapped where it is too long to be
// read on one row: what is to be written is shown whole.
func writeDiffLine(page *draw.Page, line string) {
	th := page.Theme
	var style lipgloss.Style
	sign := ""
	switch {
	case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, `\ `):
		return
	case strings.HasPrefix(line, "+++ "):
		page.Blank()
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "+++ "), "\t")
		page.Row(th.Strong, th.OneLine(strings.TrimPrefix(name, "b/"), page.Width))
		return
	case strings.HasPrefix(line, "@@ "):
		page.Row(th.Dim, hunkPlace(line))
		return
	case strings.HasPrefix(line, "-"):
		style, sign, line = th.Removed, "-", line[1:]
	case strings.HasPrefix(line, "+"):
		style, sign, line = th.Added, "+", line[1:]
	default:
		style, sign, line = th.Dim, " ", strings.TrimPrefix(line, " ")
	}
	text := th.Charset.Escape(strings.ReplaceAll(line, "\t", "    "))
	for i, part := range wrapWhole(text, max(page.Width-2, 8)) {
		if i > 0 {
			sign = " "
		}
		page.End(page.Line().Cell(style, sign, 2).Add(style, part))
	}
}

// hunkPlace says where a piece of the diff is: "line 4" of the file as it is.
func hunkPlace(line string) string {
	var from int
	if _, err := fmt.Sscanf(line, "@@ -%d", &from); err != nil {
		return line
	}
	return fmt.Sprintf("from line %d", max(from, 1))
}

// wrapWhole cuts a text into parts of so many columns, behind a blank where one stands in the second
// half of them. Nothing is left out: joined, the parts are the text.
func wrapWhole(text string, columns int) (parts []string) {
	near := 16 * columns // bytes that hold a row, whatever its characters
	for len(text) > near || display.Width(text) > columns {
		part, _, _ := strings.Cut(ansi.Hardwrap(text[:min(len(text), near)], columns, true), "\n")
		if blank := strings.LastIndexByte(part, ' '); display.Width(part[:blank+1]) > columns/2 {
			part = part[:blank+1]
		}
		if part == "" {
			break // a character that is wider than the page
		}
		parts, text = append(parts, part), text[len(part):]
	}
	return append(parts, text)
}

// Page writes what the builder says, and returns its title. written reports whether there is a
// writing that can be taken back.
func (b *Build) Page(page *draw.Page, written bool) (title string) {
	th := page.Theme
	title = "building"
	page.Paragraph(th.Strong, b.Line)
	page.Blank()
	lines, cut := b.Lines()
	if cut {
		page.Row(th.Dim, "the beginning is left out")
	}
	for _, line := range lines {
		page.Paragraph(th.Text, ansi.Strip(line))
	}
	page.Blank()
	switch {
	case !b.Ended:
		stops := "; Esc stops it, q leaves it running"
		if b.Stopped {
			stops = "; it is being stopped"
		}
		page.Row(th.Accent, "building "+th.Charset.Ellipsis+" "+display.Duration(b.Took)+stops)
	case b.Err != nil:
		title = "the build failed"
		if b.Stopped {
			title = "the build was stopped"
		} else {
			page.Paragraph(th.Removed, b.Err.Error())
		}
		next := "You still see the previous image. e opens the Dockerfile, b builds again."
		if written {
			next = "You still see the previous image. u takes back the last change, e opens the Dockerfile."
		}
		page.Paragraph(th.Text, next)
	default:
		title = "built"
		page.Row(th.Accent, "built in "+display.Duration(b.Took)+"; reading the new image")
	}
	return title
}
