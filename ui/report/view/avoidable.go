package view

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Avoidable says what changes would take away, and what share of the own bytes that is. Every
// format and the gate say it of the same figure.
func Avoidable(r *model.Report) string {
	return display.Avoidable(r.Summary.AvoidableBytes, r.Summary.Own.Size, r.Image.Base.How != model.BaseNone)
}
