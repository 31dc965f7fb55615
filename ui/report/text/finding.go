package text

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	// indent aligns what belongs to a finding with its title.
	indent = display.BytesWidth + 2
	// verbosePaths is how many of a finding's paths the verbose report lists.
	verbosePaths = 10
)

// block is one change or finding, laid out.
type block struct {
	title string
	brief []string // the least that tells it from another, on one line
	body  []string // where the bytes came from, what hid them, what to do
	files []string // which files they are
	edit  []string // the change to the Dockerfile
}

// findings lists what was found, the most bytes first.
func (p *textPage) findings() {
	settled := make(map[string]bool) // by an edit that is shown above
	for i := range p.Report.Changes {
		for _, id := range p.Report.Changes[i].Findings {
			settled[id] = settled[id] || p.Report.Changes[i].After != nil
		}
	}
	for _, f := range view.Ranked(p.Report) {
		b := p.block(f)
		if settled[f.ID] {
			b.edit = nil
		}
		p.Add("")
		p.addBlock(b)
	}
}

// block lays a finding out in full.
func (p *textPage) block(f *model.Finding) block {
	b := block{title: p.title(f)}
	width := p.Width - indent
	if from := p.From(f, width); from != "" {
		b.body = append(b.body, p.Faint(from))
	}
	if f.HiddenBy != nil {
		hid := "hidden by "
		if f.Layer != nil && *f.HiddenBy == *f.Layer {
			b.body = append(b.body, p.Faint("hidden within the same layer"))
		} else {
			b.body = append(b.body, p.Faint(hid+p.Step(f.HiddenBy, p.Maker(f.HiddenBy), width-len(hid))))
		}
	}
	if f.Fix != nil {
		b.body = append(b.body, display.Wrap(p.OneLine(f.Fix.Summary), width)...)
		b.edit = append(p.Edit(f.Fix, width), p.ManifestEdit(f, width)...)
	}
	b.files = p.files(f, width)
	for _, lines := range [][]string{b.body, b.files, b.edit} {
		for i := range lines {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	return b
}

// title is the finding's line in the list: bytes, what it is, how sure, what it
// costs to pull.
func (p *textPage) title(f *model.Finding) string {
	figure := display.PadLeft(p.None, display.BytesWidth)
	if f.Bytes > 0 {
		figure = display.BytesColumn(f.Bytes)
	}
	facts := []string{string(f.Confidence)}
	if f.Inherited {
		facts = append(facts, "inherited")
	}
	if f.CompressedBytes != nil && f.Bytes > 0 {
		facts = append(facts, display.Bytes(*f.CompressedBytes)+" to pull")
	}
	right := p.Escape(strings.Join(facts, ", "))
	room := p.Width - indent - display.Width(right) - 2
	name := p.Truncate(p.OneLine(f.Title), max(room, 1))
	line := display.Pad(name, max(room, 1))
	if f.Wasted() && f.Bytes > 0 {
		figure = p.Waste(figure)
	}
	return figure + "  " + p.Strong(name) + line[len(name):] + "  " + p.Faint(right)
}

// files names the largest files of a finding, and the packages. The short
// report has no room for them.
func (p *textPage) files(f *model.Finding, width int) []string {
	if !p.Verbose {
		return nil
	}
	show := min(len(f.Paths), verbosePaths)
	var lines []string
	for _, path := range f.Paths[:show] {
		lines = append(lines, p.Faint(p.TruncatePath(p.Escape(path), width)))
	}
	if rest := f.FileCount - show; rest > 0 {
		lines = append(lines, p.Faint("and "+display.Plural(rest, "more file")))
	}
	if len(f.Packages) > 0 {
		for _, line := range display.Wrap("packages: "+p.OneLine(strings.Join(f.Packages, ", ")), width) {
			lines = append(lines, p.Faint(line))
		}
	}
	return lines
}
