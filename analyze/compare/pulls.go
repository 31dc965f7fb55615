package compare

import "github.com/tare-oci/tare/model"

// Pulls is what those pull who have one image and want the next, by layer of the next.
type Pulls struct {
	Partner []int  // the layer of the same step in the old image, -1 for none
	Missing []bool // the old image has not this blob
	// Again is what of a missing layer is pulled for nothing, in bytes that a registry
	// sends, for the layers that hold the same as before or differ in stamped files only.
	Again map[int]int64
	Known bool // Again is known
	// RebuiltBy are by layer the steps that [model.PulledAgain] has.
	RebuiltBy map[int]*model.Step

	Bytes      *int64 // of all missing layers, nil where a size is not known
	AgainBytes *int64 // of Again; nil where that is not known
}

// PullsOf works out what of an image those pull who have the one before. Reports as
// analyze.Handle.Describe makes them are enough but for what is pulled for nothing.
func PullsOf(from, to *model.Report) Pulls {
	c := &comparison{old: from, new: to, from: buildOf(from), to: buildOf(to)}
	c.partner = align(c.from.all, c.to.all)
	p := Pulls{Partner: make([]int, len(to.Layers)), Missing: make([]bool, len(to.Layers)), Again: make(map[int]int64), RebuiltBy: make(map[int]*model.Step)}
	for layer := range to.Layers {
		p.Partner[layer] = c.partnerOf(layer)
	}
	missing := c.missingLayers()
	for _, layer := range missing {
		p.Missing[layer] = true
	}
	p.Bytes = c.sumOf(missing)
	var r model.Comparison
	c.comparePulls(&r)
	p.Known = r.PulledAgain != nil
	p.AgainBytes = r.Totals.PulledAgainBytes
	for i := range r.PulledAgain {
		if again := &r.PulledAgain[i]; again.Kind != model.MostlySame && again.CompressedBytes != nil {
			p.Again[again.New], p.RebuiltBy[again.New] = *again.CompressedBytes, again.RebuiltBy
		}
	}
	return p
}

// StepsOfLayers are the steps that made an image's layers, by layer.
func StepsOfLayers(r *model.Report) []model.Step {
	b := buildOf(r)
	steps := make([]model.Step, len(r.Layers))
	for layer := range steps {
		steps[layer] = b.all[b.ofLayer[layer]].step
	}
	return steps
}
