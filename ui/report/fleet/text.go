package fleet

import (
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	sizeWidth    = 9
	minNameWidth = 12
	minBaseWidth = 20 // below, a base's name says nothing, and the table of bases has it
	briefImages  = 12
	briefRows    = 5
	briefDeeds   = 3
)

// Text writes a fleet for a person: the headline, what is worth doing, and tables that are
// folded unless Verbose asks for all of them.
type Text Options

// Write implements Writer.
func (t Text) Write(w io.Writer, f *model.Fleet) error {
	p := &page{Page: view.NewPage(nil, t.Width, t.Color, t.ASCII, t.Verbose), f: f}
	p.header()
	p.deeds()
	p.images()
	p.bases()
	p.teams()
	p.waste()
	p.notes()
	return p.Flush(w)
}

type page struct {
	*view.Page
	f *model.Fleet
}

func plain(s string) string { return s }

func (p *page) header() {
	for _, line := range display.Wrap(p.Charset.Escape(strings.ReplaceAll(Headline(p.f), "·", p.Dot)), p.Width) {
		p.Add(p.Strong(line))
	}
	for _, text := range sentences(p.f) {
		p.Say(plain, text)
	}
}

// deeds are the three things worth most.
func (p *page) deeds() {
	all := Deeds(p.f)
	if len(all) == 0 {
		return
	}
	p.Add("", p.Strong("Worth most"))
	shown := p.shown(len(all), briefDeeds)
	room := p.Width - sizeWidth - 2
	for i := range all[:shown] {
		d := &all[i]
		head := display.PadLeft(display.Bytes(d.Bytes), sizeWidth) + "  "
		for _, line := range display.Wrap(p.OneLine(d.Text), room) {
			p.Add(head + line)
			head = strings.Repeat(" ", sizeWidth+2)
		}
		fact := d.Where
		fact += "; " + d.less()
		if d.Note != "" {
			fact += "; " + p.OneLine(d.Note)
		}
		for _, line := range display.Wrap(fact, room) {
			p.Add(head + p.Faint(line))
		}
	}
	p.more(len(all)-shown, sizeWidth+2)
}

// shown is how many of n rows are shown.
func (p *page) shown(n, brief int) int {
	if p.Verbose {
		return n
	}
	return min(n, brief)
}

func (p *page) more(left, indent int) {
	if left > 0 {
		p.Add(p.Faint(strings.Repeat(" ", indent) + display.Count(left) + " more, -v shows all"))
	}
}

// column is a figure of each image.
type column struct {
	name  string
	of    func(*model.FleetImage) *int64
	waste bool
}

