// Package view has the wording that every format of a report shares: which instruction made the
// bytes, which layer hid them, what the image is based on, and which edit of the Dockerfile helps.
//
// A View is a report with a character set and colours. Findings is a view for formats that other
// programs read, which also need a finding's line in the Dockerfile, its rank and a fingerprint. A
// Page collects the lines of a text for a terminal.
//
// Text from the image is returned escaped for a terminal by package display; the format has to
// escape it once more for itself. Nothing here changes a report. A View may be used by several
// goroutines at once, a Page by one.
package view

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// View is a report with the characters and colours in which its parts are put
// into words. The zero value has no Charset: New makes one.
type View struct {
	display.Charset
	paint
	Report *model.Report // nil where the words are of a comparison
}

// New returns a view of a report without colours.
func New(r *model.Report) View { return View{Charset: display.Unicode, Report: r} }

// Step names a layer's instruction and quotes it, in one line of at most so many cells:
// "step 2, line 4: RUN apt-get update". The layer is named where its instruction is not
// known. Either index may be nil or lead nowhere; the result is "" where neither is known.
func (v View) Step(layer, instruction *int, width int) string {
	if instruction == nil || *instruction < 0 || *instruction >= len(v.Report.Instructions) {
		if layer == nil {
			return ""
		}
		return v.Truncate(fmt.Sprintf("layer %d, no known instruction", *layer), width)
	}
	in := &v.Report.Instructions[*instruction]
	name := StepPlace(v.Report.StepNumber(*instruction), in.Location, in.Inherited)
	if text := v.OneLine(Clip(in.Text)); name == "" {
		name = text
	} else if text != "" {
		name += ": " + text
	}
	return v.Truncate(name, width)
}

// StepPlace says which instruction is meant: "step 2, line 4", or that it is of the base
// image; "" where nothing is known. A step number of 0 is none.
func StepPlace(number int, at *model.Location, inherited bool) string {
	var facts []string
	switch {
	case inherited:
		facts = append(facts, "base image")
	case number > 0:
		facts = append(facts, fmt.Sprintf("step %d", number))
	}
	if at != nil && !inherited {
		facts = append(facts, fmt.Sprintf("line %d", at.Line))
	}
	return strings.Join(facts, ", ")
}

// Maker returns the index of the instruction that made a layer, nil where it is
// not known.
func (v View) Maker(layer *int) *int {
	if layer == nil || *layer < 0 || *layer >= len(v.Report.Layers) {
		return nil
	}
	return v.Report.Layers[*layer].Instruction
}

// Base says in one or two short texts what the image stands on and how tare
// knows.
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
