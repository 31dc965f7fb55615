package cli

import (
	"errors"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// checkFloor reports an error where --floor can be read neither as a size nor as a
// percentage.
func (own *fixFlags) checkFloor() error {
	if own.floor == "" {
		return nil
	}
	if _, err := gate.ParseAmount(own.floor); err != nil {
		return errors.New("--floor " + own.floor + ": it takes a size (500kB) or a percentage of the image's own bytes (1%); 0 makes every edit")
	}
	return nil
}

// setFloor sets how many bytes an edit of an image must save to be made.
func (own *fixFlags) setFloor(opt *fix.Options, r *model.Report) {
	if own.floor == "" {
		opt.Own = r.Summary.Own.Size
		return
	}
	amount, err := gate.ParseAmount(own.floor)
	switch {
	case err != nil:
		opt.Floor = 0 // checkFloor has refused it
	case amount.IsShare:
		opt.Floor = int64(amount.Share * float64(r.Summary.Own.Size))
	default:
		opt.Floor = amount.Bytes
	}
}
