// Package handout writes the course on paper: one HTML page that a browser prints on A4
// or Letter, with a sheet for each lesson and the answers at the end. Wasted bytes are hatched, so
// that they differ from live ones on a printer without colours, too.
package handout

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/markdown"
)

//go:embed handout.html
var page string

// sheet is a lesson on paper.
type sheet struct {
	Number    int
	Title     string
	Minutes   int
	Text      template.HTML
	Questions []string
	Bars      []bar
	Size      string
	Wasted    string
	Files     []file
	Hints     []string
	Par       string     // "" where nothing is played
	Ruled     [12]string // lines to write on, of which the page shows as many as fit

	Answers  []string
	Solution []file
	After    string // the size of the solution's image
}

// bar is one instruction in the chart of the layers.
type bar struct {
	Line         string
	Text         string
	Size, Wasted string // Wasted is "" where nothing is
	Live, Waste  int    // thousandths of the widest bar
}

type file struct{ Name, Text string }

// Lines are the lines of a file with their numbers, which questions ask for.
func (f file) Lines() (lines []numbered) {
	for i, text := range strings.Split(f.Text, "\n") {
		lines = append(lines, numbered{i + 1, text})
	}
	return lines
}

type numbered struct {
	Number int
	Text   string
}

// Write writes the course to w. It fails if w or ctx does, or if a lesson's texts do not agree
// with its image.
func Write(ctx context.Context, w io.Writer, lessons []*lesson.Lesson) error {
	t, err := template.New("handout").Parse(page)
	if err != nil {
		return err
	}
	var sheets []sheet
	for i, l := range lessons {
		s, err := newSheet(ctx, l)
		if err != nil {
			return err
		}
		s.Number = i + 1
		sheets = append(sheets, s)
	}
	return t.Execute(w, sheets)
}

func newSheet(ctx context.Context, l *lesson.Lesson) (sheet, error) {
	s := sheet{Title: l.Title, Minutes: l.Minutes, Files: files(l.Start), Solution: files(l.Solution)}
	start, err := lesson.Judge(ctx, l, l.Start)
	if err != nil {
		return s, err
	}
	solution, err := lesson.Judge(ctx, l, l.Solution)
	if err != nil {
		return s, err
	}
	story := lesson.Told(start, solution)
	fill := func(text string) string {
		filled, failed := story.Fill(text)
		if failed != nil && err == nil {
			err = fmt.Errorf("lesson %s: %w", l.Name, failed)
		}
		return filled
	}
	s.Text = toHTML(fill(l.Text))
	for _, q := range l.Look {
		s.Questions = append(s.Questions, fill(q.Ask))
		s.Answers = append(s.Answers, upper(fill(q.Answer.String()))+". "+fill(q.Because))
	}
	for _, h := range l.Hints {
		s.Hints = append(s.Hints, fill(h))
	}
	if start.Report != nil {
		s.Bars = bars(start.Report)
	}
	if l.Par > 0 {
		s.Par = display.Bytes(l.Par)
	}
	s.Size, s.Wasted = display.Bytes(start.Figures.Size()), display.Bytes(start.Figures.Wasted())
	s.After = display.Bytes(solution.Figures.Size())
	return s, err
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func files(all lesson.Files) []file {
	var list []file
	for _, name := range all.Names() {
		list = append(list, file{name, strings.TrimRight(all[name], "\n")})
	}
	return list
}

// bars returns a bar for each instruction, without those at the end that store nothing.
func bars(r *model.Report) []bar {
	steps := lesson.Steps(r)
	for len(steps) > 0 && steps[len(steps)-1].Size == 0 && !strings.HasPrefix(steps[len(steps)-1].Text, "RUN ") {
		steps = steps[:len(steps)-1]
	}
	most := int64(1)
	for _, s := range steps {
		most = max(most, s.Size)
	}
	var list []bar
	for _, s := range steps {
		b := bar{Line: fmt.Sprint(s.Line), Text: display.OneLine(s.Text), Size: display.Bytes(s.Size), Live: thousandths(s.Size-s.Wasted, most), Waste: thousandths(s.Wasted, most)}
		if b.Waste > 0 {
			b.Wasted = display.Bytes(s.Wasted)
		}
		list = append(list, b)
	}
	return list
}

func thousandths(part, whole int64) int { return int(part * 1000 / whole) }

// toHTML is a lesson's text as HTML.
func toHTML(text string) template.HTML {
	var b strings.Builder
	blocks := markdown.Blocks(text)
	for i, block := range blocks {
		item := block.Kind == markdown.Item
		if item && (i == 0 || blocks[i-1].Kind != markdown.Item) {
			b.WriteString("<ul>\n")
		}
		switch block.Kind {
		case markdown.Fence:
			b.WriteString("<pre>" + template.HTMLEscapeString(strings.Join(block.Lines, "\n")) + "</pre>\n")
		case markdown.Item:
			b.WriteString("<li>" + inline(block.Spans) + "</li>\n")
		default:
			b.WriteString("<p>" + inline(block.Spans) + "</p>\n")
		}
		if item && (i+1 == len(blocks) || blocks[i+1].Kind != markdown.Item) {
			b.WriteString("</ul>\n")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // escaped piece by piece
}

// inline is a paragraph as HTML.
func inline(spans []markdown.Span) string {
	var b strings.Builder
	for i, s := range spans {
		if s.Bold && (i == 0 || !spans[i-1].Bold) {
			b.WriteString("<strong>")
		}
		text := template.HTMLEscapeString(s.Text)
		if s.Code {
			text = "<code>" + text + "</code>"
		}
		b.WriteString(text)
		if s.Bold && (i+1 == len(spans) || !spans[i+1].Bold) {
			b.WriteString("</strong>")
		}
	}
	return b.String()
}
