package fleet

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/webpage"
)

const (
	// maxRows is how many rows a table of the page has, so that it stays within 2 MB.
	maxRows = 1000
	// sharedRows is how many shared layers the table beside the picture has.
	sharedRows = 60
)

// HTML writes a fleet as one page for a browser: what is worth most, a picture of who shares
// what, and tables. It loads nothing, can be read without JavaScript, which adds arrow keys
// to the picture, and has light and dark colours.
type HTML struct{}

//go:embed page.html style.css script.js
var files embed.FS

// loadPage reads the embedded files once, and only in a run that needs them.
var loadPage = sync.OnceValue(func() webpage.Page { return webpage.Load(files, "") })

// pageData is what the template sees. All strings in it are fit to be shown.
type pageData struct {
	Policy, Tool string
	Style        template.CSS
	Script       template.JS

	Title            string
	Facts            []string
	Figures          []pageFigure
	Deeds, MoreDeeds []pageDeed // the three that are worth most, and the others
	Picture          *picture
	Tables           []pageTable
	Shared           pageTable
	Notes            []string
}

type pageFigure struct{ Name, Value, Note string }

type pageDeed struct{ Bytes, Text, Fact string }

// pageTable is a table with a row header and cells.
type pageTable struct {
	ID, Title string
	Head      []string
	Rows      []pageRow
	More      string // what is left out; "" for nothing
	Aside     []string
}

type pageRow struct {
	ID, Name string
	Cells    []string
	Error    string // in the place of the cells
}

// Label names a cell of a row, for a phone, which has no room for the table's head.
func (t pageTable) Label(cell int) string { return t.Head[cell+1] }

// Write implements Writer.
func (HTML) Write(w io.Writer, f *model.Fleet) error {
	page := loadPage()
	v := &pageData{Title: Headline(f), Facts: sentences(f), Figures: figures(f), Picture: pictureOf(f), Shared: sharedTable(f), Tool: text(f.Tool.Name+" "+f.Tool.Version, nameCells)}
	all := pageDeeds(f)
	v.Deeds, v.MoreDeeds = all[:min(len(all), briefDeeds)], all[min(len(all), briefDeeds):]
	for _, t := range []pageTable{baseRows(f), imageRows(f), changeRows(f), ruleRows(f), stepRows(f), teamRows(f)} {
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, t)
		}
	}
	for _, note := range f.Notes {
		v.Notes = append(v.Notes, text(note, textCells))
	}
	style := page.Style + v.widths()
	v.Style, v.Script, v.Policy = template.CSS(style), template.JS(page.Script), webpage.Policy(style, page.Script) //nolint:gosec // ours; of the images they hold numbers alone
	out := bufio.NewWriterSize(w, 64<<10)
	if err := page.Template.Execute(out, v); err != nil {
		return err
	}
	return out.Flush()
}

// pageDeeds are what is worth doing.
func pageDeeds(f *model.Fleet) (all []pageDeed) {
	for _, d := range Deeds(f) {
		if len(all) == maxRows {
			break
		}
		deed := pageDeed{Bytes: display.Bytes(d.Bytes), Text: text(d.Text, textCells), Fact: d.Where + "; " + d.less()}
		if d.Note != "" {
			deed.Fact += "; " + d.Note
		}
		all = append(all, deed)
	}
	return all
}

// widths is the style of the widths and heights that the picture has.
func (v *pageData) widths() string {
	if v.Picture == nil {
		return ""
	}
	var used []int
	for _, g := range v.Picture.Groups {
		for _, r := range g.Rows {
			for _, s := range r.Segments {
				used = append(used, s.Width)
			}
		}
	}
	slices.Sort(used)
	var b strings.Builder
	for _, n := range slices.Compact(used) {
		fmt.Fprintf(&b, ".w%d{width:%d.%d%%}", n, n/10, n%10)
	}
	for n := 1; n <= 10; n++ {
		fmt.Fprintf(&b, ".p%d{--w:%d0%%}", n, n)
	}
	return b.String()
}

func figures(f *model.Fleet) (all []pageFigure) {
	t := &f.Totals
	add := func(name string, n *int64, note string) {
		if n != nil {
			all = append(all, pageFigure{name, display.Total(*n), note})
		}
	}
	add("a node pulls", t.PullBytes, "each layer once")
	add("without sharing", t.AloneBytes, "the sum of all images")
	add("registries keep", t.RegistryBytes, display.Plural(len(t.Registries), "registry host"))
	if t.WastedBytes != nil && t.Size != nil {
		add("wasted on disk", t.WastedBytes, display.Percent(*t.WastedBytes, *t.Size)+" of "+display.Total(*t.Size))
	}
	return all
}

