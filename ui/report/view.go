package report

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// view is a report with the characters and colours in which its parts are put
// into words. The zero Charset is not valid; newView has the default one.
type view struct {
	display.Charset
	paint
	report *model.Report // nil where the words are of a comparison
}

// newView returns a view of a report without colours.
func newView(r *model.Report) view { return view{Charset: display.Unicode, report: r} }

// step names an instruction and says what it is, in one line.
func (v view) step(layer, instruction *int, width int) string {
	var name string
	if layer != nil {
		name = fmt.Sprintf("layer %d", *layer)
	}
	if instruction == nil || *instruction < 0 || *instruction >= len(v.report.Instructions) {
		if name == "" {
			return ""
		}
		return v.Truncate(name+", no known instruction", width)
	}
	in := &v.report.Instructions[*instruction]
	if name != "" {
		name += ", "
	}
	name += fmt.Sprintf("step %d", *instruction)
	if in.Location != nil {
		name += fmt.Sprintf(", line %d", in.Location.Line)
	}
	if text := v.OneLine(clip(in.Text)); text != "" {
		name += ": " + text
	}
	return v.Truncate(name, width)
}

// maker is the instruction that made a layer.
func (v view) maker(layer *int) *int {
	if layer == nil || *layer < 0 || *layer >= len(v.report.Layers) {
		return nil
	}
	return v.report.Layers[*layer].Instruction
}

// base says what the image stands on and how tare knows.
func (v view) base() []string {
	base := &v.report.Image.Base
	var how string
	switch base.How {
	case model.BaseByFlag:
		how = "as --base says"
	case model.BaseByProvenance:
		how = "from provenance"
	case model.BaseByAnnotation:
		how = "from an annotation"
	case model.BaseByHistory:
		how = "from history"
	default:
		return []string{"no base image found"}
	}
	name := "base " + display.Plural(base.Layers, "layer")
	if base.Reference != nil {
		name = "base " + v.Escape(*base.Reference)
	}
	return []string{name + " (" + how + ")"}
}

// maxText is how much of an instruction is worth laying out. A config may hold
// one of 32 MiB, and every finding of its layer quotes it.
const maxText = 64 << 10

// clip leaves out what of an instruction goes beyond maxText, and says so.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + fmt.Sprintf("\n(%s more)", display.Bytes(int64(len(text)-maxText)))
}
