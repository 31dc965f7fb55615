package analyze

import (
	"context"

	"github.com/tare-oci/tare/model"
)

// Describe returns what manifest and config say of the image, and reads no layer: layers with
// what a registry sends of them, instructions, and the base. All that takes reading is zero or
// nil, and the report is marked as partial. It is not for after Analyze.
func (h *Handle) Describe(ctx context.Context) (*model.Report, error) {
	a := h.begin()
	if err := a.describe(ctx); err != nil {
		return nil, err
	}
	r := a.report
	r.Partial = true
	sum := int64(0)
	repeated := r.Repeated()
	for i := range r.Layers {
		l := h.Image.Layers[i]
		if l.AsPushed && l.Size >= 0 {
			if repeated[i] {
				l.Size = 0 // the blob is pulled once, with the topmost of its layers
			}
			r.Layers[i].CompressedSize = model.Ptr(l.Size)
			sum += l.Size
		} else {
			sum = -1
			break
		}
	}
	// A stream lists its layers only once it was read, so that nothing is known of their sum.
	if sum >= 0 && (h.Image.Stream == nil || len(r.Layers) > 0) {
		r.Image.CompressedSize = &sum
	}
	r.Instructions = a.progress.instructions(r.Instructions)
	return r, nil
}
