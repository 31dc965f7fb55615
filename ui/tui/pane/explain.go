package pane

import (
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// Explain writes what a rule is about: why it costs space, how to see that by hand, what
// to write instead, and when not. It returns a title, "" where there is no such rule.
func Explain(p *draw.Page, id string) (title string) {
	rules := analyze.Rules()
	for i := range rules {
		if r := &rules[i]; r.ID == id {
			explain(p, r)
			return r.ID
		}
	}
	return ""
}

func explain(p *draw.Page, r *analyze.Rule) {
	th := p.Theme
	p.Paragraph(th.Strong, r.Title)
	p.Row(th.Dim, string(r.Group)+th.Between()+string(r.Confidence))
	p.Blank()
	p.Paragraph(th.Text, r.Why)
	code := func(heading, text string) {
		if text == "" {
			return
		}
		p.Blank()
		p.Row(th.Strong, heading)
		for line := range strings.SplitSeq(text, "\n") {
			indent := "  "
			for _, part := range display.Wrap(th.Charset.Escape(line), max(p.Width-4, 8)) {
				p.Row(th.Keyword, indent+part)
				indent = "    " // a line that goes on is told from the next one
			}
		}
	}
	code("See it by hand", r.See)
	code("Instead of", r.Before)
	code("write", r.After)
	if len(r.Paths) > 0 {
		p.Blank()
		p.Row(th.Strong, "Where it looks")
		p.Paragraph(th.Text, strings.Join(r.Paths, ", "))
	}
	p.Blank()
	p.Row(th.Strong, "When not")
	p.Paragraph(th.Text, r.WhenNot)
	if len(r.Sources) > 0 {
		p.Blank()
		p.Row(th.Strong, "Written down in")
		for _, source := range r.Sources {
			p.Paragraph(th.Dim, source)
		}
	}
}

// Rule is the rule of the entry's largest finding, "" where no version of the entry is in one. Of a
// directory it is the rule that wastes most below it.
func (v *Files) Rule() string {
	e := v.Chosen()
	if e == nil {
		return ""
	}
	if dir, span, ok := v.Directory(); ok {
		return ruleBelow(v.report, dir, span)
	}
	for id := range v.current.Versions(e) {
		if at := v.current.Tree.Records[id].Finding(); int(at) < len(v.report.Findings) {
			return v.report.Findings[at].Rule
		}
	}
	return ""
}

// ruleBelow is the rule with the most bytes below a directory, among the layers that are shown. One
// whose bytes are certain waste goes before one whose bytes may be needed.
func ruleBelow(r *model.Report, dir model.NodeID, span filetree.Span) (rule string) {
	t, within := r.Tree, nodesWithin(r.Tree, dir)
	bytes, wasted := make(map[string]int64), make(map[string]bool)
	for i := range t.Records {
		rec := &t.Records[i]
		at := rec.Finding()
		if !within[rec.Node] || int(at) >= len(r.Findings) || int(rec.Layer) < span.First || int(rec.Layer) > span.Last {
			continue
		}
		f := &r.Findings[at]
		bytes[f.Rule] += rec.Size.Bytes()
		wasted[f.Rule] = wasted[f.Rule] || f.Wasted()
	}
	for name, n := range bytes {
		switch {
		case rule == "", wasted[name] && !wasted[rule]:
			rule = name
		case wasted[name] != wasted[rule]:
		case n > bytes[rule], n == bytes[rule] && name < rule:
			rule = name
		}
	}
	return rule
}

// Rule is the rule of the finding with the most bytes among the step's, "" for none.
func (p *Instructions) Rule() string {
	s := p.Chosen()
	if s == nil {
		return ""
	}
	rule, most := "", int64(-1)
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		of := f.Layer != nil && *f.Layer >= s.first && *f.Layer <= s.last || f.Instruction != nil && s.Number >= 0 && *f.Instruction == s.Number
		if of && f.Bytes > most {
			rule, most = f.Rule, f.Bytes
		}
	}
	return rule
}

// Rule is the rule of the first finding about the setting, "" for none.
func (v *Config) Rule() string {
	if v.Cursor < 0 || v.Cursor >= len(v.Settings) || len(v.Settings[v.Cursor].findings) == 0 {
		return ""
	}
	return v.Settings[v.Cursor].findings[0].Rule
}

// Rule is the rule of the largest finding about the instruction, "" for none.
func (v *Dockerfile) Rule() string {
	at := v.costIndex()
	if at < 0 {
		return ""
	}
	own, hidden := v.Source.Findings(int32(at))
	for _, f := range append(own, hidden...) {
		return f.Rule
	}
	return ""
}

// ruleOf is the rule of the finding that a row is about.
func ruleOf(p Pane) string {
	if f, _ := p.Selected(); f != nil {
		return f.Rule
	}
	return ""
}

// Rule is the rule of what is under a pane's cursor, "" where there is none.
func Rule(p Pane) string {
	if own, ok := p.(interface{ Rule() string }); ok {
		return own.Rule()
	}
	return ruleOf(p)
}
