package pane

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/packagetree"
)

// Read writes what the package weighs, why it is there, and what would take it
// away.
func (v *Packages) Read(p *draw.Page) string {
	n := v.chosen()
	if n == nil {
		return ""
	}
	if n.Index < 0 {
		return v.readTitle(p, n)
	}
	about := &v.report.Packages[n.Index]
	name := v.th.OneLine(about.Name, maxName)
	facts := v.th.OneLine(strings.Join(given(about.Version, about.Arch, about.Manager), v.th.Between()), p.Width)
	if display.Width(name)+2+display.Width(facts) <= p.Width {
		p.End(p.Line().Add(v.th.Strong, name).Gap(2).Add(v.th.Dim, facts))
	} else {
		for _, part := range display.Wrap(name, p.Width) {
			p.Row(v.th.Strong, part)
		}
		p.Row(v.th.Dim, facts)
	}
	v.readWeight(p, n)
	if about.IsLibrary() {
		where := "in /" + v.th.Path(about.Location)
		if about.Files > 0 {
			where = display.Plural(about.Files, "file") + " " + where
		}
		p.Paragraph(v.th.Dim, where)
	}
	v.readWhy(p, n)
	if f := v.brought(n); f != nil {
		p.Blank()
		draw.WriteFinding(p, f)
	}
	if in := v.instruction(about); in != nil {
		p.Blank()
		p.Fact("put by", v.th.Charset.Truncate(v.th.StepName(v.report, in.Index, p.Width), max(p.Width-draw.FactColumn, 0)))
	}
	return "why it is there"
}

// brought returns the finding that contains a package, or that contains the packages which were
// installed only because this one recommends them.
func (v *Packages) brought(n *packagetree.Node) *model.Finding {
	if f := v.finding(&v.report.Packages[n.Index]); f != nil {
		return f
	}
	for _, child := range n.Children {
		if c := &v.tree.Nodes[child]; c.Title == packagetree.Recommends {
			return v.held(c)
		}
	}
	return nil
}

// maxName is more columns than any real name of a package has.
const maxName = 200

