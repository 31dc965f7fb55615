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

// block is one finding, laid out.
type block struct {
	finding *model.Finding
	title   string
	brief   []string // where the bytes came from and the largest file, on one line
	body    []string // where the bytes came from, what hid them, what to do
	files   []string // which files they are
	edit    []string // the change to the Dockerfile
}

// findings shows what can be saved, the most bytes first. The short report
// shows as many as one screen holds, the worst with its edit, and says how many
// there are besides.
func (p *textPage) findings() {
	order := view.Ranked(p.Report.Findings)
	var shown []block
	if p.Verbose {
		shown = p.blocks(order)
	} else {
		shown = p.fit(p.blocks(order[:min(len(order), pageLines)]))
	}
	for i, b := range shown {
		if i == 0 || p.Verbose {
			p.Add("")
		}
		p.Add(b.title)
		p.Add(b.body...)
		p.Add(b.files...)
		p.Add(b.edit...)
	}
	if !p.Verbose {
		p.more(order[len(shown):])
	}
}

func (p *textPage) blocks(findings []*model.Finding) []block {
	blocks := make([]block, len(findings))
	for i, f := range findings {
		blocks[i] = p.block(f)
	}
	return blocks
}

// block lays a finding out in full.
func (p *textPage) block(f *model.Finding) block {
	b := block{finding: f, title: p.title(f)}
	width := p.Width - indent
	if from := p.Step(f.Layer, f.Instruction, width); from != "" {
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
		b.edit = p.Edit(f.Fix, width)
	}
	b.files = p.files(f, width)
	b.brief = p.brief(f, width)
	for _, lines := range [][]string{b.brief, b.body, b.files, b.edit} {
		for i := range lines {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	return b
}

// brief says the least that tells one finding from another.
func (p *textPage) brief(f *model.Finding, width int) []string {
	if len(f.Paths) == 0 {
		if step := p.Step(f.Layer, f.Instruction, width); step != "" {
			return []string{p.Faint(step)}
		}
		return nil
	}
	path := p.TruncatePath(p.Escape(f.Paths[0]), width/2)
	room := width - display.Width(path) - 2
	return []string{p.Faint(path + "  " + p.Step(f.Layer, f.Instruction, room))}
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

// more says what the short report left out.
func (p *textPage) more(rest []*model.Finding) {
	if len(rest) == 0 {
		if len(p.Report.Findings) > 0 {
			p.Say(p.Faint, "-v shows every edit, file and instruction")
		}
		return
	}
	var bytes int64
	for _, f := range rest {
		if f.Wasted() {
			bytes += f.Bytes
		}
	}
	text := display.Plural(len(rest), "more finding")
	if bytes > 0 {
		text += " (" + display.Bytes(bytes) + " wasted)"
	}
	p.Say(p.Faint, text+", -v shows all")
}
