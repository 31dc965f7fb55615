package text

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// barWidth is short enough to be taken in at a glance.
const barWidth = 40

// who says which image this is and what it weighs.
func (p *textPage) who() {
	image := &p.Report.Image
	who := p.Facts(p.Width, p.Escape(image.Reference), p.Escape(image.Platform), "from "+p.Escape(image.Source))
	who[0] = p.Strong(who[0])
	p.Add(who...)

	weight := display.Total(image.Size) + " in " + display.Plural(image.Layers, "layer")
	pull := "pull size unknown"
	if image.CompressedSize != nil {
		pull = display.Total(*image.CompressedSize) + " to pull"
	}
	facts := append([]string{weight, pull}, p.Base()...)
	if p.Verbose {
		facts = append(facts, display.Plural(image.Files, "file"))
		if image.Digest != nil {
			facts = append(facts, p.Escape(*image.Digest))
		}
	}
	p.Add(p.Facts(p.Width, facts...)...)
}

// verdict is the answer: how much is wasted, and whose it is.
func (p *textPage) verdict() {
	sum := &p.Report.Summary
	size := p.Report.Image.Size
	if p.Report.Partial {
		p.Say(p.Waste, "partial: the scan ended early, these figures cover what was read")
	}
	switch {
	case sum.WastedBytes == 0 && size == 0:
		p.Say(p.Strong, "Nothing wasted: the image holds no file content.")
		return
	case sum.WastedBytes == 0:
		p.Say(p.Strong, "Nothing wasted: a container can use all "+display.Total(size)+" of it.")
		return
	}
	if goal := p.Goal(); goal != "" {
		facts := []string{goal}
		if pull := p.PullGoal(); pull != "" {
			facts = append(facts, pull)
		}
		for _, line := range p.Facts(p.Width, facts...) {
			p.Add(p.Strong(line))
		}
	}
	facts := []string{
		display.Percent(sum.WastedBytes, size) + " wasted: " + display.Total(sum.WastedBytes) + " of " + display.Total(size),
	}
	if sum.WastedCompressedBytes != nil {
		facts = append(facts, display.Total(*sum.WastedCompressedBytes)+" of the pull")
	}
	facts = append(facts, "efficiency "+display.Efficiency(sum.Efficiency))
	for _, line := range p.Facts(p.Width, facts...) {
		p.Add(p.Strong(line))
	}
	bar := p.Bar(sum.LiveBytes, sum.WastedBytes, size, min(barWidth, p.Width))
	live := strings.TrimRight(bar, p.Wasted)
	p.Add(live + p.Waste(bar[len(live):]))
	p.Add(p.Facts(p.Width, p.scopes()...)...)
}

func (p *textPage) scopes() []string {
	avoidable := "avoidable: " + view.Avoidable(p.Report)
	if p.Report.Image.Base.How == model.BaseNone {
		return []string{"without a known base, all of it counts as own", avoidable}
	}
	scope := func(name string, s model.Scope) string {
		return name + ": " + display.Total(s.WastedBytes) + " of " + display.Total(s.Size) + " wasted"
	}
	sum := &p.Report.Summary
	return []string{scope("own", sum.Own), scope("inherited", sum.Inherited), avoidable}
}

// briefNotes is how many notes the short report shows.
const briefNotes = 2

// notes repeats what the sources and the scan found worth saying.
func (p *textPage) notes() {
	notes := p.Report.Notes
	hidden := 0
	if !p.Verbose && len(notes) > briefNotes {
		hidden = len(notes) - briefNotes
		notes = notes[:briefNotes]
	}
	for _, note := range notes {
		text := "note: " + p.OneLine(note)
		if !p.Verbose {
			text = p.Truncate(text, 2*p.Width-8) // two lines at most
		}
		p.Say(p.Faint, text)
	}
	if hidden > 0 {
		p.Say(p.Faint, display.Plural(hidden, "more note")+", -v shows all")
	}
}
