package beside

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// became says how a thing changed: not at all, new, gone, larger or smaller.
func became(r *row) string {
	switch {
	case r.same && r.again != nil:
		return "as before, pulled again"
	case r.same:
		return "as before"
	case r.kind == model.Added:
		return "new"
	case r.kind == model.Removed:
		return "gone"
	}
	return string(r.kind)
}

// stepNumber is a step's number, "" for a layer that no known instruction made.
func stepNumber(s *model.Step) string {
	if s.Number == 0 {
		return ""
	}
	return strconv.Itoa(s.Number)
}

// cause names a step in a few words.
func (p *Page) cause(s *model.Step) string {
	if s == nil {
		return ""
	}
	if s.Inherited {
		return "the base image"
	}
	name := ""
	switch {
	case s.Location != nil:
		name = fmt.Sprintf("line %d", s.Location.Line)
	case s.Number > 0:
		name = "step " + stepNumber(s)
	case s.Instruction != nil:
		return p.th.OneLine(s.Keyword, 12)
	case s.Layer != nil:
		name = fmt.Sprintf("layer %d", *s.Layer)
	}
	if s.Number > 0 && s.Location != nil {
		name = "step " + stepNumber(s) + ", " + name
	}
	if s.Keyword != "" {
		name += ", " + p.th.OneLine(s.Keyword, 12)
	}
	return name
}

// because is the last column of a row: the step that is the cause or, of a package, why
// it is there.
func (p *Page) because(r *row) string {
	if r.what == ofPackage && r.kind != model.Removed {
		if why := p.why(&p.c.Packages[r.index]); why != "" {
			return why
		}
	}
	return p.cause(r.cause)
}

// why says why a package is there.
func (p *Page) why(pk *model.PackageChange) string {
	switch {
	case pk.Reason == "recommended" && len(pk.RecommendedBy) > 0:
		return "recommended by " + p.th.OneLine(pk.RecommendedBy[0], 40)
	case pk.Reason == "manual":
		return "asked for"
	case pk.Reason == "unknown":
		return ""
	}
	return p.th.OneLine(pk.Reason, 40)
}

func (p *Page) versions(pk *model.PackageChange) string {
	old, now := p.th.OneLine(deref(pk.OldVersion), 40), p.th.OneLine(deref(pk.NewVersion), 40)
	switch {
	case pk.OldVersion == nil:
		return now
	case pk.NewVersion == nil, old == now:
		return old
	}
	return old + " " + p.th.Charset.Arrow + " " + now
}

// figures writes a size before and now.
func (p *Page) figures(page *draw.Page, name string, d model.Delta) {
	l := page.Line().AddWithin(p.th.Dim, name, draw.FactColumn-1).To(draw.FactColumn)
	if d.Old == 0 && d.New == 0 {
		page.End(l.Add(p.th.Dim, "nothing, before and now"))
		return
	}
	old, now := display.BytesApart(d.Old, d.New)
	l.Add(p.th.Text, old+" "+p.th.Charset.Arrow+" "+now)
	if d.Growth != 0 {
		text, style := p.growth(d.Growth)
		l.Gap(2).Add(style, text)
	}
	page.End(l)
}

// read writes the text about the row under the cursor and returns its title.
func (p *Page) read(page *draw.Page) string {
	r := p.focused().row()
	if r == nil {
		return ""
	}
	switch {
	case r.what == ofStep:
		p.readStep(page, r)
	case r.what == ofFinding && r.index >= 0:
		p.readFinding(page, r, &p.c.Findings[r.index])
	case r.what == ofPackage:
		p.readPackage(page, r, &p.c.Packages[r.index])
	case r.what == ofPath:
		p.readPath(page, r, &p.c.Paths[r.index])
	default:
		page.Paragraph(p.th.Strong, r.name)
		p.readBytes(page, r)
	}
	return p.title(r)
}

// title is what the text is about, and what became of it.
func (p *Page) title(r *row) string {
	what := [...]string{ofStep: "step", ofFinding: "finding", ofPackage: "package", ofPath: "files"}[r.what]
	if r.what == ofStep {
		if what = p.cause(r.cause); len(r.fold) > 0 {
			what = "the base image"
		}
	}
	return what + p.th.Between() + became(r)
}

func (p *Page) readBytes(page *draw.Page, r *row) {
	p.figures(page, "size", r.bytes)
	if r.predicted == nil {
		return
	}
	told := display.Bytes(*r.predicted) + ", and so it is"
	switch off := r.bytes.New - *r.predicted; {
	case off > tolerance(r.bytes.Old):
		told = display.Bytes(*r.predicted) + "; it is " + display.Bytes(off) + " more"
	case -off > tolerance(r.bytes.Old):
		told = display.Bytes(*r.predicted) + "; it is " + display.Bytes(-off) + " less"
	}
	page.Fact("predicted", told)
	if wanted := r.bytes.New - r.counted; wanted > tolerance(r.bytes.Old) {
		page.Fact("of that", display.Bytes(wanted)+" is no longer waste: the new Dockerfile asks for it, or another finding has it")
	}
}

