package fleet

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	report "github.com/tare-oci/tare/ui/report/fleet"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/lists"
)

func (m *maker) deeds() lists.List {
	l := lists.List{Name: "Worth most", Columns: []string{"saves", "images"}, Empty: "Nothing that several images could share or leave out was found."}
	if !m.f.Read {
		l.Empty = "What is worth doing is known when the layers are read."
	}
	all := report.Deeds(m.f)
	for i := range all {
		d := &all[i]
		l.Rows = append(l.Rows, lists.Row{Key: d.Text, Name: d.Text, Figures: []lists.Figure{{Text: display.Bytes(d.Bytes), Value: d.Bytes}, count(len(d.Images))}, Text: func(p *draw.Page) { m.aboutDeed(p, d) }})
	}
	return l
}

func (m *maker) aboutDeed(p *draw.Page, d *report.Deed) {
	p.Paragraph(p.Theme.Strong, d.Text)
	what := display.Bytes(d.Bytes) + " less on disk, "
	if d.Pull {
		what = display.Bytes(d.Bytes) + " less to pull, "
	}
	p.Paragraph(p.Theme.Text, what+d.Where+".")
	if d.Note != "" {
		p.Paragraph(p.Theme.Dim, d.Note+".")
	}
	if d.Change != nil {
		m.aboutChange(p, d.Change)
		return
	}
	m.listImages(p, d.Images)
}

// aboutChange names the lines that a change is about and the images that have it, and says how to get the edit.
func (m *maker) aboutChange(p *draw.Page, c *model.FleetChange) {
	first := m.f.Images[c.Images[0].Image].References[0]
	if c.Kind == model.EditChange {
		p.Paragraph(p.Theme.Text, "tare fix "+first+" -f Dockerfile writes the edit for one image. To see it first, open the image from the list of images.")
	} else {
		p.Paragraph(p.Theme.Text, "No edit is sure to be right here; open one of the images to see what is known.")
	}
	if len(c.Layers) > 0 {
		p.Blank()
		p.Row(p.Theme.Strong, "Lines, with the size of their whole layers")
	}
	for n, l := range c.Layers {
		if n == maxNamed {
			p.Row(p.Theme.Dim, display.Count(len(c.Layers)-n)+" more")
			break
		}
		m.layerLine(p, l)
	}
	p.Blank()
	p.Row(p.Theme.Strong, "Images, with what it saves in each")
	for n, in := range c.Images {
		if n == maxNamed {
			p.Row(p.Theme.Dim, display.Count(len(c.Images)-n)+" more")
			break
		}
		p.End(p.Line().Figure(p.Theme.Text, display.Bytes(in.Bytes), 8).Gap(2).Add(p.Theme.Text, p.Theme.OneLine(m.name(in.Image), p.Width)))
	}
}