// columns are what a registry sends, where an image tells that, and what of the layers that were read lies
// on the disk. What is wasted is meant there, as in the report of one image.
func (p *page) columns() []column {
	var all []column
	if !p.f.Read || slices.ContainsFunc(p.f.Images, func(i model.FleetImage) bool { return i.CompressedSize != nil }) {
		all = append(all,
			column{"to pull", func(i *model.FleetImage) *int64 { return i.CompressedSize }, false},
			column{"own", func(i *model.FleetImage) *int64 { return i.OwnBytes }, false})
	}
	if p.f.Read {
		all = append(all,
			column{"on disk", func(i *model.FleetImage) *int64 { return i.Size }, false},
			column{"wasted", func(i *model.FleetImage) *int64 { return i.WastedBytes }, true})
	}
	for len(all) > 2 && p.Width-len(all)*(sizeWidth+1) < minNameWidth {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

// images has a line an image.
func (p *page) images() {
	if len(p.f.Images) == 0 {
		return
	}
	columns := p.columns()
	room := p.Width - len(columns)*(sizeWidth+1)
	longest := len("image")
	for i := range p.f.Images {
		longest = max(longest, display.Width(p.Escape(Short(p.f, nameOf(p.f, i)))))
	}
	name, base := min(longest, room), 0
	if left := room - name - 1; left >= minBaseWidth {
		base = left
	}
	head := display.Pad("image", name)
	for _, c := range columns {
		head += display.PadLeft(c.name, sizeWidth+1)
	}
	if base > 0 {
		head += " base"
	}
	p.Add("", p.Faint(head))
	all := byWeight(p.f)
	shown := p.shown(len(all), briefImages)
	for _, i := range all[:shown] {
		p.image(i, columns, name, base)
	}
	p.more(len(all)-shown, 0)
}

func (p *page) image(i int, columns []column, name, base int) {
	img := &p.f.Images[i]
	if img.Error != "" {
		p.Add(p.Truncate(p.Escape(Short(p.f, nameOf(p.f, i))), p.Width))
		for _, text := range display.Wrap(p.OneLine(img.Error), p.Width-2) {
			p.Add("  " + p.Bad(text))
		}
		return
	}
	line := display.Pad(p.Truncate(p.Escape(Short(p.f, nameOf(p.f, i))), name), name)
	for _, c := range columns {
		n := c.of(img)
		cell := p.size(n)
		if c.waste && n != nil && *n > 0 {
			cell = p.Waste(cell)
		}
		line += " " + cell
	}
	if base > 0 {
		line += " " + p.Faint(p.Truncate(p.Escape(Short(p.f, baseOf(p.f, i))), base))
	}
	p.Add(strings.TrimRight(line, " "))
}

func (p *page) size(n *int64) string {
	if n == nil {
		return display.PadLeft(p.None, sizeWidth)
	}
	return display.PadLeft(display.Bytes(*n), sizeWidth)
}

// row is a line of a list: a figure and what it is of.
func (p *page) row(n *int64, text, fact string) { p.rowFrom(n, text, 0, fact) }

// rowFrom is a row of a text that one of its words tells apart from others.
func (p *page) rowFrom(n *int64, text string, word int, fact string) {
	room := p.Width - sizeWidth - 2
	fact = p.Truncate(fact, room)
	left := room - display.Width(fact) - 2
	if left < minNameWidth {
		p.Add(p.size(n) + "  " + p.TruncateFrom(text, word, room))
		return
	}
	p.Add(p.size(n) + "  " + display.Pad(p.TruncateFrom(text, word, left), left) + "  " + p.Faint(fact))
}

func (p *page) bases() {
	if len(p.f.Bases) == 0 {
		return
	}
	p.Add("", p.Strong("Bases"))
	shown := p.shown(len(p.f.Bases), briefRows)
	for i := range p.f.Bases[:shown] {
		b := &p.f.Bases[i]
		fact := display.Plural(len(b.Images), "image")
		if b.Created != nil {
			fact += ", made " + b.Created.UTC().Format("2006-01-02")
		}
		p.row(b.CompressedSize, p.Escape(BaseName(p.f, i)), fact)
	}
	p.more(len(p.f.Bases)-shown, sizeWidth+2)
	for i := range p.f.OutOfStep {
		d := &p.f.OutOfStep[i]
		p.Say(p.Waste, p.Escape(Short(p.f, d.Name)+" "+drift(p.f, d)))
	}
}

// waste is told by rule and by instruction to those who ask for everything.
func (p *page) waste() {
	switch {
	case p.Verbose:
		p.rules()
		p.steps()
	case len(p.f.Rules) > 0:
		p.Add("", p.Faint("-v also shows what is wasted by rule and by instruction"))
	}
}

func (p *page) rules() {
	if len(p.f.Rules) == 0 {
		return
	}
	p.Add("", p.Strong("Wasted on disk, by rule"))
	for i := range p.f.Rules {
		r := &p.f.Rules[i]
		p.row(&r.Bytes, r.Rule, display.Plural(r.Layers, "layer")+" in "+display.Plural(r.Images, "image"))
	}
}

// steps are the instructions that waste most.
func (p *page) steps() {
	if len(p.f.Instructions) == 0 {
		return
	}
	p.Add("", p.Strong("Wasted on disk, by instruction"))
	telling := Telling(p.f)
	for i := range p.f.Instructions {
		s := &p.f.Instructions[i]
		text := p.OneLine(view.Clip(s.Text))
		if text == "" {
			text = "layers that no known instruction made"
		}
		p.rowFrom(&s.WastedBytes, text, telling[i], display.Plural(s.Layers, "layer")+" in "+display.Plural(s.Images, "image"))
	}
}

func (p *page) teams() {
	if len(p.f.Teams) < 2 {
		return
	}
	p.Add("", p.Strong("By "+p.OneLine(kindOfTeam(p.f))))
	shown := p.shown(len(p.f.Teams), briefRows)
	for i := range p.f.Teams[:shown] {
		t := &p.f.Teams[i]
		fact := display.Plural(t.Images, "image")
		if t.SharedBytes != nil {
			fact += ", " + display.Bytes(*t.SharedBytes) + " shared"
		}
		if t.WastedBytes != nil {
			fact += ", " + display.Bytes(*t.WastedBytes) + " wasted"
		}
		p.row(t.PullBytes, p.OneLine(teamName(t)), fact)
	}
	p.more(len(p.f.Teams)-shown, sizeWidth+2)
}

func (p *page) notes() {
	if len(p.f.Notes) > 0 {
		p.Add("")
	}
	for _, note := range p.f.Notes {
		p.Say(p.Faint, "note: "+p.OneLine(note))
	}
}