// cut bounds a table.
func cut(t *pageTable, all int) int {
	if all > maxRows {
		t.More = display.Count(all-maxRows) + " more rows are left out; JSON and CSV have all."
		return maxRows
	}
	return all
}

func sharedTable(f *model.Fleet) pageTable {
	t := pageTable{ID: "sharing", Head: []string{"layer", "to pull", "images"}}
	for i := range f.Layers {
		l := &f.Layers[i]
		if len(l.Images) < 2 {
			continue
		}
		if i >= sharedRows {
			t.More = "Shared layers that save less are left out; JSON has all."
			break
		}
		t.Rows = append(t.Rows, pageRow{ID: layerID(f, i), Name: textOf(l), Cells: []string{sizeText(l.CompressedSize), display.Count(len(l.Images))}})
	}
	return t
}

func baseRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "bases", Title: "Bases", Head: []string{"base", "images", "to pull", "made"}}
	for i := range f.Bases[:cut(&t, len(f.Bases))] {
		b := &f.Bases[i]
		made := display.Unicode.None
		if b.Created != nil {
			made = b.Created.UTC().Format("2006-01-02")
		}
		t.Rows = append(t.Rows, pageRow{Name: text(BaseName(f, i), nameCells), Cells: []string{display.Count(len(b.Images)), sizeText(b.CompressedSize), made}})
	}
	for i := range f.OutOfStep[:min(len(f.OutOfStep), maxRows)] {
		d := &f.OutOfStep[i]
		t.Aside = append(t.Aside, text(Short(f, d.Name), nameCells)+" "+text(drift(f, d), textCells))
	}
	return t
}

func imageRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "images", Title: "Images", Head: []string{"image", "to pull", "own", "on disk", "wasted", "base"}}
	all := byWeight(f)
	for _, i := range all[:cut(&t, len(all))] {
		img := &f.Images[i]
		row := pageRow{Name: text(Short(f, nameOf(f, i)), nameCells), Error: text(img.Error, textCells)}
		if len(f.Images) <= maxRows {
			row.ID = imageID(f, i)
		}
		if img.Error == "" {
			row.Cells = []string{sizeText(img.CompressedSize), sizeText(img.OwnBytes), sizeText(img.Size), sizeText(img.WastedBytes), text(Short(f, baseOf(f, i)), nameCells)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func changeRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "changes", Title: "Changes to Dockerfiles", Head: []string{"change", "saves", "to pull", "images", "how sure"}}
	for i := range f.Changes[:cut(&t, len(f.Changes))] {
		c := &f.Changes[i]
		t.Rows = append(t.Rows, pageRow{Name: text(c.Title, textCells), Cells: []string{display.Bytes(c.Bytes), sizeText(c.CompressedBytes), display.Count(len(c.Images)), string(c.Confidence)}})
	}
	return t
}

func ruleRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "rules", Title: "Wasted, by rule", Head: []string{"rule", "on disk", "of the pull", "layers", "images"}}
	for i := range f.Rules[:cut(&t, len(f.Rules))] {
		r := &f.Rules[i]
		t.Rows = append(t.Rows, pageRow{Name: r.Rule, Cells: []string{display.Bytes(r.Bytes), sizeText(r.CompressedBytes), display.Count(r.Layers), display.Count(r.Images)}})
	}
	return t
}

func stepRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "instructions", Title: "Wasted, by instruction", Head: []string{"instruction", "on disk", "of the pull", "layers", "images"}}
	for i := range f.Instructions[:cut(&t, min(len(f.Instructions), maxRows/4))] {
		s := &f.Instructions[i]
		name := text(s.Text, textCells)
		if name == "" {
			name = "layers that no known instruction made"
		}
		t.Rows = append(t.Rows, pageRow{Name: name, Cells: []string{display.Bytes(s.WastedBytes), sizeText(s.WastedCompressedBytes), display.Count(s.Layers), display.Count(s.Images)}})
	}
	return t
}

func teamRows(f *model.Fleet) pageTable {
	t := pageTable{ID: "teams", Title: "By " + text(kindOfTeam(f), nameCells), Head: []string{"team", "images", "to pull", "shared with others", "wasted"}}
	if len(f.Teams) < 2 {
		return t
	}
	for i := range f.Teams[:cut(&t, len(f.Teams))] {
		team := &f.Teams[i]
		t.Rows = append(t.Rows, pageRow{Name: text(teamName(team), nameCells), Cells: []string{display.Count(team.Images), sizeText(team.PullBytes), sizeText(team.SharedBytes), sizeText(team.WastedBytes)}})
	}
	return t
}
