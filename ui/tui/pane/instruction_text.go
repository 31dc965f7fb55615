package pane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Read writes the chosen instruction in full, what it weighs and what it wastes.
func (p *Instructions) Read(page *draw.Page) string {
	s := p.Chosen()
	if s == nil {
		return ""
	}
	switch {
	case s.Base:
		p.readBase(page, s)
	case s.instruction != nil:
		for i, row := range p.th.Instruction(s.instruction.Text, page.Width) {
			l := page.Line()
			rest := row
			if i == 0 && strings.HasPrefix(row, s.Keyword) {
				l.Add(p.th.Keyword, s.Keyword)
				rest = row[len(s.Keyword):]
			}
			page.End(l.Add(p.th.Text, rest))
		}
		page.Blank()
	}
	p.readCost(page, s)
	p.readLayer(page, s)
	p.readFindings(page, s)
	if !s.Base {
		p.readPackages(page, s)
	}
	return p.heads(s)
}

// heads is the title above the text: number, keyword, place in the Dockerfile.
func (p *Instructions) heads(s *Step) string {
	dot := p.th.Between()
	title := p.th.OneLine(s.Keyword, 20)
	if s.Step > 0 {
		title = fmt.Sprintf("step %d", s.Step) + dot + title
	}
	if s.instruction != nil && s.instruction.Location != nil {
		title += dot + fmt.Sprintf("line %d", s.instruction.Location.Line)
	}
	return title
}

func (p *Instructions) readBase(page *draw.Page, s *Step) {
	base := &p.report.Image.Base
	page.Row(p.th.Strong, p.th.OneLine(s.Text, page.Width))
	page.Row(p.th.Dim, "the base image, "+HowBase(base.How))
	page.Blank()
}

// HowBase says how the base image was found, for one of the model's Base constants.
func HowBase(how string) string {
	switch how {
	case model.BaseByFlag:
		return "as --base says"
	case model.BaseByProvenance:
		return "found by its provenance"
	case model.BaseByAnnotation:
		return "found by its annotation"
	case model.BaseByHistory:
		return "found by its history"
	}
	return "not found"
}

func (p *Instructions) readCost(page *draw.Page, s *Step) {
	l := page.Line()
	switch {
	case s.last < s.first:
		l.Add(p.th.Dim, "makes no layer")
	case p.report.Partial && s.Size == 0:
		l.Add(p.th.Dim, "not read yet")
	default:
		l.Add(p.th.Strong, display.Bytes(s.Size))
		if s.Wasted > 0 {
			l.Add(p.th.Text, ", of which ").Add(p.th.Waste, display.Bytes(s.Wasted)+" wasted")
		} else if !p.report.Partial {
			l.Add(p.th.Dim, ", nothing wasted")
		}
		if whole := p.report.Image.Size; s.Size > 0 && whole >= s.Size && !p.report.Partial {
			l.Add(p.th.Dim, p.th.Between()+display.Percent(s.Size, whole)+" of the image")
		}
	}
	page.End(l)
}

func (p *Instructions) readLayer(page *draw.Page, s *Step) {
	if s.last < s.first || p.report.Partial && s.Size == 0 {
		return
	}
	var files, added, modified, deleted int
	var pull int64
	known := true
	for i := s.first; i <= s.last; i++ {
		layer := &p.report.Layers[i]
		files += layer.Files
		added += layer.Added
		modified += layer.Modified
		deleted += layer.Deleted
		if layer.CompressedSize == nil {
			known = false
		} else {
			pull += *layer.CompressedSize
		}
	}
	facts := []string{display.Plural(files, "file")}
	if s.first < s.last {
		facts = []string{display.Plural(s.last-s.first+1, "layer"), facts[0]}
	}
	if known {
		facts = append(facts, display.Bytes(pull)+" to pull")
	}
	if s.instruction != nil && s.instruction.Created != nil {
		facts = append(facts, display.Ago(*s.instruction.Created, p.th.Now))
	}
	page.List(p.th.Dim, facts...)
	if s.first == s.last {
		page.List(p.th.Dim, display.Count(added)+" added", display.Count(modified)+" modified", display.Count(deleted)+" deleted")
	}
	if d := p.report.Layers[s.first].Digest; d != nil && s.first == s.last {
		page.Row(p.th.Dim, p.th.OneLine(*d, page.Width))
	}
}

// firstBrought is how many of the packages that a step brought are named.
const firstBrought = 5

// readPackages names the largest packages that came with the step.
func (p *Instructions) readPackages(page *draw.Page, s *Step) {
	var brought []*model.Package
	for i := range p.report.Packages {
		if about := &p.report.Packages[i]; about.Layer >= s.first && about.Layer <= s.last && about.Bytes > 0 {
			brought = append(brought, about)
		}
	}
	if len(brought) == 0 {
		return
	}
	slices.SortStableFunc(brought, func(a, b *model.Package) int { return cmp.Compare(b.Bytes, a.Bytes) })
	page.Blank()
	for _, about := range brought[:min(len(brought), firstBrought)] {
		page.End(page.Line().Figure(p.th.Text, display.Bytes(about.Bytes), display.BytesWidth).Gap(2).
			Add(p.th.Text, p.th.OneLine(about.Name, page.Width)).Gap(1).Add(p.th.Dim, p.th.OneLine(about.Version+p.th.Between()+about.Manager, page.Width)))
	}
	if more := len(brought) - firstBrought; more > 0 {
		page.Row(p.th.Dim, "and "+display.Plural(more, "more package"))
	}
}

// readFindings lists what is wrong with the step's bytes, the worst first.
func (p *Instructions) readFindings(page *draw.Page, s *Step) {
	var found []*model.Finding
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if f.Layer != nil && *f.Layer >= s.first && *f.Layer <= s.last && f.Bytes > 0 {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return
	}
	slices.SortStableFunc(found, func(a, b *model.Finding) int { return int(min(max(b.Bytes-a.Bytes, -1), 1)) })
	page.Blank()
	for _, f := range found {
		style := p.th.Waste
		if !f.Wasted() {
			style = p.th.Dim
		}
		page.End(page.Line().Figure(style, display.Bytes(f.Bytes), display.BytesWidth).Gap(2).
			Add(p.th.Text, p.th.OneLine(f.Title, page.Width)))
	}
}
