package pane

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// bar is how many cells the bar of a row takes, 0 where there is no room for one. The
// columns of a row are, from the left: mark, change, size, wasted, bar, name.
func (v *Files) bar(width int) int {
	if width < 56 {
		return 0
	}
	return 6
}

// Heading draws the names of the columns.
func (v *Files) Heading(l *draw.Line) bool {
	l.To(4).Figure(v.th.Dim, "size", display.BytesWidth).Gap(2).Figure(v.th.Dim, "wasted", display.BytesWidth).Gap(2)
	if bar := v.bar(l.Width); bar > 0 {
		l.Gap(bar).Figure(v.th.Dim, "share", draw.ShareWidth).Gap(2)
	}
	if v.attrs && l.Width >= 56 {
		l.Add(v.th.Dim, "mode uid:gid").Gap(2)
	}
	what := "changes of "
	if v.span.From > v.span.First {
		what = "all up to "
	}
	by := "by " + v.order.String()
	if text := by + ", " + what + v.step; display.Width(text) <= l.Left() {
		by = text
	}
	l.Words(v.th.Dim, by, l.Left())
	return true
}

// Row draws row i.
func (v *Files) Row(l *draw.Line, i int) {
	row := v.current.Rows[i]
	e := &v.current.Entries[row.Entry]
	letter, style := v.th.Dim, v.th.Text
	switch e.Change {
	case filetree.Added:
		letter = v.th.Added
	case filetree.Modified:
		letter = v.th.Accent
	case filetree.Deleted:
		letter, style = v.th.Removed, v.th.Dim
	}
	v.drawMark(l, row.Entry)
	l.To(2).Add(letter, string(e.Change)).Gap(1)
	v.sizes(l, e, row)
	if v.attrs && l.Width >= 56 {
		v.attributes(l, e)
	}
	indent := min(int(row.Depth)*2, max(l.Left()/2, 0))
	l.Gap(indent)
	switch {
	case !v.current.IsDir(row.Entry):
		l.Gap(2)
	case v.current.Opened[row.Entry]:
		l.Add(v.th.Dim, v.th.DirOpen).Gap(1)
	default:
		l.Add(v.th.Dim, v.th.DirClosed).Gap(1)
	}
	v.name(l, e, row, style)
}

// attributes shows mode and owner in a column as wide as its heading.
func (v *Files) attributes(l *draw.Line, e *filetree.Entry) {
	const width = len("mode uid:gid")
	text := ""
	if e.Record != model.NoRecord {
		r := &v.current.Tree.Records[e.Record]
		if a := v.current.Tree.Attributes(r); r.Kind < model.Whiteout && a.UID >= 0 {
			text = fmt.Sprintf("%04o %d:%d", a.Mode, a.UID, a.GID)
		}
	}
	l.Cell(v.th.Dim, text, width).Gap(2)
}

func (v *Files) sizes(l *draw.Line, e *filetree.Entry, row filetree.Row) {
	if e.Size == 0 {
		l.Figure(v.th.Dim, v.th.Charset.Dot, display.BytesWidth)
	} else {
		l.Figure(v.th.Text, display.Bytes(e.Size), display.BytesWidth)
	}
	l.Gap(2)
	if e.Wasted == 0 {
		l.Gap(display.BytesWidth)
	} else {
		l.Figure(v.th.Waste, display.Bytes(e.Wasted), display.BytesWidth)
	}
	l.Gap(2)
	if bar := v.bar(l.Width); bar > 0 {
		l.Gauge(e.Size-e.Wasted, e.Wasted, v.current.Entries[e.Parent].Size, bar)
		l.Share(e.Size, v.current.Entries[e.Parent].Size).Gap(2)
	}
}

func (v *Files) name(l *draw.Line, e *filetree.Entry, row filetree.Row, style lipgloss.Style) {
	isDir := v.current.IsDir(row.Entry)
	room := l.Left() - 1 // a directory's slash, or the border's air
	name := v.th.Name(v.current.Tree.NameBytes(e.Node), room)
	if isDir {
		l.Add(v.th.Keyword, name).Add(v.th.Dim, "/")
	} else {
		l.Add(style, name)
	}
	switch {
	case e.Opaque:
		l.Gap(1).Add(v.th.Removed, "emptied")
	case e.Record == model.NoRecord:
	case v.current.Tree.Records[e.Record].Kind == model.Symlink:
		target := v.current.Tree.LinkText(&v.current.Tree.Records[e.Record])
		l.Gap(1).Add(v.th.Dim, v.th.Arrow+" "+v.th.OneLine(target, l.Left()))
	}
}
