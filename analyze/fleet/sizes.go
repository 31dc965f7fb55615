package fleet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	// maxDisputes is of how many layers a note tells each that manifests disagree about them.
	maxDisputes = 5
	// maxDisputants is how many images such a note names.
	maxDisputants = 3
)

// sizeClaim is what an image's manifest says of a layer.
type sizeClaim struct {
	image string // its first name
	bytes int64
}

// settleSizes decides what a registry sends of each layer. Anybody can write a size into a manifest, so that
// the bytes of a blob that was read count, whatever manifests say. Where none was read and they
// disagree, the size is not known.
func (t *table) settleSizes() {
	claims := t.part.sizeClaims()
	layers := maps.Clone(t.part.Layers)
	t.disputed = make(map[string]bool)
	told := 0
	for _, key := range slices.Sorted(maps.Keys(layers)) {
		l := *layers[key]
		said := claims[key]
		if l.Counted != nil {
			l.Compressed = l.Counted
			said = slices.DeleteFunc(said, func(c sizeClaim) bool { return c.bytes == *l.Counted })
		} else if !slices.ContainsFunc(said, func(c sizeClaim) bool { return c.bytes != said[0].bytes }) {
			continue
		} else {
			l.Compressed, t.disputed[key] = nil, true
		}
		layers[key] = &l
		if len(said) == 0 {
			continue
		}
		if told++; told <= maxDisputes {
			t.disputes = append(t.disputes, dispute(key, &l, said))
		}
	}
	if more := told - maxDisputes; more > 0 {
		t.disputes = append(t.disputes, fmt.Sprintf("manifests are wrong or disagree about the sizes of %d more layers", more))
	}
	settled := *t.part // which is not changed
	settled.Layers = layers
	t.part = &settled
}

// sizeClaims lists what manifests say of each layer, by the names of the images.
func (p *Part) sizeClaims() map[string][]sizeClaim {
	claims := make(map[string][]sizeClaim, len(p.Layers))
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		for i, bytes := range img.Sizes {
			if bytes >= 0 && img.State != Failed && i < len(img.Layers) {
				claims[img.Layers[i]] = append(claims[img.Layers[i]], sizeClaim{img.References[0], bytes})
			}
		}
	}
	for _, said := range claims {
		slices.SortStableFunc(said, func(a, b sizeClaim) int { return strings.Compare(a.image, b.image) })
	}
	return claims
}

// dispute tells of a layer of which manifests say other sizes than they should.
func dispute(key string, l *Layer, said []sizeClaim) string {
	var seen []sizeClaim // each size once, so that who says another one than many is named
	for _, c := range said {
		if l.Counted != nil || !slices.ContainsFunc(seen, func(s sizeClaim) bool { return s.bytes == c.bytes }) {
			seen = append(seen, c)
		}
	}
	var names []string
	for _, c := range seen[:min(len(seen), maxDisputants)] {
		names = append(names, fmt.Sprintf("%s says %d bytes", c.image, c.bytes))
	}
	if more := len(seen) - maxDisputants; more > 0 {
		names = append(names, fmt.Sprintf("%d more say others", more))
	}
	text := strings.Join(names, ", ")
	if l.Counted != nil {
		return fmt.Sprintf("manifests are wrong about the size of the layer %s: %s; %d were counted when it was read", key, text, *l.Counted)
	}
	return fmt.Sprintf("manifests disagree about the size of the layer %s, so that it is unknown: %s", key, text)
}
