package tui

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// read writes what the package weighs, why it is there, and what would take it
// away.
func (v *packages) read(p *page) string {
	n := v.chosen()
	if n == nil {
		return ""
	}
	if n.index < 0 {
		return v.readTitle(p, n)
	}
	about := &v.report.Packages[n.index]
	name := v.th.oneLine(about.Name, maxName)
	facts := v.th.oneLine(strings.Join(given(about.Version, about.Arch, about.Manager), v.th.between()), p.width)
	if display.Width(name)+2+display.Width(facts) <= p.width {
		p.end(p.line().add(v.th.strong, name).gap(2).add(v.th.dim, facts))
	} else {
		for _, part := range display.Wrap(name, p.width) {
			p.row(v.th.strong, part)
		}
		p.row(v.th.dim, facts)
	}
	v.readWeight(p, n)
	v.readWhy(p, n)
	if f := v.brought(n); f != nil {
		p.blank()
		finding(p, f)
	}
	if in := v.instruction(about); in != nil {
		p.blank()
		p.fact("put by", v.th.charset.Truncate(v.th.stepName(in, p.width), max(p.width-factColumn, 0)))
	}
	return "why it is there"
}

// brought is the finding that holds a package, or what came through it by
// recommendation alone.
func (v *packages) brought(n *packageNode) *model.Finding {
	if f := v.finding(&v.report.Packages[n.index]); f != nil {
		return f
	}
	for _, child := range n.children {
		if c := &v.tree.nodes[child]; c.title == recommends {
			return v.held(c)
		}
	}
	return nil
}

// maxName is more columns than any real name of a package has.
const maxName = 200

// given leaves out what is empty.
func given(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (v *packages) readWeight(p *page, n *packageNode) {
	own := v.tree.own(n)
	if n.count > 1 {
		p.list(v.th.text, display.Bytes(own)+" itself", display.Bytes(n.bytes-own)+" in "+display.Plural(n.count-1, "package")+" with it")
	} else {
		p.row(v.th.strong, display.Bytes(own))
	}
	for _, child := range n.children {
		if c := &v.tree.nodes[child]; c.title == recommends {
			v.readThrough(p, c)
		}
	}
}

// readThrough says what came by recommendation alone.
func (v *packages) readThrough(p *page, n *packageNode) {
	style := v.th.text
	if n.wasted > 0 {
		style = v.th.waste
	}
	p.paragraph(style, display.Plural(n.count, "package")+", "+display.Bytes(n.bytes)+", through "+v.report.Packages[n.parent].Name)
}

// readTitle writes about several packages: what they are to the image.
func (v *packages) readTitle(p *page, n *packageNode) string {
	p.row(v.th.strong, v.titles(n)[0])
	if n.title != recommends {
		p.row(v.th.text, display.Bytes(n.bytes))
	}
	if n.title == recommends {
		v.readThrough(p, n)
	}
	if f := v.held(n); f != nil {
		finding(p, f)
		p.blank()
	}
	switch n.title {
	case recommends:
		p.paragraph(v.th.text, "Nobody asked for them, and nothing that stays needs them.")
	case dependencies:
		p.paragraph(v.th.text, "Other packages need them; the books do not say which.")
	case weak:
		p.paragraph(v.th.text, "Other packages recommend or suggest them, and nothing needs them.")
	case orphans:
		p.paragraph(v.th.text, "They were installed for others that are gone.")
	case essentials:
		p.paragraph(v.th.text, "No system of this kind goes without them.")
	case fromBase:
		p.paragraph(v.th.text, "They came with the base image.")
	default:
		p.paragraph(v.th.text, "The image does not say who asked for them, or for what.")
	}
	return "why they are there"
}

// held is the finding with the most bytes among those that hold the packages
// under a title, as far as they share a reason that a finding can be about.
func (v *packages) held(n *packageNode) *model.Finding {
	if n.title != recommends && n.title != weak && n.title != orphans {
		return nil
	}
	var most *model.Finding
	const enough = 1000 // the heaviest come first
	for _, child := range n.children[:min(len(n.children), enough)] {
		if c := &v.tree.nodes[child]; c.index >= 0 {
			if f := v.finding(&v.report.Packages[c.index]); f != nil && (most == nil || f.Bytes > most.Bytes) {
				most = f
			}
		}
	}
	return most
}

// readWhy tells the chain from the package up to what was asked for.
func (v *packages) readWhy(p *page, n *packageNode) {
	about := &v.report.Packages[n.index]
	if about.Layer < v.report.Image.Base.Layers {
		p.paragraph(v.th.text, "It came with the base image.")
		return
	}
	const longest = 6 // links that anybody follows
	var chain []string
	at := n
	for link := 0; ; link++ {
		name := v.report.Packages[at.index].Name
		if link == 0 {
			name = "it"
		}
		above, recommended := v.above(at)
		if above == nil {
			chain = append(chain, v.rootReason(&v.report.Packages[at.index], name))
			break
		}
		if link == longest {
			chain = append(chain, "and so on")
			break
		}
		verb := " needs "
		if recommended {
			verb = " recommends "
		}
		chain = append(chain, v.report.Packages[above.index].Name+verb+name)
		at = above
	}
	if len(chain) == 1 {
		chain[0] = strings.ToUpper(chain[0][:1]) + chain[0][1:] // words of ours, no name
	}
	p.paragraph(v.th.text, strings.Join(chain, "; ")+".")
	if more := about.RecommendedBy; len(more) > 1 && about.Via == "" {
		p.fact("also by", strings.Join(more[1:min(len(more), 20)], ", "))
	}
}

// above is the node of the package that brought this one, nil where nobody
// knows, and whether by a recommendation.
func (v *packages) above(n *packageNode) (by *packageNode, recommended bool) {
	if n.parent < 0 {
		return nil, false
	}
	parent := &v.tree.nodes[n.parent]
	if parent.title == recommends {
		return &v.tree.nodes[parent.parent], true
	}
	if parent.index < 0 {
		return nil, false
	}
	return parent, false
}

// rootReason ends the chain.
func (v *packages) rootReason(p *model.Package, name string) string {
	switch p.Reason {
	case reasonManual:
		return "somebody asked for " + name
	case "dependency":
		return "other packages need " + name
	case "recommended":
		return "other packages recommend " + name
	case "suggested":
		return "other packages suggest " + name
	case "orphan":
		return "nothing needs " + name + " any more"
	case "essential":
		return "no system goes without " + name
	}
	return "nobody noted why " + name + " is there"
}

// finding writes a finding into the text about something that it holds: its
// title, the edit, and what to do.
func finding(p *page, f *model.Finding) {
	title := f.Title
	if f.Bytes > 0 {
		title = display.Bytes(f.Bytes) + "  " + title
	}
	style := p.th.waste
	if !f.Wasted() {
		style = p.th.strong
	}
	p.paragraph(style, title)
	if f.Fix == nil {
		return
	}
	if f.Fix.Before != nil && f.Fix.After != nil {
		edit(p, *f.Fix.Before, *f.Fix.After)
	}
	p.paragraph(p.th.text, f.Fix.Summary)
}
