package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// read writes the chosen instruction in full, what it weighs and what it wastes.
func (p *instructions) read(page *page) string {
	s := p.chosen()
	if s == nil {
		return ""
	}
	switch {
	case s.base:
		p.readBase(page, s)
	case s.instruction != nil:
		for i, row := range p.th.instruction(s.instruction.Text, page.width) {
			l := page.line()
			rest := row
			if i == 0 && strings.HasPrefix(row, s.keyword) {
				l.add(p.th.keyword, s.keyword)
				rest = row[len(s.keyword):]
			}
			page.end(l.add(p.th.text, rest))
		}
		page.blank()
	}
	p.readCost(page, s)
	p.readLayer(page, s)
	p.readFindings(page, s)
	return p.heads(s)
}

// heads is the title above the text: number, keyword, place in the Dockerfile.
func (p *instructions) heads(s *step) string {
	dot := p.th.between()
	title := p.th.oneLine(s.keyword, 20)
	if s.number >= 0 {
		title = fmt.Sprint(s.number) + dot + title
	}
	if s.instruction != nil && s.instruction.Location != nil {
		title += dot + fmt.Sprintf("line %d", s.instruction.Location.Line)
	}
	return title
}

func (p *instructions) readBase(page *page, s *step) {
	base := &p.report.Image.Base
	page.row(p.th.strong, p.th.oneLine(s.text, page.width))
	page.row(p.th.dim, "the base image, "+howBase(base.How))
	page.blank()
}

func howBase(how string) string {
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

func (p *instructions) readCost(page *page, s *step) {
	l := page.line()
	switch {
	case s.last < s.first:
		l.add(p.th.dim, "makes no layer")
	case p.report.Partial && s.size == 0:
		l.add(p.th.dim, "not read yet")
	default:
		l.add(p.th.strong, display.Bytes(s.size))
		if s.wasted > 0 {
			l.add(p.th.text, ", of which ").add(p.th.waste, display.Bytes(s.wasted)+" wasted")
		} else if !p.report.Partial {
			l.add(p.th.dim, ", nothing wasted")
		}
	}
	page.end(l)
}

func (p *instructions) readLayer(page *page, s *step) {
	if s.last < s.first {
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
		facts = append(facts, display.Ago(*s.instruction.Created, p.th.now))
	}
	page.list(p.th.dim, facts...)
	if s.first == s.last {
		page.list(p.th.dim, display.Count(added)+" added", display.Count(modified)+" modified", display.Count(deleted)+" deleted")
	}
	if d := p.report.Layers[s.first].Digest; d != nil && s.first == s.last {
		page.row(p.th.dim, p.th.oneLine(*d, page.width))
	}
}

// readFindings lists what is wrong with the step's bytes, the worst first.
func (p *instructions) readFindings(page *page, s *step) {
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
	page.blank()
	for _, f := range found {
		style := p.th.waste
		if !f.Wasted() {
			style = p.th.dim
		}
		page.end(page.line().figure(style, display.Bytes(f.Bytes), display.BytesWidth).gap(2).
			add(p.th.text, p.th.oneLine(f.Title, page.width)))
	}
}

// centred writes a sentence into the middle of an empty pane.
func centred(th *theme, style lipgloss.Style, text string, width, height int) []string {
	parts := display.Wrap(text, max(width-4, 1))
	rows := make([]string, 0, height)
	for range max((height-len(parts))/2, 0) {
		rows = append(rows, newLine(th, width).String())
	}
	for _, part := range parts {
		if len(rows) < height {
			rows = append(rows, newLine(th, width).gap((width-display.Width(part))/2).add(style, part).String())
		}
	}
	return rows
}
