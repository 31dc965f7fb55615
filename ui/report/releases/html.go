package releases

import (
	"bufio"
	"embed"
	"html/template"
	"io"
	"strconv"
	"sync"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/report/webpage"
)

const (
	// maxRows is how many rows a table of the page has, and maxCells how many releases a
	// line's squares: so that a page stays within 2 MB.
	maxRows   = 500
	maxCells  = 120
	nameCells = 120
	textCells = 240
)

// HTML writes a row of releases as one page for a browser, which loads nothing and runs
// nothing.
type HTML struct{}

//go:embed page.html style.css
var files embed.FS

// loadPage reads the embedded files once, and only in a run that needs them.
var loadPage = sync.OnceValue(func() webpage.Page {
	// Elsewhere these two are patterns that the page defines; here they are plain colours.
	return webpage.Load(files, "rect.base{fill:var(--base)}rect.waste{fill:var(--bar-waste)}")
})

// pageData is what the template sees. All strings in it are fit to be shown.
type pageData struct {
	Policy, Tool    string
	Style           template.CSS
	Title, Sentence string
	Read            bool
	Releases        []pageRelease
	Lines           []pageLine
	Base, Order     []string // lines of the base, and the others in a better order
	OrderSays       string
	Notes           []string
}

type pageRelease struct {
	Name, Created, Size, New, Again, Error string
	Bar                                    *pageBar
}

// pageBar is an image as what those have who have the release before, and what is new.
type pageBar struct {
	Label string
	Parts []pagePart
}

// pagePart is a part of a bar, in percent of the largest image.
type pagePart struct{ Kind, X, Width string }

type pageLine struct {
	Base                            bool // the base image brings it
	Text, Bytes, Again, Often, When string
	Cells                           []string // by release
}

// Write implements Writer.
func (HTML) Write(w io.Writer, r *model.Releases) error {
	page := loadPage()
	v := &pageData{
		Policy: webpage.Policy(page.Style, page.Script), Tool: text(r.Tool.Name+" "+r.Tool.Version, nameCells), Style: template.CSS(page.Style), //nolint:gosec // ours
		Title: text(Title(r), nameCells), Sentence: sentence(r), Read: r.Read, OrderSays: Order(r),
	}
	v.releases(r)
	v.lines(r)
	for _, i := range BaseLines(r) {
		if r.Order != nil && len(v.Base) < maxRows {
			v.Base = append(v.Base, text(NameOf(&r.Lines[i]), textCells))
		}
	}
	for _, i := range r.Order[:min(len(r.Order), maxRows)] {
		v.Order = append(v.Order, text(r.Lines[i].Step.Text, textCells))
	}
	for _, note := range r.Notes {
		v.Notes = append(v.Notes, text(note, textCells))
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := page.Template.Execute(out, v); err != nil {
		return err
	}
	return out.Flush()
}

// text makes a text of an image fit to be shown.
func text(s string, cells int) string { return display.Truncate(display.OneLine(view.Clip(s)), cells) }

func (v *pageData) releases(r *model.Releases) {
	most := int64(1)
	for i := range r.Releases {
		if size := r.Releases[i].CompressedSize; size != nil {
			most = max(most, *size)
		}
	}
	for i := max(len(r.Releases)-maxRows, 0); i < len(r.Releases); i++ {
		at := &r.Releases[i]
		row := pageRelease{Name: text(Name(r, i), nameCells), Error: text(at.Error, textCells), Size: size(at.CompressedSize), New: size(at.PullBytes), Again: size(at.PulledAgainBytes), Created: display.Unicode.None}
		if at.Created != nil {
			row.Created = at.Created.UTC().Format("2006-01-02")
		}
		if at.CompressedSize != nil && at.PullBytes != nil {
			row.Bar = barOf(at, most)
		}
		v.Releases = append(v.Releases, row)
	}
}

func barOf(r *model.Release, most int64) *pageBar {
	again := int64(0)
	if r.PulledAgainBytes != nil {
		again = *r.PulledAgainBytes
	}
	b := &pageBar{Label: display.Bytes(*r.CompressedSize-*r.PullBytes) + " had already, " + display.Bytes(*r.PullBytes-again) + " new"}
	if again > 0 {
		b.Label += ", " + display.Bytes(again) + " for nothing"
	}
	at := int64(0)
	for _, part := range []struct {
		kind  string
		bytes int64
	}{{"base", *r.CompressedSize - *r.PullBytes}, {"own", *r.PullBytes - again}, {"waste", again}} {
		if part.bytes > 0 {
			b.Parts = append(b.Parts, pagePart{part.kind, percent(at, most), percent(part.bytes, most)})
		}
		at += part.bytes
	}
	return b
}

func percent(part, whole int64) string {
	return strconv.FormatFloat(float64(part)/float64(whole)*100, 'f', 2, 64)
}

func (v *pageData) lines(r *model.Releases) {
	all := Volatile(r)
	for _, i := range all[:min(len(all), maxRows)] {
		l := &r.Lines[i]
		row := pageLine{Text: text(l.Step.Text, textCells), Base: l.Step.Inherited, Bytes: size(l.Bytes), Again: size(l.AgainBytes), Often: text(Because(r, l), textCells)}
		if row.Text == "" {
			row.Text = "a layer that no known instruction made"
		}
		var new, again int
		for at := max(len(l.Pulls)-maxCells, 0); at < len(l.Pulls); at++ {
			kind := "same"
			switch {
			case l.Again != nil && l.Again[at] > 0:
				kind, again = "again", again+1
			case l.Pulls[at] > 0:
				kind, new = "new", new+1
			}
			row.Cells = append(row.Cells, kind)
		}
		row.When = "new in " + display.Plural(new+again, "release")
		if again > 0 {
			row.When += ", in " + display.Count(again) + " of them for nothing"
		}
		v.Lines = append(v.Lines, row)
	}
}
