// Package fleet makes of many images the lists that the terminal interface shows: what is worth
// most, images, shared layers, bases, changes and teams, each with a text about the row under
// the cursor.
//
//	s := fleet.Screen(table, "reading images, 3 of 12")
package fleet

import (
	"fmt"
	"strconv"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	report "github.com/tare-oci/tare/ui/report/fleet"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/lists"
)

// maxNamed is how many images, layers or moves a text lists.
const maxNamed = 200

// Screen makes the lists of a fleet. busy is what is still being done, "" for nothing. opens returns
// what opens an image by its name. The screen keeps the fleet, which must not change.
func Screen(f *model.Fleet, busy string, opens func(reference string) string) lists.Screen {
	s := lists.Screen{Title: report.Headline(f), Busy: busy}
	t := &f.Totals
	switch {
	case t.PullBytes != nil && t.AloneBytes != nil:
		s.Fact = display.Total(*t.PullBytes) + " to pull, " + display.Total(*t.AloneBytes) + " without sharing"
	case t.WastedBytes != nil:
		s.Fact = display.Bytes(*t.WastedBytes) + " wasted"
	}
	m := &maker{f: f, opens: opens}
	s.Lists = []lists.List{m.deeds(), m.images(), m.layers(), m.bases(), m.rules()}
	if len(f.Teams) > 1 {
		s.Lists = append(s.Lists, m.teams())
	}
	if len(f.Notes) > 0 {
		s.Lists = append(s.Lists, m.notes())
	}
	return s
}

