package tui

import (
	"time"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// overlay is a page that covers the columns: the help, the facts about the
// image, or a text that is too long for its place.
type overlay struct {
	kind   overlayKind
	top    int
	title  string
	rows   []string
	rule   string // of a page that explains one
	follow bool   // the end is kept in sight while the text grows
	end    int    // of what has to be seen before it is agreed to, a row
}

type overlayKind int

const (
	helpPage overlayKind = iota
	imagePage
	readPage
	proposalPage
	buildPage
	explainPage
	blamePage
)

// write fills the overlay's page for the width it has now.
func (m *root) write(o *overlay, width int) {
	p := &draw.Page{Theme: m.theme, Width: width}
	switch o.kind {
	case helpPage:
		o.title = "Keys"
		m.writeHelp(p)
	case imagePage:
		o.title = "About the image"
		m.writeImage(p)
	case readPage:
		o.title = m.focused().Read(p)
	case proposalPage:
		o.title, o.end = m.desk.proposal.Page(p, m.report)
	case buildPage:
		o.title = m.desk.build.Page(p, len(m.desk.written.Changes) > 0)
	case explainPage:
		o.title = pane.Explain(p, o.rule)
	case blamePage:
		o.title = m.files.Blame(p)
	}
	o.rows = p.Rows
}

// writeHelp lays the groups of the keymap side by side where there is room.
func (m *root) writeHelp(p *draw.Page) {
	const keyColumn, column = 12, 38
	groups := m.keys.Groups()
	abreast := max(1, min(p.Width/column, len(groups)))
	for from := 0; from < len(groups); from += abreast {
		row := groups[from:min(from+abreast, len(groups))]
		p.Blank()
		most := 0
		titles := p.Line()
		for i, g := range row {
			titles.To(i*column+1).Add(m.theme.Strong, g.Title)
			most = max(most, len(g.Bindings))
		}
		p.End(titles)
		for b := range most {
			l := p.Line()
			for i, g := range row {
				if b >= len(g.Bindings) {
					continue
				}
				help := g.Bindings[b].Help()
				l.To(i*column+1).Cell(m.theme.Accent, help.Key, keyColumn-1).Gap(1)
				l.Words(m.theme.Text, help.Desc, min(column-keyColumn-1, l.Left()))
			}
			p.End(l)
		}
	}
	p.Blank()
	p.End(p.Line().Gap(1).Add(m.theme.Dim, "In the lists:").Gap(2).
		Add(m.theme.Live, m.sampleBar(false)).Add(m.theme.Dim, " live").Gap(2).
		Add(m.theme.Waste, m.sampleBar(true)).Add(m.theme.Dim, " wasted").Gap(2).
		Add(m.theme.Added, "A").Add(m.theme.Dim, "dded").Gap(1).
		Add(m.theme.Accent, "M").Add(m.theme.Dim, "odified").Gap(1).
		Add(m.theme.Removed, "D").Add(m.theme.Dim, "eleted").Gap(2).
		Add(m.theme.Accent, m.theme.Marked).Add(m.theme.Dim, " belongs to the selected fix"))
	for _, v := range m.views {
		v.Pane.Legend(p)
	}
}

func (m *root) sampleBar(wasted bool) string {
	switch {
	case !m.theme.Shaded():
		return draw.Eighths[8]
	case wasted:
		return m.theme.Charset.Wasted
	}
	return m.theme.Charset.Live
}

// writeImage lists what the header has no room for.
func (m *root) writeImage(p *draw.Page) {
	r := m.report
	if r == nil {
		p.Row(m.theme.Dim, "nothing is known about it yet")
		return
	}
	image := &r.Image
	p.Fact("name", image.Reference)
	p.Fact("source", image.Source)
	p.Fact("platform", image.Platform)
	if image.Digest != nil {
		p.Fact("digest", *image.Digest)
	}
	if image.ID != nil {
		p.Fact("id", *image.ID)
	}
	if image.Created != nil {
		p.Fact("created", image.Created.UTC().Format(time.DateTime)+" UTC, "+display.Ago(*image.Created, m.theme.Now))
	}
	p.Fact("contents", display.Plural(image.Files, "file")+" in "+display.Plural(image.Layers, "layer")+", "+display.Total(image.Size))
	if image.CompressedSize != nil {
		p.Fact("pull", display.Bytes(*image.CompressedSize))
	}
	base := "none found: everything is the image's own"
	if image.Base.Layers > 0 {
		base = pane.NoBaseName
		if name := image.Base.Reference; name != nil && *name != "" {
			base = *name
		}
		base += ", " + display.Plural(image.Base.Layers, "layer") + ", " + pane.HowBase(image.Base.How)
	}
	p.Fact("base", base)
	p.Blank()
	s := &r.Summary
	share := func(wasted, size int64) string {
		return display.Total(wasted) + " of " + display.Total(size) + " (" + display.Percent(wasted, size) + ")"
	}
	p.Fact("wasted", share(s.WastedBytes, image.Size))
	p.Fact("own", share(s.Own.WastedBytes, s.Own.Size))
	p.Fact("inherited", share(s.Inherited.WastedBytes, s.Inherited.Size))
	p.Fact("shadowed", display.Bytes(s.ShadowedBytes))
	p.Fact("leftover", display.Bytes(s.LeftoverBytes))
	p.Fact("duplicate", display.Bytes(s.DuplicateBytes)+", counted as live")
	if len(r.Notes) > 0 {
		p.Blank()
		for _, note := range r.Notes {
			p.Fact("note", note)
		}
	}
}
