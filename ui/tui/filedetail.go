package tui

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// read writes whose the entry is, what became of it, and the fix for it.
func (v *files) read(p *page) string {
	e := v.chosen()
	if e == nil {
		return ""
	}
	t := v.current.tree
	for _, part := range display.Wrap("/"+v.th.path(t.Path(e.node)), p.width) {
		p.row(v.th.strong, part)
	}
	kind, title := "folder", changeNames[e.change]
	if e.record != model.NoRecord {
		kind = v.kind(e.record, p.width)
	}
	p.paragraph(v.th.dim, kind)
	v.readCost(p, e)
	v.readFix(p, e)
	v.readVersions(p, e)
	return cmp.Or(title, kindNames[model.Directory])
}

// kind is what a record is, with mode, owner, package and target.
func (v *files) kind(id model.RecordID, columns int) string {
	t := v.current.tree
	r := &t.Records[id]
	facts := []string{kindNames[r.Kind]}
	if a := t.Attributes(r); r.Kind < model.Whiteout && a.UID >= 0 {
		facts = append(facts, fmt.Sprintf("%04o", a.Mode), fmt.Sprintf("%d:%d", a.UID, a.GID))
	}
	if owner := v.owner(stood(t, id), columns); owner != "" {
		facts = append(facts, owner)
	}
	kind := strings.Join(facts, v.th.between())
	switch r.Kind {
	case model.Symlink:
		kind += " " + v.th.arrow + " " + v.th.oneLine(t.LinkText(r), columns)
	case model.Link:
		kind += " " + v.th.arrow + " /" + v.th.path(t.Path(t.Records[r.Target()].Node))
	}
	return kind
}

// stood is the record that the owner of a path is asked of: what a layer took away
// belonged to the package of what stood there.
func stood(t *model.Tree, id model.RecordID) model.RecordID {
	for t.Records[id].Kind >= model.Whiteout && t.Below(id) != model.NoRecord {
		id = t.Below(id)
	}
	return id
}

// owner names the package that a file belongs to, "" where the image has no
// package database or the record is no file.
func (v *files) owner(id model.RecordID, columns int) string {
	t := v.current.tree
	if t.Packages == nil || int(id) >= len(t.Packages) || t.Records[id].Kind > model.Link {
		return ""
	}
	at := int(t.Packages[id])
	if at < 0 || at >= len(v.report.Packages) {
		return "of no package"
	}
	p := &v.report.Packages[at]
	return "package " + v.th.oneLine(p.Name+" "+p.Version, columns)
}

// readCost says what the entry's bytes are good for.
func (v *files) readCost(p *page, e *entry) {
	l := p.line()
	switch {
	case e.change == deleted:
		p.paragraph(v.th.text, "no longer there from here on; its bytes stay in the layer that holds them")
		return
	case e.size == 0:
		return
	case e.wasted == 0:
		l.add(v.th.strong, display.Bytes(e.size)).add(v.th.dim, ", nothing wasted")
	default:
		l.add(v.th.strong, display.Bytes(e.size)).add(v.th.text, ", of which ").add(v.th.waste, display.Bytes(e.wasted)+" wasted")
	}
	p.end(l)
}

// readFix writes the finding that holds a version of the entry, and the fix that
// would take it away.
func (v *files) readFix(p *page, e *entry) {
	if e.record == model.NoRecord {
		return
	}
	told := model.NoFinding
	for id := range v.current.versions(e) {
		r := &v.current.tree.Records[id]
		if r.Kind != model.File || r.Finding() == told || int(r.Finding()) >= len(v.report.Findings) {
			continue
		}
		told = r.Finding()
		f := &v.report.Findings[told]
		p.end(p.line().add(v.th.accent, v.th.marked).gap(1).add(v.th.waste, v.th.oneLine(f.Title, p.width)))
		if f.Fix != nil {
			p.paragraph(v.th.text, f.Fix.Summary)
		}
	}
}

// maxVersions is how many versions of a file are listed.
const maxVersions = 100

// readVersions lists every version of a file in the image, the newest first,
// with the verdict on each and the instruction that put it there.
func (v *files) readVersions(p *page, e *entry) {
	t := v.current.tree
	count := 0
	for id := t.Nodes[e.node].Last; id != model.NoRecord && count < maxVersions; id = t.Below(id) {
		r := &t.Records[id]
		if r.Kind != model.File {
			continue
		}
		count++
		style, verdict := v.th.text, r.Verdict.String()
		if r.Verdict == model.Shadowed || r.Verdict == model.Leftover {
			style = v.th.waste
		}
		l := p.line().figure(v.th.text, display.Bytes(r.Size.Bytes()), display.BytesWidth).gap(2).cell(style, verdict, len("duplicate")).gap(1)
		l.add(v.th.dim, v.maker(r.Layer, l.left()))
		p.end(l)
		if r.Cause != model.NoCause {
			p.end(p.line().to(display.BytesWidth+2).add(v.th.dim, r.Cause.String()+" by "+v.maker(r.HiddenBy, p.width)))
		}
	}
}

// maker names the instruction of a layer.
func (v *files) maker(layer uint16, columns int) string {
	if int(layer) >= len(v.report.Layers) {
		return fmt.Sprintf("layer %d", layer)
	}
	at := v.report.Layers[layer].Instruction
	if at == nil || *at < 0 || *at >= len(v.report.Instructions) {
		return fmt.Sprintf("layer %d", layer)
	}
	return v.th.stepName(&v.report.Instructions[*at], columns)
}

var kindNames = [...]string{
	model.File: "file", model.Link: "hard link", model.Directory: "folder", model.Implied: "folder", model.Symlink: "symbolic link",
	model.CharDevice: "character device", model.BlockDevice: "block device", model.Fifo: "fifo", model.Whiteout: "deleted", model.Opaque: "folder",
}

var changeNames = map[byte]string{added: "added", modified: "modified", deleted: "deleted"}
