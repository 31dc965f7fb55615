package compare

import (
	"fmt"
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	// growthWidth is the width of a signed size.
	growthWidth = display.BytesWidth + 1
	// growthIndent aligns what belongs to a change with its name.
	growthIndent = growthWidth + 2
	// briefChanges is how many changes of each kind the short comparison shows.
	briefChanges = 4
)

// Text writes a comparison for a person: what the images weigh, what
// grew or shrank, and which instruction did it.
type Text struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // every change
}

// Write implements ComparisonWriter.
func (t Text) Write(w io.Writer, c *model.Comparison) error {
	p := &changes{Page: view.NewPage(nil, t.Width, t.Color, t.ASCII, t.Verbose), c: c}
	p.header()
	p.risks()
	p.verdict()
	p.pulledAgain()
	p.findings()
	p.steps()
	p.packages()
	p.paths()
	p.notes()
	return p.Flush(w)
}

// changes is a text comparison in the making.
type changes struct {
	*view.Page
	c *model.Comparison
}

// header says what is compared, and sets the figures side by side.
func (p *changes) header() {
	old, now, t := &p.c.Old.Image, &p.c.New.Image, &p.c.Totals
	from, to := p.Escape(old.Reference)+" "+p.arrow(), p.Escape(now.Reference)
	if both := from + " " + to; display.Width(both) <= p.Width {
		to = both
	} else {
		p.Add(p.Strong(p.Truncate(from, p.Width)))
	}
	who := p.Facts(p.Width, to, p.Escape(now.Platform), fmt.Sprintf("%s shared of %d", display.Plural(t.SharedLayers, "layer"), t.Layers.New))
	who[0] = p.Strong(who[0])
	p.Add(who...)
	p.Add("")
	p.figure("size", &t.Size)
	p.figure("to pull", t.CompressedSize)
	p.figure("wasted", &t.WastedBytes)
	p.figure("avoidable", &t.AvoidableBytes)
	if old.Base.How != model.BaseNone && now.Base.How != model.BaseNone {
		p.figure("own", &t.Own.Size)
		p.figure("own waste", &t.Own.WastedBytes)
	}
	p.row("efficiency", display.Efficiency(t.Efficiency.Old), display.Efficiency(t.Efficiency.New))
	p.count("layers", t.Layers)
	p.count("files", t.Files)
}

func (p *changes) arrow() string {
	if p.Charset.Ellipsis == display.ASCII.Ellipsis {
		return "->"
	}
	return "→"
}

// figure is a row of sizes; nil is an unknown one.
func (p *changes) figure(name string, c *model.Delta) {
	if c == nil {
		p.row(name, p.None, p.None)
		return
	}
	p.row(name, display.Total(c.Old), display.Total(c.New))
	*p.Last() += "  " + p.gained(c.Growth, growth(c.Growth))
}

// count is a row of counts.
func (p *changes) count(name string, c model.Delta) {
	p.row(name, display.Count(int(c.Old)), display.Count(int(c.New)))
	if c.Growth != 0 {
		last := p.Last()
		*last = p.Truncate(*last+"  "+signed(c.Growth), p.Width)
	}
}

// row is 31 cells wide, or one more, where the figures are no longer than sizes are.
func (p *changes) row(name, old, now string) {
	p.Add(p.Truncate(display.Pad(name, 10)+display.PadLeft(old, 9)+" "+p.arrow()+" "+display.PadLeft(now, 8), p.Width))
}

// growth spells a difference of sizes with its sign, in growthWidth cells.
func growth(n int64) string {
	text := display.Bytes(n)
	if n > 0 {
		text = "+" + text
	}
	return display.PadLeft(text, growthWidth)
}

// signed spells a difference of counts.
func signed(n int64) string {
	text := display.Count(int(n))
	if n > 0 {
		text = "+" + text
	}
	return display.PadLeft(text, growthWidth)
}

// gained paints a figure: what is more weighs on one, what is less relieves.
func (p *changes) gained(n int64, text string) string {
	switch {
	case n > 0:
		return p.Bad(text)
	case n < 0:
		return p.Gain(text)
	}
	return p.Faint(text)
}

