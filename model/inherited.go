package model

// MarkInherited tells the layers and instructions of the base, as many layers as
// Image.Base says, from the image's own. An instruction without a layer belongs to the
// base if it stands before the last instruction of the base that has one; the base's CMD
// and the like, which follow it, do too, up to the first instruction of the image's own
// layers.
func (r *Report) MarkInherited() {
	base := r.Image.Base.Layers
	for i := range r.Layers {
		r.Layers[i].Inherited = i < base
	}
	last := -1
	for i := range r.Instructions {
		r.Instructions[i].Inherited = false
		if l := r.Instructions[i].Layer; l != nil && *l < base {
			last = i
		}
	}
	if base == 0 {
		return
	}
	for i := last + 1; i < len(r.Instructions) && r.Instructions[i].Layer == nil; i++ {
		if k := r.Instructions[i].Keyword; k == "CMD" || k == "ENTRYPOINT" {
			last = i
		}
	}
	for i := range r.Instructions[:last+1] {
		r.Instructions[i].Inherited = true
	}
}
