package pane

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// Read writes whose the entry is, what became of it, and the fix for it.
func (v *Files) Read(p *draw.Page) string {
	e := v.Chosen()
	if e == nil {
		return ""
	}
	t := v.current.Tree
	for _, part := range display.Wrap("/"+v.th.Path(t.Path(e.Node)), p.Width) {
		p.Row(v.th.Strong, part)
	}
	kind, title := "directory", changeNames[e.Change]
	if e.Record != model.NoRecord {
		kind = v.kind(e.Record, p.Width)
	}
	p.Paragraph(v.th.Dim, kind)
	v.readCost(p, e)
	v.readFix(p, e)
	v.readVersions(p, e)
	return cmp.Or(title, kindNames[model.Directory])
}

// kind says what kind of file a record is, with mode, owner, package and target.
func (v *Files) kind(id model.RecordID, columns int) string {
	t := v.current.Tree
	r := &t.Records[id]
	facts := []string{kindNames[r.Kind]}
	if a := t.Attributes(r); r.Kind < model.Whiteout && a.UID >= 0 {
		facts = append(facts, fmt.Sprintf("%04o", a.Mode), fmt.Sprintf("%d:%d", a.UID, a.GID))
	}
	if owner := v.owner(stood(t, id), columns); owner != "" {
		facts = append(facts, owner)
	}
	kind := strings.Join(facts, v.th.Between())
	switch r.Kind {
	case model.Symlink:
		kind += " " + v.th.Arrow + " " + v.th.OneLine(t.LinkText(r), columns)
	case model.Link:
		kind += " " + v.th.Arrow + " /" + v.th.Path(t.Path(t.Records[r.Target()].Node))
	}
	return kind
}

// stood returns the record whose package owns the path. For a deletion that is the deleted file.
func stood(t *model.Tree, id model.RecordID) model.RecordID {
	for t.Records[id].Kind >= model.Whiteout && t.Below(id) != model.NoRecord {
		id = t.Below(id)
	}
	return id
}

// owner names the package that a file belongs to, "" where the image has no
// package database or the record is no file.
func (v *Files) owner(id model.RecordID, columns int) string {
	t := v.current.Tree
	if t.Packages == nil && t.Libraries == nil || t.Records[id].Kind > model.Link {
		return ""
	}
	at := t.Owner(id)
	if at < 0 || at >= len(v.report.Packages) {
		return "in no package"
	}
	p := &v.report.Packages[at]
	return "package " + v.th.OneLine(p.Name+" "+p.Version, columns)
}

// readCost says how many of the entry's bytes are in use and how many are wasted.
func (v *Files) readCost(p *draw.Page, e *filetree.Entry) {
	l := p.Line()
	switch {
	case e.Change == filetree.Deleted:
		p.Paragraph(v.th.Text, "removed here; its bytes stay in the layer that holds them")
		return
	case e.Size == 0:
		return
	case e.Wasted == 0:
		l.Add(v.th.Strong, display.Bytes(e.Size)).Add(v.th.Dim, ", nothing wasted")
	default:
		l.Add(v.th.Strong, display.Bytes(e.Size)).Add(v.th.Text, ", of which ").Add(v.th.Waste, display.Bytes(e.Wasted)+" wasted")
	}
	p.End(l)
}

// readFix writes the finding that holds a version of the entry, and the fix that
// would take it away.
func (v *Files) readFix(p *draw.Page, e *filetree.Entry) {
	if e.Record == model.NoRecord {
		return
	}
	told := model.NoFinding
	for id := range v.current.Versions(e) {
		r := &v.current.Tree.Records[id]
		if r.Kind != model.File || r.Finding() == told || int(r.Finding()) >= len(v.report.Findings) {
			continue
		}
		told = r.Finding()
		f := &v.report.Findings[told]
		p.End(p.Line().Add(v.th.Accent, v.th.Marked).Gap(1).Add(v.th.Waste, v.th.OneLine(f.Title, p.Width)))
		if f.Fix != nil {
			p.Paragraph(v.th.Text, f.Fix.Summary)
		}
	}
}

// maxVersions is how many versions of a file are listed.
const maxVersions = 100

// readVersions lists every version of a file in the image, the newest first,
// with the verdict on each and the instruction that put it there.
func (v *Files) readVersions(p *draw.Page, e *filetree.Entry) {
	t := v.current.Tree
	count := 0
	for id := t.Nodes[e.Node].Last; id != model.NoRecord && count < maxVersions; id = t.Below(id) {
		r := &t.Records[id]
		if r.Kind != model.File {
			continue
		}
		count++
		style, verdict := v.th.Text, r.Verdict.String()
		if r.Verdict == model.Shadowed || r.Verdict == model.Leftover {
			style = v.th.Waste
		}
		l := p.Line().Figure(v.th.Text, display.Bytes(r.Size.Bytes()), display.BytesWidth).Gap(2).Cell(style, verdict, len("duplicate")).Gap(1)
		l.Add(v.th.Dim, v.maker(r.Layer, l.Left()))
		p.End(l)
		if r.Cause != model.NoCause {
			p.End(p.Line().To(display.BytesWidth+2).Add(v.th.Dim, r.Cause.String()+" by "+v.maker(r.HiddenBy, p.Width)))
		}
	}
}

// maker names the instruction of a layer.
func (v *Files) maker(layer uint16, columns int) string {
	if int(layer) >= len(v.report.Layers) {
		return fmt.Sprintf("layer %d", layer)
	}
	at := v.report.Layers[layer].Instruction
	if at == nil || *at < 0 || *at >= len(v.report.Instructions) {
		return fmt.Sprintf("layer %d", layer)
	}
	return v.th.StepName(v.report, *at, columns)
}

var kindNames = [...]string{
	model.File: "file", model.Link: "hard link", model.Directory: "directory", model.Implied: "directory", model.Symlink: "symbolic link",
	model.CharDevice: "character device", model.BlockDevice: "block device", model.Fifo: "fifo", model.Whiteout: "deleted", model.Opaque: "directory",
}

var changeNames = map[byte]string{filetree.Added: "added", filetree.Modified: "modified", filetree.Deleted: "deleted"}
