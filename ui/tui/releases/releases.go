// Package releases makes of a row of releases the lists that the terminal interface shows: the
// releases, the lines that made people pull, and a better order.
package releases

import (
	"fmt"
	"strconv"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	report "github.com/tare-oci/tare/ui/report/releases"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/lists"
)

// forNothing is the column of what people pulled though they had it.
const forNothing = "for nothing"

// Screen makes the lists of a row of releases. busy is what is still being done, "" for nothing. opens
// returns what opens an image by its name. The screen keeps the row, which must not change.
func Screen(r *model.Releases, busy string, opens func(reference string) string) lists.Screen {
	s := lists.Screen{Title: report.Title(r), Busy: busy}
	if r.Totals.PullBytes != nil {
		s.Fact = display.Total(*r.Totals.PullBytes) + " after the first"
	}
	s.Lists = []lists.List{releases(r, opens), lines(r)}
	if r.Read {
		s.Lists = append(s.Lists, order(r))
	}
	return s
}

func figure(n *int64) lists.Figure {
	if n == nil {
		return lists.Figure{Text: display.Unicode.None, Value: -1}
	}
	return lists.Figure{Text: display.Bytes(*n), Value: *n}
}

func waste(n *int64) lists.Figure {
	f := figure(n)
	f.Waste = f.Value > 0
	return f
}

// releases lists them, the newest first.
func releases(r *model.Releases, opens func(string) string) lists.List {
	l := lists.List{Name: "Releases", Columns: []string{"to pull", "new"}, Empty: "No release."}
	if r.Read {
		l.Columns = append(l.Columns, forNothing)
	}
	for i := len(r.Releases) - 1; i >= 0; i-- {
		at := &r.Releases[i]
		row := lists.Row{Key: at.References[0], Name: report.Name(r, i), Bad: at.Error != "", Text: func(p *draw.Page) { about(p, r, i) }}
		if at.Error == "" {
			row.Figures = []lists.Figure{figure(at.CompressedSize), figure(at.PullBytes)}
			row.Opens = opens(at.References[0])
			if r.Read {
				row.Figures = append(row.Figures, waste(at.PulledAgainBytes))
			}
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// about tells what of a release is new, line by line.
func about(p *draw.Page, r *model.Releases, i int) {
	at := &r.Releases[i]
	if at.Error != "" {
		p.Paragraph(p.Theme.Removed, at.Error)
	}
	for _, name := range at.References[1:] {
		p.Fact("also", name)
	}
	if at.Created != nil {
		p.Fact("created", display.Ago(*at.Created, p.Theme.Now))
	}
	p.Blank()
	for n := range r.Lines {
		l := &r.Lines[n]
		if l.Pulls[i] == 0 {
			continue
		}
		why := ""
		if l.Again != nil && l.Again[i] > 0 {
			why = forNothing
		}
		p.End(p.Line().Figure(p.Theme.Text, display.Bytes(l.Pulls[i]), 8).Gap(2).Cell(p.Theme.Waste, why, len(forNothing)+1).Add(p.Theme.Text, p.Theme.OneLine(l.Step.Text, p.Width)))
	}
}

func lines(r *model.Releases) lists.List {
	l := lists.List{Name: "Lines", Columns: []string{"pulled", forNothing, "times"}, Empty: "No line caused a pull."}
	for _, i := range report.Volatile(r) {
		line := &r.Lines[i]
		name := report.NameOf(line)
		l.Rows = append(l.Rows, lists.Row{
			Key: strconv.Itoa(i) + name, Name: name, Figures: []lists.Figure{figure(line.Bytes), waste(line.AgainBytes), {Text: display.Count(line.Changes), Value: int64(line.Changes)}},
			Text: func(p *draw.Page) {
				p.Paragraph(p.Theme.Text, name)
				p.Paragraph(p.Theme.Dim, report.Often(r, line)+".")
				if by := line.RebuiltBy; by != nil {
					p.Paragraph(p.Theme.Strong, pulled.Rebuilt(by)+". "+pulled.Lower(by)+".")
				}
				p.Blank()
				for at := range r.Releases {
					if line.Pulls[at] > 0 {
						p.End(p.Line().Figure(p.Theme.Text, display.Bytes(line.Pulls[at]), 8).Gap(2).Add(p.Theme.Text, p.Theme.OneLine(report.Name(r, at), p.Width)))
					}
				}
			},
		})
	}
	return l
}

// order is the order that would have been pulled least.
func order(r *model.Releases) lists.List {
	l := lists.List{Name: "A better order", Empty: "No other order would mean less to pull."}
	if r.Order != nil {
		for _, i := range report.BaseLines(r) {
			name := report.NameOf(&r.Lines[i])
			l.Rows = append(l.Rows, lists.Row{Key: "base " + strconv.Itoa(i), Name: "   " + name, Text: func(p *draw.Page) {
				p.Paragraph(p.Theme.Dim, "This line is the base image's, and stays above your own.")
				p.Paragraph(p.Theme.Text, name)
			}})
		}
	}
	for n, i := range r.Order {
		l.Rows = append(l.Rows, lists.Row{Key: fmt.Sprint(n), Name: fmt.Sprintf("%d  %s", n+1, r.Lines[i].Step.Text), Text: func(p *draw.Page) {
			p.Paragraph(p.Theme.Dim, report.Order(r))
			p.Paragraph(p.Theme.Text, r.Lines[i].Step.Text)
		}})
	}
	return l
}
