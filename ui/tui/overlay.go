package tui

import (
	"time"

	"github.com/tare-oci/tare/ui/display"
)

// overlay is a page that covers the columns: the help, the facts about the
// image, or a text that is too long for its place.
type overlay struct {
	kind  overlayKind
	top   int
	title string
	rows  []string
}

type overlayKind int

const (
	helpPage overlayKind = iota
	imagePage
	readPage
)

// write fills the overlay's page for the width it has now.
func (m *root) write(o *overlay, width int) {
	p := &page{th: m.theme, width: width}
	switch o.kind {
	case helpPage:
		o.title = "Keys"
		m.writeHelp(p)
	case imagePage:
		o.title = "About the image"
		m.writeImage(p)
	case readPage:
		o.title = m.focused().read(p)
	}
	o.rows = p.rows
}

// writeHelp lays the groups of the keymap side by side where there is room.
func (m *root) writeHelp(p *page) {
	const keyColumn, column = 12, 38
	groups := m.keys.groups()
	abreast := max(1, min(p.width/column, len(groups)))
	for from := 0; from < len(groups); from += abreast {
		row := groups[from:min(from+abreast, len(groups))]
		p.blank()
		most := 0
		titles := p.line()
		for i, g := range row {
			titles.to(i*column+1).add(m.theme.strong, g.title)
			most = max(most, len(g.bindings))
		}
		p.end(titles)
		for b := range most {
			l := p.line()
			for i, g := range row {
				if b >= len(g.bindings) {
					continue
				}
				help := g.bindings[b].Help()
				l.to(i*column+1).cell(m.theme.accent, help.Key, keyColumn-1).gap(1)
				l.addWithin(m.theme.text, help.Desc, min(column-keyColumn-1, l.left()))
			}
			p.end(l)
		}
	}
	p.blank()
	p.end(p.line().gap(1).add(m.theme.dim, "In the lists:").gap(2).
		add(m.theme.live, m.sampleBar(false)).add(m.theme.dim, " live").gap(2).
		add(m.theme.waste, m.sampleBar(true)).add(m.theme.dim, " wasted").gap(2).
		add(m.theme.added, "A").add(m.theme.dim, "dded").gap(1).
		add(m.theme.waste, "M").add(m.theme.dim, "odified").gap(1).
		add(m.theme.removed, "D").add(m.theme.dim, "eleted").gap(2).
		add(m.theme.accent, m.theme.marked).add(m.theme.dim, " goes with the chosen fix"))
	p.end(p.line().gap(1).add(m.theme.dim, "In the fixes:").gap(2).
		add(m.theme.accent, m.theme.certain).add(m.theme.dim, " certain").gap(2).
		add(m.theme.accent, m.theme.likely).add(m.theme.dim, " likely").gap(2).
		add(m.theme.accent, m.theme.possible).add(m.theme.dim, " possible, counted as live"))
}

func (m *root) sampleBar(wasted bool) string {
	switch {
	case !m.theme.plain && !m.theme.ascii:
		return eighths[8]
	case wasted:
		return m.theme.charset.Wasted
	}
	return m.theme.charset.Live
}

// writeImage lists what the header has no room for.
func (m *root) writeImage(p *page) {
	r := m.report
	if r == nil {
		p.row(m.theme.dim, "nothing is known of it yet")
		return
	}
	image := &r.Image
	p.fact("name", image.Reference)
	p.fact("source", image.Source)
	p.fact("platform", image.Platform)
	if image.Digest != nil {
		p.fact("digest", *image.Digest)
	}
	if image.ID != nil {
		p.fact("id", *image.ID)
	}
	if image.Created != nil {
		p.fact("created", image.Created.UTC().Format(time.DateTime)+" UTC, "+display.Ago(*image.Created, m.theme.now))
	}
	p.fact("contents", display.Plural(image.Files, "file")+" in "+display.Plural(image.Layers, "layer")+", "+display.Bytes(image.Size))
	if image.CompressedSize != nil {
		p.fact("pull", display.Bytes(*image.CompressedSize))
	}
	base := "none found: everything is the image's own"
	if image.Base.Layers > 0 {
		base = display.Plural(image.Base.Layers, "layer") + ", " + howBase(image.Base.How)
		if name := image.Base.Reference; name != nil && *name != "" {
			base = *name + ", " + base
		}
	}
	p.fact("base", base)
	p.blank()
	s := &r.Summary
	share := func(wasted, size int64) string {
		return display.Bytes(wasted) + " of " + display.Bytes(size) + " (" + display.Percent(wasted, size) + ")"
	}
	p.fact("wasted", share(s.WastedBytes, image.Size))
	p.fact("own", share(s.Own.WastedBytes, s.Own.Size))
	p.fact("inherited", share(s.Inherited.WastedBytes, s.Inherited.Size))
	p.fact("shadowed", display.Bytes(s.ShadowedBytes))
	p.fact("leftover", display.Bytes(s.LeftoverBytes))
	p.fact("duplicate", display.Bytes(s.DuplicateBytes)+", counted as live")
	if len(r.Notes) > 0 {
		p.blank()
		for _, note := range r.Notes {
			p.fact("note", note)
		}
	}
}