// tolerance is by how many bytes a finding may differ from its prediction without a remark.
func tolerance(bytes int64) int64 { return max(bytes/100, 10_000) }

func (p *Page) readStep(page *draw.Page, r *row) {
	th := p.th
	if len(r.fold) > 0 {
		page.Paragraph(th.Strong, r.name)
		them := "them"
		if len(r.fold) == 1 {
			them = "it"
		}
		page.Paragraph(th.Text, display.Plural(len(r.fold), "step")+" of the base image that both images have; Enter lists "+them+".")
		p.figures(page, "size", r.bytes)
		return
	}
	switch s := r.steps; {
	case s.Old != nil && s.New != nil && s.Old.Text != s.New.Text:
		draw.WriteEdit(page, s.Old.Text, s.New.Text)
	case s.New != nil:
		p.instruction(page, s.New)
	default:
		p.instruction(page, s.Old)
	}
	page.Blank()
	p.readAgain(page, r.again)
	p.figures(page, "size", r.bytes)
	if w := r.steps.WastedBytes; w.Old != 0 || w.New != 0 {
		p.figures(page, "wasted", w)
	}
	if len(r.steps.doing) == 0 {
		return
	}
	page.Blank()
	page.Row(th.Strong, "What it changed")
	for _, d := range r.steps.doing {
		of := p.lists[d.list]
		row := &of.rows[d.row]
		text, style := p.growth(row.bytes.Growth)
		l := page.Line().Figure(style, text, changeWidth).Gap(2)
		page.End(l.AddWithin(th.Text, th.OneLine(row.name, l.Width), l.Left()))
	}
}

func (p *Page) instruction(page *draw.Page, s *model.Step) {
	if s.Text == "" {
		page.Row(p.th.Dim, p.cause(s)+", made by an unknown instruction")
		return
	}
	for _, row := range p.th.Instruction(s.Text, page.Width) {
		page.Row(p.th.Text, row)
	}
}

// by writes a row with the number and the text of a step.
func (p *Page) by(page *draw.Page, name string, s *model.Step) {
	if s == nil {
		return
	}
	l := page.Line().AddWithin(p.th.Dim, name, draw.FactColumn-1).To(draw.FactColumn)
	l.Add(p.th.Text, p.cause(s))
	if rest := strings.TrimSpace(strings.TrimPrefix(s.Text, s.Keyword)); rest != "" && l.Left() > 8 {
		l.Gap(1).Add(p.th.Dim, p.th.OneLine(rest, l.Width))
	}
	page.End(l)
}

func (p *Page) readFinding(page *draw.Page, r *row, f *model.FindingChange) {
	page.Paragraph(p.th.Strong, f.Title)
	p.readBytes(page, r)
	p.by(page, "made by", f.Step)
	p.by(page, "hidden by", f.HiddenBy)
	page.Fact("rule", f.Rule+p.th.Between()+string(f.Confidence))
	if f.Inherited {
		page.Fact("where", "in the base image")
	}
	if f.Fix != nil && r.kind != model.Removed && r.kind != model.Shrank {
		page.Fact("fix", f.Fix.Summary)
	}
	if len(f.Packages) > 0 {
		page.Fact("packages", strings.Join(f.Packages, ", "))
	}
	for i, path := range f.Paths {
		l := page.Line()
		if i == 0 {
			l.Add(p.th.Dim, "files")
		}
		l.To(draw.FactColumn)
		page.End(l.Add(p.th.Dim, p.th.Charset.TruncatePath("/"+p.th.Path(path), l.Left())))
	}
}

func (p *Page) readPackage(page *draw.Page, r *row, pk *model.PackageChange) {
	page.Paragraph(p.th.Strong, p.th.OneLine(pk.Name, page.Width)+" "+p.versions(pk))
	p.readBytes(page, r)
	if why := p.why(pk); why != "" {
		page.Fact("why", why)
	}
	name := "brought by"
	if pk.Kind == model.Removed {
		name = "came with"
	}
	p.by(page, name, pk.Step)
}

func (p *Page) readPath(page *draw.Page, r *row, ch *model.PathChange) {
	page.Paragraph(p.th.Strong, p.th.Path(r.name))
	p.readBytes(page, r)
	page.Fact("files", display.Count(int(ch.Files.Old))+" "+p.th.Charset.Arrow+" "+display.Count(int(ch.Files.New))+", hidden versions included")
	p.by(page, "cause", ch.Step)
}
