package pane

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// share is what a layer did at and below a directory.
type share struct {
	layer        int
	bytes, dead  int64 // of the file versions it put there, and of those that can be read no more
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

// sharesBelow goes through all paths and all records once.
func sharesBelow(t *model.Tree, dir model.NodeID) []share {
	within := make([]bool, len(t.Nodes)) // a directory's node stands before those in it
	for n := range t.Nodes {
		within[n] = model.NodeID(n) == dir || n > 0 && within[t.Nodes[n].Parent]
	}
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
	l := p.Line().Add(th.Text, display.Bytes(stored)+" in all layers")
	if dead > 0 {
		l.Add(th.Text, ", of which ").Add(th.Waste, display.Bytes(dead)+" can be read no more")
	}
	p.End(l)
	for _, s := range v.shares.all {
		p.Blank()
		p.End(p.Line().Figure(th.Text, figure(s.bytes, th), display.BytesWidth+1).Gap(2).Add(th.Text, "by "+v.maker(uint16(s.layer), p.Width)))
		var facts []string
		if s.files > 0 {
			facts = append(facts, display.Plural(s.files, "file"))
		}
		if s.takes > 0 {
			facts = append(facts, "deletes "+display.Plural(s.takes, "path"))
		}
		below := p.Line().To(display.BytesWidth+3).Add(th.Dim, strings.Join(facts, ", "))
		if s.dead > 0 {
			below.Add(th.Dim, ", ").Add(th.Waste, display.Bytes(s.dead)+" can be read no more")
		}
		p.End(below)
	}
	return "who wrote what below it"
}