// maker makes lists.
type maker struct {
	f     *model.Fleet
	opens func(reference string) string
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

func count(n int) lists.Figure { return lists.Figure{Text: display.Count(n), Value: int64(n)} }

// name is an image's name without what all have in common.
func (m *maker) name(i int) string { return report.Short(m.f, m.f.Images[i].References[0]) }

// listImages names images.
func (m *maker) listImages(p *draw.Page, images []int) {
	p.Blank()
	for n, i := range images {
		if n == maxNamed {
			p.Row(p.Theme.Dim, display.Count(len(images)-n)+" more")
			return
		}
		p.Row(p.Theme.Text, p.Theme.OneLine(m.name(i), p.Width))
	}
}

func (m *maker) images() lists.List {
	l := lists.List{Name: "Images", Columns: []string{"to pull", "own", "on disk", "wasted"}, Empty: "No image."}
	for i := range m.f.Images {
		img := &m.f.Images[i]
		row := lists.Row{Key: img.References[0], Name: m.name(i), Bad: img.Error != "", Text: func(p *draw.Page) { m.aboutImage(p, i) }}
		if n := len(img.References) - 1; n > 0 {
			row.Name += fmt.Sprintf(" (+%d)", n)
		}
		if img.Error == "" {
			row.Figures = []lists.Figure{figure(img.CompressedSize), figure(img.OwnBytes), figure(img.Size), waste(img.WastedBytes)}
			row.Opens = m.opens(img.References[0])
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

func (m *maker) aboutImage(p *draw.Page, i int) {
	img := &m.f.Images[i]
	if img.Error != "" {
		p.Paragraph(p.Theme.Removed, img.Error)
	}
	if len(img.References) > 1 {
		for _, name := range img.References {
			p.Fact("name", name)
		}
	}
	if img.Base != nil {
		p.Fact("base", report.BaseName(m.f, *img.Base))
	}
	if img.Created != nil {
		p.Fact("created", display.Ago(*img.Created, p.Theme.Now))
	}
	if img.AvoidableBytes != nil && *img.AvoidableBytes > 0 {
		p.Fact("avoidable", display.Bytes(*img.AvoidableBytes)+" on disk")
	}
	if len(img.Layers) > 0 {
		p.Blank()
	}
	for n, l := range img.Layers {
		if n == maxNamed {
			break
		}
		m.layerLine(p, l)
	}
}

// layerLine is a layer in one row: what it weighs, who has it, what made it.
func (m *maker) layerLine(p *draw.Page, l int) {
	layer := &m.f.Layers[l]
	shared := "own"
	if n := len(layer.Images); n > 1 {
		shared = "in " + strconv.Itoa(n)
	}
	line := p.Line().Figure(p.Theme.Text, figure(layer.CompressedSize).Text, 8).Gap(2).Cell(p.Theme.Dim, shared, 7)
	p.End(line.Add(p.Theme.Text, p.Theme.OneLine(textOf(layer), p.Width)))
}

func textOf(l *model.FleetLayer) string {
	if l.Text == "" {
		return "a layer that no known instruction made"
	}
	return l.Text
}

func (m *maker) layers() lists.List {
	l := lists.List{Name: "Shared layers", Columns: []string{"to pull", "images", "on disk", "wasted"}, Empty: "No layer is in more than one image."}
	if t := &m.f.Totals; t.SharedLayers > 0 {
		l.About = fmt.Sprintf("%s shared of %s", display.Count(t.SharedLayers), display.Count(t.Layers))
	}
	for i := range m.f.Layers {
		layer := &m.f.Layers[i]
		if len(layer.Images) < 2 {
			continue
		}
		l.Rows = append(l.Rows, lists.Row{
			Key: strconv.Itoa(i) + text(layer.Digest), Name: textOf(layer), Figures: []lists.Figure{figure(layer.CompressedSize), count(len(layer.Images)), figure(layer.Size), waste(layer.WastedBytes)},
			Text: func(p *draw.Page) {
				p.Paragraph(p.Theme.Text, textOf(layer))
				p.Fact("digest", text(layer.Digest))
				m.listImages(p, layer.Images)
			},
		})
	}
	return l
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (m *maker) bases() lists.List {
	l := lists.List{Name: "Bases", Columns: []string{"to pull", "images", "made"}, Empty: "No image has a base that is known."}
	for i := range m.f.Bases {
		b := &m.f.Bases[i]
		made := lists.Figure{Value: -1}
		if b.Created != nil {
			made = lists.Figure{Text: b.Created.UTC().Format("06-01-02"), Value: b.Created.Unix()}
		}
		l.Rows = append(l.Rows, lists.Row{Key: strconv.Itoa(i) + b.Title, Name: report.BaseName(m.f, i), Figures: []lists.Figure{figure(b.CompressedSize), count(len(b.Images)), made}, Text: func(p *draw.Page) { m.aboutBase(p, i) }})
	}
	return l
}

// knownBy says how a base was found.
func knownBy(how string) string {
	switch how {
	case model.BaseByFleet:
		return "it is one of these images, and others begin with its layers"
	case model.BaseByHistory:
		return "a guess, by the history of the images"
	case model.BaseByAnnotation:
		return "what the images say of it (an annotation or a label)"
	case model.BaseByProvenance:
		return "the provenance that the builder attached"
	case model.BaseByFlag:
		return "--base"
	}
	return how
}

func (m *maker) aboutBase(p *draw.Page, i int) {
	b := &m.f.Bases[i]
	for _, name := range b.Names {
		p.Fact("name", name)
	}
	p.Fact("known by", knownBy(b.How))
	if b.Parent != nil {
		p.Fact("built on", report.BaseName(m.f, *b.Parent))
	}
	m.aboutDrift(p, i)
	for k := range m.f.Parents {
		parent := &m.f.Parents[k]
		if parent.Base == i {
			p.Paragraph(p.Theme.Strong, fmt.Sprintf("%s could be built on it, too: %s less to pull in all.", display.Plural(len(parent.Images), "image"), display.Bytes(parent.SavedBytes)))
		}
		for _, move := range parent.Moves {
			if move.From == i {
				keeps := ""
				if move.KeptBytes > 0 {
					keeps = fmt.Sprintf(": each keeps %s of this one", display.Bytes(move.KeptBytes))
				}
				p.Paragraph(p.Theme.Strong, "Its images could be built on "+report.BaseName(m.f, parent.Base)+keeps+".")
			}
		}
	}
	p.Blank()
	p.Row(p.Theme.Strong, "Images on it")
	m.listImages(p, b.Images)
}

// aboutDrift names the images that stand on an old build of a base.
func (m *maker) aboutDrift(p *draw.Page, base int) {
	for k := range m.f.OutOfStep {
		d := &m.f.OutOfStep[k]
		for n, v := range d.Versions {
			switch {
			case v.Base != base:
			case n == 0:
				p.Paragraph(p.Theme.Strong, fmt.Sprintf("It is the newest build of %s; on an older one:", report.Short(m.f, d.Name)))
				m.listImages(p, d.Stale())
			default:
				p.Paragraph(p.Theme.Strong, fmt.Sprintf("It is an old build of %s; to be built again on the newest:", report.Short(m.f, d.Name)))
				m.listImages(p, v.Images)
			}
		}
	}
}

func (m *maker) teams() lists.List {
	l := lists.List{Name: "Teams", Columns: []string{"to pull", "shared", "wasted"}, Empty: "No team."}
	for i := range m.f.Teams {
		t := &m.f.Teams[i]
		name := t.Name
		if name == "" {
			name = "(none)"
		}
		l.Rows = append(l.Rows, lists.Row{Key: "t" + t.Name, Name: name, Figures: []lists.Figure{figure(t.PullBytes), figure(t.SharedBytes), waste(t.WastedBytes)}, Text: func(p *draw.Page) {
			p.Paragraph(p.Theme.Text, fmt.Sprintf("%s, %s.", display.Plural(t.Images, "image"), display.Plural(t.Layers, "layer")))
			m.listImages(p, m.ofTeam(t.Name))
		}})
	}
	return l
}

// notes are what to know of the figures.
func (m *maker) notes() lists.List {
	l := lists.List{Name: "Notes"}
	for _, note := range m.f.Notes {
		l.Rows = append(l.Rows, lists.Row{Key: note, Name: note, Text: func(p *draw.Page) { p.Paragraph(p.Theme.Text, note) }})
	}
	return l
}

// ofTeam are the images of a team.
func (m *maker) ofTeam(team string) (images []int) {
	for i := range m.f.Images {
		img := &m.f.Images[i]
		none := len(img.Teams) == 0 && team == "" && img.Source != ""
		for _, t := range img.Teams {
			none = none || t == team
		}
		if none {
			images = append(images, i)
		}
	}
	return images
}
