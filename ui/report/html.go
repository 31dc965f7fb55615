package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/tare-oci/tare/model"
)

// HTML writes the report as one page for a browser. The page is whole: it loads
// and links nothing, its security policy forbids it to, and the same report
// gives the same bytes. It can be read without JavaScript, which only adds arrow
// keys to the maps and a button that copies a fix.
//
// Every string of the image goes through package display first, so that what is
// invisible or turns text round is spelt out, and then through html/template. A
// page stays within 2 MB: what is left out of long lists is counted. The Dockerfile
// goes by its name in the repository, not by where it is on this machine.
type HTML struct {
	Paths Paths
	Check *model.Check // what the gate said; nil leaves it out
}

var _ Writer = HTML{}

//go:embed html
var htmlFiles embed.FS

// htmlAssets is the page's template with the style and the script it carries.
type htmlAssets struct {
	page          *template.Template
	style, script string
}

// htmlParts reads the embedded files once, and only in a run that needs them.
var htmlParts = sync.OnceValue(func() htmlAssets {
	read := func(name string) string {
		text, err := htmlFiles.ReadFile("html/" + name)
		if err != nil {
			panic(err) // it was there when tare was built
		}
		return string(text)
	}
	return htmlAssets{
		page:   template.Must(template.New("page").Parse(read("page.html"))),
		style:  read("style.css"),
		script: read("script.js"),
	}
})

// htmlView is what the template sees. All strings in it are fit to be shown.
type htmlView struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Header     htmlHeader
	Gate       *htmlGate
	Maps       []htmlMap
	NoMaps     []string // which maps there are not, and why
	Findings   []htmlFinding
	MoreFound  string
	Dockerfile htmlDockerfile
	Packages   htmlPackages
	Notes      []string
	Tool       string
}

// Write implements Writer.
func (h HTML) Write(w io.Writer, r *model.Report) error {
	parts := htmlParts()
	p := &htmlPage{text: newView(r), report: r, paths: h.Paths, left: htmlOtherRoom}
	v := &htmlView{Header: p.header(), Tool: p.take(strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version), htmlName)}
	v.Findings, v.MoreFound = p.findings()
	v.Gate = p.gate(h.Check)
	v.Dockerfile = p.dockerfile()
	v.Packages = p.packages()
	places := p.maps(v)
	v.Notes = p.notes()

	style := parts.style + places
	v.Style, v.Script = template.CSS(style), template.JS(parts.script) //nolint:gosec // ours; of the image they hold numbers alone
	v.Policy = "default-src 'none'; style-src " + htmlHash(style) + "; script-src " + htmlHash(parts.script) + "; base-uri 'none'; form-action 'none'"
	out := bufio.NewWriterSize(w, 64<<10)
	if err := parts.page.Execute(out, v); err != nil {
		return err
	}
	return out.Flush()
}

// htmlHash names an inline block in a security policy (CSP 3, 2.3.1): the page
// may have this one and no other.
func htmlHash(block string) string {
	sum := sha256.Sum256([]byte(block))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
