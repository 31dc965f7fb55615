package pane

import (
	"path"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/packagetree"
)

// Columns from the right: the instruction, the reason, the version; each goes
// where the name would have too little room.
const (
	reasonWidth  = len("recommended")
	stepWidth    = 4
	nameRoom     = 20
	sizeColumn   = 2
	packageStart = sizeColumn + display.BytesWidth + 2
)

type packageColumns struct{ bar, version, reason, step int }

// taken is how much of a row they need, with the border's air.
func (c packageColumns) taken() int {
	taken := 1
	for _, column := range []int{c.version, c.reason, c.step} {
		if column > 0 {
			taken += column + 1
		}
	}
	return taken
}

func packageWidths(width int) packageColumns {
	var c packageColumns
	if width < 46 {
		return c // where a package stands in the tree says enough
	}
	left := width - packageStart - nameRoom
	take := func(column *int, least, most int) {
		if left > least {
			*column = min(most, left-1)
			left -= *column + 1
		}
	}
	left += 6 // a short name is better than no reason
	take(&c.reason, reasonWidth, reasonWidth)
	left = max(left-6, 0)
	take(&c.step, stepWidth, stepWidth)
	if take(&c.version, 8, 12); width >= 84 {
		c.version += 6
		left -= 6
	}
	take(&c.bar, 4+draw.ShareWidth, 6+draw.ShareWidth)
	return c
}

// Heading draws the names of the columns.
func (v *Packages) Heading(l *draw.Line) bool {
	c := packageWidths(l.Width)
	l.To(sizeColumn).Figure(v.th.Dim, "size", display.BytesWidth).Gap(2)
	if c.bar > 0 {
		l.Gap(c.bar-draw.ShareWidth).Figure(v.th.Dim, "share", draw.ShareWidth).Gap(1)
	}
	l.Add(v.th.Dim, "package")
	v.right(l, c, "version", v.th.Dim, "why", "step")
	return true
}

// right draws the columns to the right of the name.
func (v *Packages) right(l *draw.Line, c packageColumns, version string, why lipgloss.Style, reason, step string) {
	l.To(l.Width - c.taken())
	if c.version > 0 {
		l.Gap(1).Cell(v.th.Dim, version, c.version)
	}
	if c.reason > 0 {
		l.Gap(1).Cell(why, reason, c.reason)
	}
	if c.step > 0 {
		l.Gap(1).Figure(v.th.Dim, step, c.step)
	}
}

// Row draws row i.
func (v *Packages) Row(l *draw.Line, i int) {
	row := v.visible[i]
	n := &v.tree.Nodes[row.Entry]
	c := packageWidths(l.Width)
	text, size := v.th.Text, v.th.Text
	switch {
	case n.Title == packagetree.FromBase || n.Parent >= 0 && v.tree.Nodes[n.Parent].Title == packagetree.FromBase:
		text, size = v.th.Dim, v.th.Dim
	case n.Wasted > 0 && (n.Index < 0 || n.Wasted >= n.Bytes):
		size = v.th.Waste
	}
	l.To(sizeColumn)
	if n.Bytes == 0 && n.Index >= 0 && v.report.Packages[n.Index].Unsized {
		l.Figure(v.th.Dim, "?", display.BytesWidth)
	} else if n.Bytes == 0 {
		l.Figure(v.th.Dim, v.th.Charset.Dot, display.BytesWidth)
	} else {
		l.Figure(size, display.Bytes(n.Bytes), display.BytesWidth)
	}
	l.Gap(2)
	if c.bar > 0 {
		l.Gauge(n.Bytes-min(n.Wasted, n.Bytes), min(n.Wasted, n.Bytes), v.scale(n), c.bar-draw.ShareWidth)
		l.Share(n.Bytes, v.scale(n)).Gap(1)
	}
	l.Gap(min(int(row.Depth)*2, max((l.Left()-c.reason-c.step)/3, 0)))
	switch {
	case len(n.Children) == 0:
		l.Gap(2)
	case v.opened[row.Entry]:
		l.Add(v.th.Dim, v.th.DirOpen).Gap(1)
	default:
		l.Add(v.th.Dim, v.th.DirClosed).Gap(1)
	}
	if n.Index < 0 {
		if c.version = 0; n.Title == packagetree.InPlace { // a title has none
			c.reason, c.step = 0, 0
		}
		v.name(l, c, text, v.titles(n)...)
		v.right(l, c, "", v.th.Dim, v.reason(n.Title), "")
		return
	}
	p := &v.report.Packages[n.Index]
	name := v.th.OneLine(p.Name, l.Width)
	if display.Width(name) > l.Left()-c.taken() { // the name tells packages apart, the version stands below
		c.version = 0
	}
	if v.name(l, c, text, name); n.Count > 1 {
		if more := " +" + display.Count(n.Count-1); len(more) <= l.Left()-c.taken() {
			l.Add(v.th.Dim, more)
		}
	}
	v.right(l, c, v.th.OneLine(p.Version, l.Width), v.reasonStyle(p), v.th.OneLine(p.Reason, l.Width), v.step(p))
}

