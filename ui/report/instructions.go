package report

import (
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// columns of the instruction table, in cells.
const (
	stepColumn  = 4
	layerColumn = 5
)

// instructions lists every step of the build with what it costs, then the
// layers that no step accounts for.
func (p *textPage) instructions() {
	if len(p.report.Instructions) == 0 && len(p.report.Layers) == 0 {
		return
	}
	p.add("", p.strong(p.row("step", "layer", "size", "wasted", "pull", "instruction")))
	for i := range p.report.Instructions {
		in := &p.report.Instructions[i]
		layer, pull := p.None, p.None
		if in.Layer != nil {
			layer = strconv.Itoa(*in.Layer)
			if *in.Layer >= 0 && *in.Layer < len(p.report.Layers) {
				pull = p.pull(&p.report.Layers[*in.Layer])
			}
		}
		text := p.OneLine(clip(in.Text))
		if in.Inherited {
			text = "(base) " + text
		}
		p.add(p.paintRow(in.WastedBytes, p.row(strconv.Itoa(in.Index), layer, p.weight(in.Layer, in.Size), p.weight(in.Layer, in.WastedBytes), pull, text)))
	}
	for i := range p.report.Layers {
		l := &p.report.Layers[i]
		if l.Instruction == nil {
			p.add(p.paintRow(l.WastedBytes, p.row(p.None, strconv.Itoa(l.Index), display.Bytes(l.Size), display.Bytes(l.WastedBytes), p.pull(l), "(no known instruction)")))
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
	return p.Truncate(row+"  "+text, p.width)
}

func (p *textPage) paintRow(wasted int64, row string) string {
	if wasted > 0 {
		return p.waste(row)
	}
	return row
}