// verdict is the answer in a sentence.
func (p *changes) verdict() {
	t := &p.c.Totals
	p.Add("")
	text := ""
	switch size, waste := t.Size.Growth, t.WastedBytes.Growth; {
	case size == 0 && waste == 0:
		text = p.pulls()
	case waste > 0:
		text = fmt.Sprintf("The new image wastes %s more; it %s", display.Bytes(waste), heavier(size))
	case waste < 0:
		text = fmt.Sprintf("The new image wastes %s less; it %s", display.Bytes(-waste), heavier(size))
	default:
		text = "The new image wastes as much as the old; it " + heavier(size)
	}
	if again := pulled.Short(p.c); again != "" && pulled.Matters(p.c) {
		text += "; " + again
	}
	p.Say(p.Strong, text+".")
}

// pulls is the verdict on images that differ in their compression at most.
func (p *changes) pulls() string {
	const same = "Both weigh and waste the same"
	switch pull := p.c.Totals.CompressedSize; {
	case (pull == nil || pull.Growth == 0) && (len(p.c.PulledAgain) > 0 || p.othersLayers()):
		return same + ", and not all layers are the same"
	case pull == nil || pull.Growth == 0:
		return "Nothing grew: both weigh and waste the same"
	case pull.Growth > 0:
		return same + "; there is " + display.Bytes(pull.Growth) + " more to pull"
	default:
		return same + "; there is " + display.Bytes(-pull.Growth) + " less to pull"
	}
}

// othersLayers reports whether the new image is another one, and has layers that the old one
// has not: whatever they hold, they are pulled.
func (p *changes) othersLayers() bool {
	old, now := p.c.Old.Image.ID, p.c.New.Image.ID
	return old != nil && now != nil && *old != *now && int64(p.c.Totals.SharedLayers) < p.c.Totals.Layers.New
}

func heavier(size int64) string {
	switch {
	case size > 0:
		return "weighs " + display.Bytes(size) + " more"
	case size < 0:
		return "weighs " + display.Bytes(-size) + " less"
	}
	return "weighs the same"
}

// heading starts a list, with what it shows of how many.
func (p *changes) heading(what string) { p.Add("", p.Strong(what)) }

// shown is how many items of a list there is room for.
func (p *changes) shown(n int) int {
	if p.Verbose {
		return n
	}
	return min(n, briefChanges)
}

// rest says how many items are left out.
func (p *changes) rest(left int) {
	if left > 0 {
		p.Say(p.Faint, display.PadLeft("", growthIndent)+display.Count(left)+" more, -v shows all")
	}
}

// change is one line: the figure, what it is, and a word about it on the right.
// The texts are safe to print.
func (p *changes) change(bytes int64, name, right string) {
	room := max(p.Width-growthIndent-display.Width(right)-2, 1)
	name = p.Truncate(name, room)
	figure := p.Faint(display.PadLeft(p.None, growthWidth))
	if bytes != 0 {
		figure = p.gained(bytes, growth(bytes))
	}
	p.Add(strings.TrimRight(figure+"  "+display.Pad(name, room)+"  "+p.Faint(right), " "))
}

// below adds a sentence that belongs to a change, in a style or, for nil, none.
func (p *changes) below(style func(string) string, text string) {
	for _, line := range display.Wrap(text, p.Width-growthIndent) {
		if style != nil {
			line = style(line)
		}
		p.Add(strings.Repeat(" ", growthIndent) + line)
	}
}

// step names an instruction and says what it is, in one line.
func (p *changes) step(s *model.Step, width int) string {
	if s == nil {
		return ""
	}
	var parts []string
	if s.Layer != nil && s.Instruction == nil {
		parts = append(parts, fmt.Sprintf("layer %d, no known instruction", *s.Layer))
	}
	if place := view.StepPlace(s.Number, s.Location, s.Inherited); place != "" && s.Instruction != nil {
		parts = append(parts, place)
	}
	name := strings.Join(parts, ", ")
	if text := p.OneLine(view.Clip(s.Text)); name == "" {
		name = text
	} else if text != "" {
		name += ": " + text
	}
	return p.Truncate(name, width)
}
