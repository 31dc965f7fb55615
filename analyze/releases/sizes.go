package releases

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// sizes is what the releases say that a registry sends of each layer, by digest. Anybody can write a size
// into a manifest; of a blob that was read it is counted.
type sizes map[string][]said

// said is the size that a release says a layer has.
type said struct {
	release int
	bytes   int64
}

// note writes down what a release says.
func (s *sizes) note(release int, r *model.Report) {
	if *s == nil {
		*s = make(sizes)
	}
	for i, repeated := range r.Repeated() {
		if l := &r.Layers[i]; !repeated && l.Digest != nil && l.CompressedSize != nil {
			(*s)[*l.Digest] = append((*s)[*l.Digest], said{release, *l.CompressedSize})
		}
	}
}

// settle makes the sums of releases unknown that have a layer about whose size they disagree, and says so. It
// returns the digests of those layers.
func (s sizes) settle(out *model.Releases) (disputed []string) {
	for _, digest := range slices.Sorted(maps.Keys(s)) {
		all := s[digest]
		other := slices.IndexFunc(all, func(x said) bool { return x.bytes != all[0].bytes })
		if other < 0 {
			continue
		}
		disputed = append(disputed, digest)
		name := func(x said) string { return out.Releases[x.release].References[0] }
		out.Notes = append(out.Notes, fmt.Sprintf("manifests disagree about the size of the layer %s, so that it is unknown: %s says %d bytes, %s says %d bytes",
			digest, name(all[0]), all[0].bytes, name(all[other]), all[other].bytes))
		for _, x := range all {
			r := &out.Releases[x.release]
			r.CompressedSize, r.PullBytes, r.PulledAgainBytes = nil, nil, nil
		}
	}
	return disputed
}
