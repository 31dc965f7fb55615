package pane

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// Blame writes the history of the path under the cursor, the oldest version first: which
// step wrote each, what it costs, and which hid it; of a directory, who
// wrote what below it. It returns a title, "" where there is
// no file.
func (v *Files) Blame(p *draw.Page) (title string) {
	versions := v.versionsAtCursor()
	if len(versions) == 0 {
		if _, _, ok := v.Directory(); ok {
			return v.blameDirectory(p)
		}
		return ""
	}
	t := v.current.Tree
	stored, dead := int64(0), int64(0)
	for _, id := range versions {
		r := &t.Records[id]
		if r.Kind != model.File {
			continue
		}
		stored += r.Size.Bytes()
		if r.HiddenBy != model.StillThere {
			dead += r.Size.Bytes()
		}
	}
	p.Paragraph(v.th.Strong, v.Path())
	l := p.Line().Add(v.th.Text, display.Bytes(stored)+" in all layers")
	if dead > 0 {
		l.Add(v.th.Text, ", of which ").Add(v.th.Waste, display.Bytes(dead)+" can be read no more")
	}
	p.End(l)
	for _, id := range versions {
		p.Blank()
		v.blameVersion(p, &t.Records[id])
	}
	return "who wrote it, and who hid it"
}

// Directory is the directory under the cursor, and the layers that are shown of it; ok is
// false where the cursor is on none.
func (v *Files) Directory() (node model.NodeID, span filetree.Span, ok bool) {
	e := v.Chosen()
	if e == nil || !v.current.IsDir(v.current.Rows[v.Cursor].Entry) {
		return 0, v.span, false
	}
	return e.Node, v.span, true
}

// versionsAtCursor returns the records of the path under the cursor, the oldest first.
func (v *Files) versionsAtCursor() (versions []model.RecordID) {
	e := v.Chosen()
	if e == nil {
		return nil
	}
	t := v.current.Tree
	files := 0
	for id := t.Nodes[e.Node].Last; id != model.NoRecord && len(versions) < maxVersions; id = t.Below(id) {
		versions = append([]model.RecordID{id}, versions...)
		if kind := t.Records[id].Kind; kind == model.File || kind == model.Link {
			files++
		}
	}
	if files == 0 {
		return nil
	}
	return versions
}

func (v *Files) blameVersion(p *draw.Page, r *model.Record) {
	th := v.th
	l := p.Line()
	switch r.Kind {
	case model.Whiteout, model.Opaque:
		p.End(l.Figure(th.Removed, "deleted", display.BytesWidth+1).Gap(2).Add(th.Text, "by "+v.maker(r.Layer, p.Width)))
		return
	case model.File:
		l.Figure(th.Text, display.Bytes(r.Size.Bytes()), display.BytesWidth+1)
	default:
		l.Figure(th.Dim, th.Charset.Dot, display.BytesWidth+1)
	}
	p.End(l.Gap(2).Add(th.Text, "written by "+v.maker(r.Layer, p.Width)))
	if r.Kind != model.File {
		return
	}
	below := func(style func(*draw.Line)) {
		l := p.Line().To(display.BytesWidth + 3)
		style(l)
		p.End(l)
	}
	switch {
	case r.HiddenBy == model.StillThere:
		below(func(l *draw.Line) { l.Add(th.Added, "in the image") })
	default:
		below(func(l *draw.Line) {
			l.Add(th.Waste, r.Cause.String()+" by "+v.maker(r.HiddenBy, p.Width))
		})
	}
	if c := r.Compressed; c != model.SizeUnknown {
		below(func(l *draw.Line) { l.Add(th.Dim, display.Bytes(c.Bytes())+" to pull") })
	}
}
