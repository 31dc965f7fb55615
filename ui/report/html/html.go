// Package html writes a report as a page for a browser: the verdict, what to change, maps of the
// image by instruction, package and directory, the findings, the Dockerfile with the cost of each
// instruction, and the packages.
//
// A map (map.go) is a squarified treemap (Bruls, Huizing and van Wijk, 2000; map_squarify.go). An
// area is a part of the image, and a box (map_boxes.go) is an area with its position, which goes
// into the style sheet. Each section of the page has a maximum number of bytes for text from the
// image, so no image makes the page larger than 2 MB. The cost is linear in the number of files.
package html

import (
	"bufio"
	"embed"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/report/webpage"
)

// Page writes the report as one page for a browser. The page is whole: it loads
// and links nothing, its security policy forbids it to, and the same report
// gives the same bytes. It can be read without JavaScript, which only adds arrow
// keys to the maps and a button that copies a fix.
//
// Every string of the image goes through package display first, so that what is
// invisible or turns text round is spelt out, and then through html/template. A
// page stays within 2 MB: what is left out of long lists is counted. The Dockerfile
// goes by its name in the repository, not by where it is on this machine.
type Page struct {
	Paths view.Paths
	Check *model.Check // what the gate said; nil leaves it out
}

//go:embed page.html style.css script.js
var files embed.FS

// loadPage reads the embedded files once, and only in a run that needs them.
var loadPage = sync.OnceValue(func() webpage.Page { return webpage.Load(files, "") })

// pageData is what the template sees. All strings in it are fit to be shown.
type pageData struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Header     header
	Gate       *gate
	Changes    changes
	Maps       []imageMap
	NoMaps     []string // which maps there are not, and why
	Findings   []finding
	MoreFound  string
	Dockerfile dockerfile
	Packages   packages
	Notes      []string
	Tool       string
}

// NeedsTree implements what report.NeedsTree asks: the map by directory reads it.
func (Page) NeedsTree() bool { return true }

// Write implements Writer.
func (h Page) Write(w io.Writer, r *model.Report) error {
	page := loadPage()
	p := &builder{text: view.New(r), report: r, paths: h.Paths, left: otherRoom}
	v := &pageData{Header: p.header(), Tool: p.take(strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version), nameCells)}
	v.Changes = p.changes()
	v.Findings, v.MoreFound = p.findings()
	p.linkPods(&v.Changes)
	v.Gate = p.gate(h.Check)
	v.Dockerfile = p.dockerfile()
	v.Packages = p.packages()
	places := p.maps(v)
	v.Notes = p.notes()

	style := page.Style + places
	v.Style, v.Script = template.CSS(style), template.JS(page.Script) //nolint:gosec // ours; of the image they hold numbers alone
	v.Policy = webpage.Policy(style, page.Script)
	out := bufio.NewWriterSize(w, 64<<10)
	if err := page.Template.Execute(out, v); err != nil {
		return err
	}
	return out.Flush()
}
