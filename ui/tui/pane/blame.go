package pane

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

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
	v.storedAndDead(p, stored, dead)
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

// storedAndDead says what all versions weigh, and what of that nobody can read.
func (v *Files) storedAndDead(p *draw.Page, stored, dead int64) {
	l, more := p.Line().Add(v.th.Text, display.Bytes(stored)+" in all layers"), display.Bytes(dead)+" can no longer be read"
	switch {
	case dead > 0 && l.Left() < len(", of which ")+display.Width(more):
		p.End(l)
		p.Row(v.th.Waste, more)
		return
	case dead > 0:
		l.Add(v.th.Text, ", of which ").Add(v.th.Waste, more)
	}
	p.End(l)
}

// blamed is the column in which the texts of who wrote what begin.
const blamed = display.BytesWidth + 3

// who goes on after a figure with who did something, in two rows at most.
func (v *Files) who(l *draw.Line, p *draw.Page, style lipgloss.Style, text string) {
	rows := display.Wrap(text, max(p.Width-blamed, 1))
	p.End(l.To(blamed).Add(style, rows[0]))
	if len(rows) > 1 {
		p.End(p.Line().To(blamed).Words(style, strings.Join(rows[1:], " "), p.Width-blamed))
	}
}

func (v *Files) blameVersion(p *draw.Page, r *model.Record) {
	th := v.th
	l := p.Line()
	switch r.Kind {
	case model.Whiteout, model.Opaque:
		v.who(l.Figure(th.Removed, "deleted", display.BytesWidth+1), p, th.Text, "by "+v.maker(r.Layer, p.Width))
		return
	case model.File:
		l.Figure(th.Text, display.Bytes(r.Size.Bytes()), display.BytesWidth+1)
	default:
		l.Figure(th.Dim, th.Charset.Dot, display.BytesWidth+1)
	}
	v.who(l, p, th.Text, "written by "+v.maker(r.Layer, p.Width))
	if r.Kind != model.File {
		return
	}
	if r.HiddenBy == model.StillThere {
		v.who(p.Line(), p, th.Added, "in the image")
	} else {
		v.who(p.Line(), p, th.Waste, r.Cause.String()+" by "+v.maker(r.HiddenBy, p.Width))
	}
	if c := r.Compressed; c != model.SizeUnknown {
		v.who(p.Line(), p, th.Dim, display.Bytes(c.Bytes())+" to pull")
	}
}

// share is what a layer did at and below a directory.
type share struct {
	layer        int
	bytes, dead  int64 // of the file versions it put there, and of those that can no longer be read
	files, takes int   // file versions, and names it took away
}

// shares are those of a directory, the largest first; nil while they are added up.
type shares struct {
	node model.NodeID
	all  []share
}

// sharesMsg brings the shares of a directory.
type sharesMsg struct {
	from *model.Report
	shares
}

func (sharesMsg) forPanes() {}

// SumUp returns the command that adds up who wrote what below the directory under the
// cursor, nil where there is none or it is known.
func (v *Files) SumUp() tea.Cmd {
	node, _, ok := v.Directory()
	if !ok || v.report == nil || v.report.Tree == nil || v.shares.node == node && v.shares.all != nil {
		return nil
	}
	v.shares = shares{node: node}
	report := v.report
	if len(report.Tree.Records) <= atOnce {
		v.shares.all = sharesBelow(report.Tree, node)
		return nil
	}
	return func() tea.Msg { return sharesMsg{report, shares{node, sharesBelow(report.Tree, node)}} }
}

func (v *Files) takeShares(msg sharesMsg) {
	if msg.from == v.report && msg.node == v.shares.node {
		v.shares = msg.shares
	}
}

// nodesWithin reports by node whether it is a directory or lies below it.
func nodesWithin(t *model.Tree, dir model.NodeID) []bool {
	within := make([]bool, len(t.Nodes)) // a directory's node stands before those in it
	for n := range t.Nodes {
		within[n] = model.NodeID(n) == dir || n > 0 && within[t.Nodes[n].Parent]
	}
	return within
}

// sharesBelow goes through all paths and all records once.
func sharesBelow(t *model.Tree, dir model.NodeID) []share {
	within := nodesWithin(t, dir)
	all := make([]share, t.Layers())
	for i := range t.Records {
		r := &t.Records[i]
		if !within[r.Node] || int(r.Layer) >= len(all) {
			continue
		}
		s := &all[r.Layer]
		switch r.Kind {
		case model.File:
			s.files++
			s.bytes += r.Size.Bytes()
			if r.HiddenBy != model.StillThere {
				s.dead += r.Size.Bytes()
			}
		case model.Whiteout, model.Opaque:
			s.takes++
		}
	}
	for i := range all {
		all[i].layer = i
	}
	all = slices.DeleteFunc(all, func(s share) bool { return s.files == 0 && s.takes == 0 })
	slices.SortStableFunc(all, func(a, b share) int { return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(b.takes, a.takes)) })
	return all
}

// blameDirectory writes who wrote what below the directory under the cursor.
func (v *Files) blameDirectory(p *draw.Page) (title string) {
	th := v.th
	p.Paragraph(th.Strong, v.Path()+"/")
	if v.shares.all == nil {
		p.Row(th.Dim, "adding up "+th.Charset.Ellipsis)
		return "who wrote what"
	}
	var stored, dead int64
	for _, s := range v.shares.all {
		stored, dead = stored+s.bytes, dead+s.dead
	}
	v.storedAndDead(p, stored, dead)
	for _, s := range v.shares.all {
		p.Blank()
		v.who(p.Line().Figure(th.Text, figure(s.bytes, th), display.BytesWidth+1), p, th.Text, "by "+v.maker(uint16(s.layer), p.Width))
		var facts []string
		if s.files > 0 {
			facts = append(facts, display.Plural(s.files, "file"))
		}
		if s.takes > 0 {
			facts = append(facts, "deletes "+display.Plural(s.takes, "path"))
		}
		below := p.Line().To(display.BytesWidth+3).Add(th.Dim, strings.Join(facts, ", "))
		if s.dead > 0 {
			below.Add(th.Dim, ", ").Add(th.Waste, display.Bytes(s.dead)+" can no longer be read")
		}
		p.End(below)
	}
	return "who wrote what below it"
}
