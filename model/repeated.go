package model

// Repeated reports by layer whether a layer above it is the same blob. A registry keeps such a blob once, and who
// pulls the image pulls it once: what that takes counts at the topmost of these layers, which stays to be pulled
// whatever becomes of the others. On disk each of them takes its room. Layers whose blob nobody names are not
// repeated.
func (r *Report) Repeated() []bool {
	repeated := make([]bool, len(r.Layers))
	above := make(map[string]bool)
	for i := len(r.Layers) - 1; i >= 0; i-- {
		if digest := r.Layers[i].Digest; digest != nil {
			repeated[i] = above[*digest]
			above[*digest] = true
		}
	}
	return repeated
}