// given leaves out empty texts.
func given(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (v *Packages) readWeight(p *draw.Page, n *packagetree.Node) {
	own := v.tree.Own(n)
	if n.Index >= 0 && v.report.Packages[n.Index].Unsized {
		p.Row(v.th.Strong, "size unknown: the image does not tell all its files")
	} else if n.Count > 1 {
		p.List(v.th.Text, display.Bytes(own)+" itself", display.Bytes(n.Bytes-own)+" in "+display.Plural(n.Count-1, "package")+" with it")
	} else {
		p.Row(v.th.Strong, display.Bytes(own))
	}
	for _, child := range n.Children {
		if c := &v.tree.Nodes[child]; c.Title == packagetree.Recommends {
			v.readThrough(p, c)
		}
	}
}

// readThrough says what came by recommendation alone.
func (v *Packages) readThrough(p *draw.Page, n *packagetree.Node) {
	style := v.th.Text
	if n.Wasted > 0 {
		style = v.th.Waste
	}
	p.Paragraph(style, display.Plural(n.Count, "package")+", "+display.Bytes(n.Bytes)+", through "+v.report.Packages[n.Parent].Name)
}

// readTitle writes about several packages: what they are to the image.
func (v *Packages) readTitle(p *draw.Page, n *packagetree.Node) string {
	p.Row(v.th.Strong, v.titles(n)[0])
	if n.Title != packagetree.Recommends {
		p.Row(v.th.Text, display.Bytes(n.Bytes))
	}
	if n.Title == packagetree.Recommends {
		v.readThrough(p, n)
	}
	if f := v.held(n); f != nil {
		draw.WriteFinding(p, f)
		p.Blank()
	}
	switch n.Title {
	case packagetree.Recommends:
		p.Paragraph(v.th.Text, "Nobody asked for them, and nothing that stays needs them.")
	case packagetree.Dependencies:
		p.Paragraph(v.th.Text, "Other packages need them; the package database does not say which.")
	case packagetree.Weak:
		p.Paragraph(v.th.Text, "Other packages recommend or suggest them, and nothing needs them.")
	case packagetree.Orphans:
		p.Paragraph(v.th.Text, "They were installed for others that are gone.")
	case packagetree.Essentials:
		p.Paragraph(v.th.Text, "Every system of this kind has them.")
	case packagetree.InPlace:
		p.Paragraph(v.th.Text, "They were installed together, in /"+v.th.Path(n.Place)+".")
	case packagetree.Develops:
		p.Paragraph(v.th.Text, "Only those who develop the program need them.")
	case packagetree.FromBase:
		p.Paragraph(v.th.Text, "They came with the base image.")
	default:
		p.Paragraph(v.th.Text, "The image does not say who asked for them, or for what.")
	}
	return "why they are there"
}

// held is the finding with the most bytes among those that hold the packages
// under a title, as far as they share a reason that a finding can be about.
func (v *Packages) held(n *packagetree.Node) *model.Finding {
	if n.Title != packagetree.Recommends && n.Title != packagetree.Weak && n.Title != packagetree.Orphans {
		return nil
	}
	var most *model.Finding
	const enough = 1000 // the heaviest come first
	for _, child := range n.Children[:min(len(n.Children), enough)] {
		if c := &v.tree.Nodes[child]; c.Index >= 0 {
			if f := v.finding(&v.report.Packages[c.Index]); f != nil && (most == nil || f.Bytes > most.Bytes) {
				most = f
			}
		}
	}
	return most
}

// readWhy tells the chain from the package up to what was asked for.
func (v *Packages) readWhy(p *draw.Page, n *packagetree.Node) {
	about := &v.report.Packages[n.Index]
	if about.Layer < v.report.Image.Base.Layers {
		p.Paragraph(v.th.Text, "It came with the base image.")
		return
	}
	const longest = 6 // links that anybody follows
	var chain []string
	at := n
	for link := 0; ; link++ {
		name := v.report.Packages[at.Index].Name
		if link == 0 {
			name = "it"
		}
		above, recommended := v.above(at)
		if above == nil {
			chain = append(chain, v.rootReason(&v.report.Packages[at.Index], name))
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
		chain = append(chain, v.report.Packages[above.Index].Name+verb+name)
		at = above
	}
	if len(chain) == 1 {
		chain[0] = strings.ToUpper(chain[0][:1]) + chain[0][1:] // words of ours, no name
	}
	p.Paragraph(v.th.Text, strings.Join(chain, "; ")+".")
	if more := about.RecommendedBy; len(more) > 1 && about.Via == "" {
		p.Fact("also by", strings.Join(more[1:min(len(more), 20)], ", "))
	}
}

// above returns the node of the package that brought this one, nil if that is unknown, and reports
// whether it brought it by a recommendation.
func (v *Packages) above(n *packagetree.Node) (by *packagetree.Node, recommended bool) {
	if n.Parent < 0 {
		return nil, false
	}
	parent := &v.tree.Nodes[n.Parent]
	if parent.Title == packagetree.Recommends {
		return &v.tree.Nodes[parent.Parent], true
	}
	if parent.Index < 0 {
		return nil, false
	}
	return parent, false
}

// rootReason ends the chain.
func (v *Packages) rootReason(p *model.Package, name string) string {
	switch p.Reason {
	case packagetree.ReasonManual:
		return name + " was installed by name"
	case "dependency":
		return "other packages need " + name
	case "recommended":
		return "other packages recommend " + name
	case "suggested":
		return "other packages suggest " + name
	case "orphan":
		return "nothing needs " + name + " any more"
	case packagetree.ReasonDev:
		return name + " is there for development only"
	case "essential":
		return name + " is essential to the system"
	}
	return "it is not recorded why " + name + " is there"
}
