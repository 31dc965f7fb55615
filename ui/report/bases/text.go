package bases

import (
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	sizeWidth  = 9
	savesWidth = len("beside the one in use")
)

// Text writes the table for a person.
type Text Options

// Write implements Writer.
func (t Text) Write(w io.Writer, b *model.Bases) error {
	p := &page{view.NewPage(nil, t.Width, t.Color, t.ASCII, false), b}
	p.header()
	if len(b.Variants) == 0 {
		p.Say(p.Faint, "Its repository has no tag that looks like another variant of it.")
	} else {
		p.table()
	}
	if b.More > 0 {
		p.Say(p.Faint, display.Plural(b.More, "more tag")+" with longer names match, too, but were not looked up.")
	}
	for _, note := range b.Notes {
		p.Say(p.Faint, "note: "+p.OneLine(note))
	}
	p.advice()
	return p.Flush(w)
}

type page struct {
	*view.Page
	b *model.Bases
}

// header names the image in use and what there is to pull of it.
func (p *page) header() {
	use := &p.b.InUse
	name := p.b.Repository + ":" + use.Tags[0]
	if strings.Contains(use.Tags[0], ":") { // a digest
		name = p.b.Repository + "@" + use.Tags[0]
	}
	p.Add(p.Strong(p.Truncate(p.Escape(name), p.Width)))
	var facts []string
	if use.CompressedSize != nil {
		facts = append(facts, display.Bytes(*use.CompressedSize)+" to pull in "+display.Plural(use.Layers, "layer"))
	}
	if use.Platform != nil {
		facts = append(facts, p.Escape(*use.Platform))
	}
	if len(facts) > 0 {
		p.Add(p.Truncate(strings.Join(facts, " "+p.Dot+" "), p.Width))
	}
	if others := use.Tags[1:]; len(others) > 0 {
		p.Say(p.Faint, "the same image: "+p.Escape(strings.Join(others, ", ")))
	}
	p.Add("")
}

// table has a line a variant: what it weighs, what it saves, and its tags.
func (p *page) table() {
	p.Add(p.Faint(display.PadLeft("to pull", sizeWidth) + "  " + display.Pad("beside the one in use", savesWidth) + "  tag"))
	for i := range p.b.Variants {
		v := &p.b.Variants[i]
		tags := p.Escape(strings.Join(v.Tags, ", "))
		room := max(p.Width-sizeWidth-savesWidth-4, 1)
		if v.CompressedSize == nil {
			p.Add(display.PadLeft(p.None, sizeWidth) + "  " + display.Pad("", savesWidth) + "  " + p.Truncate(tags, room))
			p.Say(p.Bad, strings.Repeat(" ", sizeWidth+2)+p.OneLine(view.Clip(v.Error)))
			continue
		}
		p.Add(display.PadLeft(display.Bytes(*v.CompressedSize), sizeWidth) + "  " + p.saves(v) + "  " + p.Truncate(tags, room))
	}
}

// saves says how much less, or more, there is to pull than of the one in use.
func (p *page) saves(v *model.Variant) string {
	if v.Saves == nil {
		return display.Pad("", savesWidth)
	}
	switch saves := *v.Saves; {
	case saves > 0:
		text := display.Bytes(saves) + " less"
		if size := *p.b.InUse.CompressedSize; size > 0 {
			text += " (" + display.Percent(saves, size) + ")"
		}
		return p.Gain(display.Pad(text, savesWidth))
	case saves < 0:
		return display.Pad(display.Bytes(-saves)+" more", savesWidth)
	}
	return display.Pad("the same", savesWidth)
}

// advice says what the tags of smaller variants mean for the program.
func (p *page) advice() {
	var lines []string
	smaller := func(word string) bool {
		for i := range p.b.Variants {
			v := &p.b.Variants[i]
			if v.Saves != nil && *v.Saves > 0 && strings.Contains(strings.Join(v.Tags, " "), word) {
				return true
			}
		}
		return false
	}
	if smaller("slim") {
		lines = append(lines, "slim leaves out documentation, and compilers where the full one has them: a build may need a stage of its own.")
	}
	if smaller("alpine") {
		lines = append(lines, "alpine has another C library (musl) and other packages: programs and wheels that are built for glibc do not run there.")
	}
	if smaller("distroless") || smaller("static") || smaller("chiseled") {
		lines = append(lines, "distroless has no shell and no package manager: copy the program from a build stage.")
	}
	if len(lines) > 0 {
		p.Add("")
	}
	for _, line := range lines {
		p.Say(p.Faint, line)
	}
}
