package view

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// View is a report with the characters and colours in which its parts are put
// into words. The zero Charset is not valid; newView has the default one.
type View struct {
	display.Charset
	paint
	Report *model.Report // nil where the words are of a comparison
}

// New returns a view of a report without colours.
func New(r *model.Report) View { return View{Charset: display.Unicode, Report: r} }

// Step names an instruction and says what it is, in one line.
func (v View) Step(layer, instruction *int, width int) string {
	var name string
	if layer != nil {
		name = fmt.Sprintf("layer %d", *layer)
	}
	if instruction == nil || *instruction < 0 || *instruction >= len(v.Report.Instructions) {
		if name == "" {
			return ""
		}
		return v.Truncate(name+", no known instruction", width)
	}
	in := &v.Report.Instructions[*instruction]
	if name != "" {
		name += ", "
	}
	name += fmt.Sprintf("step %d", *instruction)
	if in.Location != nil {
		name += fmt.Sprintf(", line %d", in.Location.Line)
	}
	if text := v.OneLine(Clip(in.Text)); text != "" {
		name += ": " + text
	}
	return v.Truncate(name, width)
}

// Maker is the instruction that made a layer.
func (v View) Maker(layer *int) *int {
	if layer == nil || *layer < 0 || *layer >= len(v.Report.Layers) {
		return nil
	}
	return v.Report.Layers[*layer].Instruction
}

// Base says what the image stands on and how tare knows.
func (v View) Base() []string {
	base := &v.Report.Image.Base
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
