package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// standing is the base that an image stands on.
type standing struct {
	layers int
	how    string
	chain  string // of those layers
}

// stacks knows the images of a part by their layers.
type stacks struct {
	chains map[string][]string // by image: at n-1 the chain of its n lowest layers
	whole  map[string][]string // by chain: the images that have these layers and no more, sorted
	named  map[string][]string // by a name without digest: the images that have it, sorted
	part   *Part
}

// stacksOf computes the chains of all images.
func (p *Part) stacksOf() *stacks {
	s := &stacks{chains: make(map[string][]string, len(p.Images)), whole: make(map[string][]string), named: make(map[string][]string), part: p}
	known := make(map[[2]string]string) // layers below and on top: so that a chain is one string
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		if len(img.Layers) == 0 {
			continue
		}
		chains := make([]string, len(img.Layers))
		below := ""
		for i, l := range img.Layers {
			id := p.Layers[l].DiffID
			if id == "" {
				id = l
			}
			link := [2]string{below, id}
			if known[link] == "" {
				known[link] = chainOf(below, id)
			}
			below = known[link]
			chains[i] = below
		}
		s.chains[key] = chains
		for _, name := range img.References {
			name = withoutDigest(name)
			s.named[name] = append(s.named[name], key)
		}
		s.whole[below] = append(s.whole[below], key)
	}
	return s
}

// chainOf is the chain ID of a layer on others, as the OCI image spec defines it.
func chainOf(below, diffID string) string {
	if below == "" {
		return diffID
	}
	sum := sha256.Sum256([]byte(below + " " + diffID))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// standsOn says what an image stands on; 0 layers for nothing that is known.
func (s *stacks) standsOn(key string, img *Image) standing {
	chains := s.chains[key]
	at := standing{layers: img.Base.Layers, how: img.Base.How}
	if img.Base.isGuess() {
		for n := len(chains) - 1; n > at.layers; n-- {
			if len(s.whole[chains[n-1]]) > 0 {
				at = standing{layers: n, how: model.BaseByFleet}
				break
			}
		}
		if n := s.otherBuild(key, img); n > at.layers {
			at = standing{layers: n, how: model.BaseByHistory}
		}
	}
	if at.layers == 0 || at.layers >= len(chains) {
		return standing{how: model.BaseNone}
	}
	at.chain = chains[at.layers-1]
	return at
}

// otherBuild is how many layers of an image another build of the base has that its label names: as many as
// the image of that name in the fleet has, where the same instructions made them. 0 is for none.
func (s *stacks) otherBuild(key string, img *Image) int {
	for _, other := range s.named[img.Base.Name] {
		base := s.part.Images[other]
		n := len(base.Layers)
		if img.Base.Name == "" || other == key || base.Platform != img.Platform || n == 0 || n >= len(img.Layers) {
			continue
		}
		same := true
		for i := range n {
			a, b := s.part.Layers[base.Layers[i]], s.part.Layers[img.Layers[i]]
			same = same && a.Text != "" && a.Keyword == b.Keyword && a.Text == b.Text
		}
		if same {
			return n
		}
	}
	return 0
}

// contains reports whether an image of a name stands on a chain, so that it is not the name of the chain itself.
func (s *stacks) contains(name, chain string) bool {
	for _, key := range s.named[name] {
		if chains := s.chains[key]; slices.Contains(chains[:len(chains)-1], chain) {
			return true
		}
	}
	return false
}
