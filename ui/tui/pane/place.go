package pane

// Place is what the row under a pane's cursor stands for, as far as it stands for
// something: it answers a question of where.
type Place struct {
	Line         int    // of the Dockerfile; 0 for none
	Path         string // of a file or directory in the image; "" for none
	Package      string // "" for none
	Size, Wasted int64  // bytes of it; 0 where it has none
	Folded       bool   // Open shows what the row holds
}

// PlaceOf is where somebody is who has a pane before them.
func PlaceOf(p Pane, steps *Instructions) Place {
	if here, ok := p.(interface{ place(*Instructions) Place }); ok {
		return here.place(steps)
	}
	return Place{}
}

func (p *Instructions) place(*Instructions) Place {
	s := p.Chosen()
	if s == nil {
		return Place{}
	}
	at := Place{Line: s.Line(), Size: s.Size, Wasted: s.Wasted}
	if s.Base && p.report != nil { // what the base image brings stands at its FROM
		for i := range p.report.Instructions {
			if in := &p.report.Instructions[i]; in.Inherited && in.Location != nil && at.Line == 0 {
				at.Line = in.Location.Line
			}
		}
	}
	return at
}

func (v *Files) place(steps *Instructions) Place {
	e := v.Chosen()
	if e == nil {
		return Place{}
	}
	row := v.current.Rows[v.Cursor]
	at := Place{Path: v.Path(), Size: e.Size, Wasted: e.Wasted, Folded: v.current.IsDir(row.Entry) && !v.current.Opened[row.Entry]}
	if s := steps.Chosen(); s != nil && !v.merged { // of all steps, who knows which one brought it
		at.Line = s.Line()
	}
	return at
}

func (v *Packages) place(*Instructions) Place {
	n := v.chosen()
	if n == nil {
		return Place{}
	}
	at := Place{Size: n.Bytes, Wasted: n.Wasted, Folded: len(n.Children) > 0 && !v.opened[v.visible[v.Cursor].Entry]}
	if p := v.chosenPackage(); p != nil {
		at.Package = p.Name
	}
	return at
}

func (v *Dockerfile) place(*Instructions) Place {
	c := v.chosen()
	if c == nil {
		return Place{}
	}
	at := Place{Size: c.Size, Wasted: c.Wasted}
	if v.report.Dockerfile != nil {
		at.Line = v.Source.Lines[c.Line].Number // an instruction is named by its first line
	}
	return at
}

func (v *Fixes) place(*Instructions) Place {
	row := v.row()
	switch {
	case row == nil:
		return Place{}
	case row.finding == nil:
		return Place{Folded: row.fold != "" && !v.isOpen(row.fold)}
	}
	at := Place{Size: row.finding.Bytes, Wasted: row.finding.Bytes}
	if row.change != nil {
		at.Size, at.Wasted = row.change.Bytes, row.change.Bytes
	}
	if row.kept != nil {
		at.Size, at.Wasted = row.bytes, row.bytes
	}
	if in := v.Instruction(row.finding); in != nil && in.Location != nil {
		at.Line = in.Location.Line
	}
	return at
}
