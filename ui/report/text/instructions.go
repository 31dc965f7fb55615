package text

import (
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// columns of the instruction table, in cells.
const (
	stepColumn  = 4
	layerColumn = 5
)

// instructions lists every step of the build with what it costs, then the
// layers that no step accounts for.
func (p *textPage) instructions() {
	if len(p.Report.Instructions) == 0 && len(p.Report.Layers) == 0 {
		return
	}
	p.Add("", p.Strong(p.row("step", "layer", "size", "wasted", "pull", "instruction")))
	for i := range p.Report.Instructions {
		in := &p.Report.Instructions[i]
		layer, pull := p.None, p.None
		if in.Layer != nil {
			layer = strconv.Itoa(*in.Layer)
			if *in.Layer >= 0 && *in.Layer < len(p.Report.Layers) {
				pull = p.pull(&p.Report.Layers[*in.Layer])
			}
		}
		text := p.OneLine(view.Clip(in.Text))
		if in.Inherited {
			text = "(base) " + text
		}
		number := p.None
		if n := p.Report.StepNumber(i); n > 0 {
			number = strconv.Itoa(n)
		}
		p.Add(p.paintRow(in.WastedBytes, p.row(number, layer, p.weight(in.Layer, in.Size), p.weight(in.Layer, in.WastedBytes), pull, text)))
	}
	for i := range p.Report.Layers {
		l := &p.Report.Layers[i]
		if l.Instruction == nil {
			p.Add(p.paintRow(l.WastedBytes, p.row(p.None, strconv.Itoa(l.Index), display.Bytes(l.Size), display.Bytes(l.WastedBytes), p.pull(l), "(no known instruction)")))
		}
	}
}

func (p *textPage) weight(layer *int, n int64) string {
	if layer == nil {
		return p.None
	}
	return display.Bytes(n)
}

func (p *textPage) pull(l *model.Layer) string {
	if l.CompressedSize == nil {
		return p.None
	}
	return display.Bytes(*l.CompressedSize)
}

func (p *textPage) row(step, layer, size, wasted, pull, text string) string {
	row := strings.Join([]string{
		display.PadLeft(step, stepColumn), display.PadLeft(layer, layerColumn),
		display.PadLeft(size, display.BytesWidth), display.PadLeft(wasted, display.BytesWidth), display.PadLeft(pull, display.BytesWidth),
	}, " ")
	return p.Truncate(row+"  "+text, p.Width)
}

func (p *textPage) paintRow(wasted int64, row string) string {
	if wasted > 0 {
		return p.Waste(row)
	}
	return row
}
