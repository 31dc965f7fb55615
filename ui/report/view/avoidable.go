package view

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Avoidable says what changes would take away, and what share of the own bytes that is:
// "65 MB, 50 % of own". Every format and the gate say it of the same figure.
func Avoidable(r *model.Report) string {
	if r.Summary.AvoidableBytes == 0 {
		return "nothing"
	}
	of := "own"
	if r.Image.Base.How == model.BaseNone {
		of = "all"
	}
	return display.Total(r.Summary.AvoidableBytes) + ", " + display.Share(r.Summary.AvoidableBytes, r.Summary.Own.Size) + " of " + of
}