// name writes the first of the names that fits, or what fits of the last.
func (v *Packages) name(l *draw.Line, c packageColumns, style lipgloss.Style, names ...string) {
	room := l.Left() - c.taken()
	for i, name := range names {
		if i == len(names)-1 || display.Width(name) <= room {
			l.AddWithin(style, name, room)
			return
		}
	}
}

// scale is the size at which a node's bar is full.
func (v *Packages) scale(n *packagetree.Node) int64 {
	if n.Parent >= 0 {
		return v.tree.Nodes[n.Parent].Bytes
	}
	most := int64(0)
	if len(v.tree.Top) > 0 {
		most = v.tree.Nodes[v.tree.Top[0]].Bytes
	}
	return max(most, n.Bytes)
}

func (v *Packages) reasonStyle(p *model.Package) lipgloss.Style {
	switch {
	case p.Layer < v.report.Image.Base.Layers:
		return v.th.Dim
	case p.Reason == packagetree.ReasonManual:
		return v.th.Keyword
	case v.finding(p) != nil:
		return v.th.Waste
	}
	return v.th.Dim
}

// titles are what a row that gathers packages may be called, the longest first.
func (v *Packages) titles(n *packagetree.Node) []string {
	about := [...]string{
		packagetree.Recommends: "only recommended", packagetree.Dependencies: "that others need", packagetree.Weak: "that others recommend", packagetree.Orphans: "nothing needs",
		packagetree.Essentials: "of the system", packagetree.UnknownReason: "", packagetree.FromBase: "of the base",
		packagetree.InPlace: "", packagetree.Develops: "for development only",
	}[n.Title]
	if n.Title == packagetree.InPlace {
		where := " in /" + v.th.Path(n.Place)
		most := display.Plural(n.Count, n.Manager+" package") + where
		return []string{most, display.Count(n.Count) + " " + n.Manager + where, n.Manager + where, n.Manager + " in …/" + v.th.Path(path.Base(n.Place))}
	}
	titles := []string{strings.TrimSpace(display.Plural(n.Count, "package") + " " + about), strings.TrimSpace(display.Count(n.Count) + " " + about)}
	if n.Title == packagetree.Recommends {
		titles = append(titles, display.Count(n.Count)+" recommended")
	}
	return titles
}

// reason is what packages under one title have in common.
func (v *Packages) reason(title packagetree.Title) string {
	return [...]string{
		packagetree.Recommends: "recommended", packagetree.Dependencies: "dependency", packagetree.Weak: "recommended", packagetree.Orphans: "orphan", packagetree.Essentials: "essential",
		packagetree.UnknownReason: "unknown", packagetree.FromBase: "base", packagetree.InPlace: "", packagetree.Develops: "dev",
	}[title]
}

// step is the number of the instruction that installed a package.
func (v *Packages) step(p *model.Package) string {
	if in := v.instruction(p); in != nil {
		if n := v.report.StepNumber(in.Index); n > 0 {
			return strconv.Itoa(n)
		}
	}
	return ""
}

func (v *Packages) instruction(p *model.Package) *model.Instruction {
	if p.Layer < 0 || p.Layer >= len(v.report.Layers) {
		return nil
	}
	at := v.report.Layers[p.Layer].Instruction
	if at == nil || *at < 0 || *at >= len(v.report.Instructions) {
		return nil
	}
	return &v.report.Instructions[*at]
}
