package tui

import (
	"cmp"
	"fmt"

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
		r := &t.Records[e.record]
		kind = kindNames[r.Kind]
		if a := t.Attributes(r); r.Kind < model.Whiteout && a.UID >= 0 {
			kind += fmt.Sprintf(" %s %04o %s %d:%d", v.th.charset.Dot, a.Mode, v.th.charset.Dot, a.UID, a.GID)
		}
		switch r.Kind {
		case model.Symlink:
			kind += " " + v.th.arrow + " " + v.th.oneLine(t.LinkText(r), p.width)
		case model.Link:
			kind += " " + v.th.arrow + " /" + v.th.path(t.Path(t.Records[r.Target].Node))
		}
	}
	p.paragraph(v.th.dim, kind)
	v.readVerdict(p, e)
	return cmp.Or(title, kindNames[model.Directory])
}

// readVerdict says what the entry's bytes are good for.
func (v *files) readVerdict(p *page, e *entry) {
	l := p.line()
	switch {
	case e.change == deleted:
		l.add(v.th.text, "no longer there from here on; its bytes stay in the layer that holds them")
	case e.size == 0:
		return
	case e.wasted == 0:
		l.add(v.th.strong, display.Bytes(e.size)).add(v.th.dim, ", nothing wasted")
	default:
		l.add(v.th.strong, display.Bytes(e.size)).add(v.th.text, ", of which ").add(v.th.waste, display.Bytes(e.wasted)+" wasted")
	}
	p.end(l)
	if e.record == model.NoRecord {
		return
	}
	r := &v.current.tree.Records[e.record]
	if r.Kind != model.File {
		return
	}
	if r.Verdict == model.Shadowed {
		p.row(v.th.text, "shadowed: "+r.Cause.String()+v.by(r.HiddenBy, p.width))
	}
	if int(r.Finding) < len(v.report.Findings) {
		f := &v.report.Findings[r.Finding]
		p.paragraph(v.th.waste, f.Title)
		if f.Fix != nil {
			p.paragraph(v.th.text, f.Fix.Summary)
		}
	}
}

// by names the instruction of a layer.
func (v *files) by(layer uint16, columns int) string {
	if int(layer) >= len(v.report.Layers) {
		return ""
	}
	at := v.report.Layers[layer].Instruction
	if at == nil || *at < 0 || *at >= len(v.report.Instructions) {
		return fmt.Sprintf(" by layer %d", layer)
	}
	in := &v.report.Instructions[*at]
	return " by " + v.th.stepName(in, columns)
}

var kindNames = [...]string{
	model.File: "file", model.Link: "hard link", model.Directory: "folder", model.Implied: "folder", model.Symlink: "symbolic link",
	model.CharDevice: "character device", model.BlockDevice: "block device", model.Fifo: "fifo", model.Whiteout: "deleted", model.Opaque: "folder",
}

var changeNames = map[byte]string{added: "added", modified: "modified", deleted: "deleted"}
