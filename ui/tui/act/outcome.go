package act

import (
	"slices"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Outcome is an image beside the one it was made from: what was predicted, where
// changes were written, and what came of it.
type Outcome struct {
	Before, After *model.Report
	Written       Written // what was in the Dockerfile that was built; none: nothing was predicted
	compared      *model.Comparison
}

// NewOutcome compares two readings of an image. That goes through all their files.
func NewOutcome(before, after *model.Report, written Written) *Outcome {
	return &Outcome{before, after, written, compare.Reports(before, after)}
}

// Same reports whether both readings are of one image.
func (o *Outcome) Same() bool {
	a, b := o.Before.Image.ID, o.After.Image.ID
	return a != nil && b != nil && *a == *b
}

// predicted reports whether changes were written before the build.
func (o *Outcome) predicted() bool { return len(o.Written.Changes) > 0 }

// maxRows is how many rows of a list are shown.
const maxRows = 12

// Page writes the comparison and returns its title.
func (o *Outcome) Page(p *draw.Page) (title string) {
	o.totals(p)
	if o.predicted() {
		o.findings(p)
	}
	o.instructions(p)
	o.changedFindings(p)
	o.packages(p)
	o.paths(p)
	if o.predicted() {
		return "predicted and actual"
	}
	return "before and after"
}

// figures are the columns of a row: before, predicted where anything was, after.
type figures struct {
	before, after int64
	predicted     *int64
}

const figureColumn = display.BytesWidth + 4

// row writes figures and what they are of.
func (o *Outcome) row(p *draw.Page, f figures, text, remark string) {
	th := p.Theme
	l := p.Line().Figure(th.Text, display.Bytes(f.before), display.BytesWidth)
	if o.predicted() {
		told := ""
		if f.predicted != nil {
			told = display.Bytes(*f.predicted)
		}
		l.Gap(figureColumn-display.BytesWidth).Figure(th.Dim, told, display.BytesWidth)
	}
	style := th.Text
	switch {
	case f.after < f.before:
		style = th.Added
	case f.after > f.before:
		style = th.Removed
	}
	l.Gap(figureColumn-display.BytesWidth).Figure(style, display.Bytes(f.after), display.BytesWidth).Gap(3)
	l.AddWithin(th.Text, th.OneLine(text, p.Width), max(l.Left()-display.Width(remark)-2, 8))
	if remark != "" {
		l.Gap(2).Add(th.Dim, remark)
	}
	p.End(l)
}

func (o *Outcome) heading(p *draw.Page) {
	th := p.Theme
	l := p.Line().Figure(th.Dim, "before", display.BytesWidth)
	if o.predicted() {
		l.Gap(figureColumn-len("predicted")).Figure(th.Dim, "predicted", len("predicted"))
	}
	p.End(l.Gap(figureColumn-display.BytesWidth).Figure(th.Dim, "now", display.BytesWidth))
}

func (o *Outcome) totals(p *draw.Page) {
	o.heading(p)
	size := figures{before: o.Before.Image.Size, after: o.After.Image.Size}
	wasted := figures{before: o.Before.Summary.WastedBytes, after: o.After.Summary.WastedBytes}
	if o.predicted() {
		size.predicted = &o.Written.Size
		left := wasted.before
		for i := range o.Before.Findings {
			if f := &o.Before.Findings[i]; f.Wasted() {
				left -= o.Written.Saves[f.ID]
			}
		}
		wasted.predicted = &left
	}
	o.row(p, size, "size", "")
	if old, now := o.Before.Image.CompressedSize, o.After.Image.CompressedSize; old != nil && now != nil {
		o.row(p, figures{*old, *now, o.Written.PullSize}, "to pull", "")
	}
	o.row(p, wasted, "wasted", "")
}

// findings writes what became of each finding that the written changes were to settle.
func (o *Outcome) findings(p *draw.Page) {
	p.Blank()
	p.Row(p.Theme.Strong, "What the written changes were meant to save")
	for i := range o.Before.Findings {
		f := &o.Before.Findings[i]
		saves, meant := o.Written.Saves[f.ID]
		if !meant {
			continue
		}
		left := f.Bytes - saves
		now := o.now(f)
		remark := "as predicted"
		switch {
		case now > left && now-left > tolerance(f.Bytes):
			remark = display.Bytes(now-left) + " more than predicted"
		case now < left && left-now > tolerance(f.Bytes):
			remark = display.Bytes(left-now) + " less than predicted"
		}
		o.row(p, figures{f.Bytes, now, &left}, f.Title, remark)
	}
}

// tolerance is what a finding may weigh besides before that is worth a word.
func tolerance(bytes int64) int64 { return max(bytes/100, 10_000) }

// now is what a finding of the image before weighs in the new one.
func (o *Outcome) now(f *model.Finding) int64 {
	for i := range o.compared.Findings {
		c := &o.compared.Findings[i]
		if c.Rule == f.Rule && c.Bytes.Old == f.Bytes && c.Wasted == f.Wasted() {
			return c.Bytes.New
		}
	}
	return f.Bytes
}

// instructions writes the steps that weigh another amount than before.
func (o *Outcome) instructions(p *draw.Page) {
	list := o.compared.Instructions
	o.section(p, "Instructions", len(list), func(i int) {
		c := &list[i]
		step := c.New
		if step == nil {
			step = c.Old
		}
		o.row(p, figures{before: c.Bytes.Old, after: c.Bytes.New}, step.Text, told(c.Kind))
	})
}

// changedFindings writes the findings that came, went, grew or shrank, but for those
// that the written changes were to settle.
func (o *Outcome) changedFindings(p *draw.Page) {
	var list []*model.FindingChange
	for i := range o.compared.Findings {
		c := &o.compared.Findings[i]
		if !o.meant(c) {
			list = append(list, c)
		}
	}
	o.section(p, "Findings", len(list), func(i int) {
		c := list[i]
		o.row(p, figures{before: c.Bytes.Old, after: c.Bytes.New}, c.Title, told(c.Kind))
	})
}

func (o *Outcome) meant(c *model.FindingChange) bool {
	return slices.ContainsFunc(o.Before.Findings, func(f model.Finding) bool {
		return o.Written.Saves[f.ID] > 0 && f.Rule == c.Rule && f.Bytes == c.Bytes.Old && f.Wasted() == c.Wasted
	})
}

func (o *Outcome) packages(p *draw.Page) {
	list := o.compared.Packages
	o.section(p, "Packages", len(list), func(i int) {
		c := &list[i]
		o.row(p, figures{before: c.Bytes.Old, after: c.Bytes.New}, c.Name, told(c.Kind))
	})
}

func (o *Outcome) paths(p *draw.Page) {
	list := o.compared.Paths
	o.section(p, "Files", len(list), func(i int) {
		c := &list[i]
		name := "/" + c.Path
		if c.Directory {
			name += "/"
		}
		o.row(p, figures{before: c.Bytes.Old, after: c.Bytes.New}, name, told(c.Kind))
	})
}

// section writes the heaviest rows of a list under a title, and how many there are more.
func (o *Outcome) section(p *draw.Page, title string, count int, row func(i int)) {
	if count == 0 {
		return
	}
	p.Blank()
	p.Row(p.Theme.Strong, title)
	for i := range min(count, maxRows) {
		row(i)
	}
	if more := count - maxRows; more > 0 {
		p.Row(p.Theme.Dim, "and "+display.Count(more)+" more")
	}
}

// told says what became of a thing.
func told(kind model.DeltaKind) string {
	switch kind {
	case model.Added:
		return "came"
	case model.Removed:
		return "went"
	}
	return string(kind)
}
