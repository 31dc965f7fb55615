package fleet

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// maxBases is how many bases are looked into, those of most images first: each is held
// against each other one.
const maxBases = 60

// lookAtBases is the third step: what the bases hold that images stand on. Their layers are
// in the store. A base that cannot be looked at is left out.
func (r *run) lookAtBases(ctx context.Context) error {
	wanted := r.part.basesToLookAt()
	return each(ctx, r, "bases", wanted, func(b wantedBase) string { return r.nameOf(b.image) }, func(b wantedBase) {
		h, err := r.handle(ctx, b.image)
		if err != nil {
			return
		}
		defer h.Close()
		r.judges <- struct{}{}
		report, err := h.LowerPart(ctx, b.layers)
		<-r.judges
		if err != nil || report == nil || ctx.Err() != nil {
			return
		}
		content := contentOf(report)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.part.addBase(b.chain, content)
	})
}

// wantedBase is a base, and an image that stands on it.
type wantedBase struct {
	chain  string
	layers int
	image  string
	users  int
}

// basesToLookAt lists the bases of images whose layers were read, in an order that follows
// from the part alone.
func (p *Part) basesToLookAt() []wantedBase {
	s := p.stacksOf()
	found := make(map[string]*wantedBase)
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		if img.State != Judged {
			continue
		}
		on := s.standsOn(key, img)
		switch b := found[on.chain]; {
		case on.layers == 0:
		case b == nil:
			found[on.chain] = &wantedBase{on.chain, on.layers, key, 1}
		default:
			b.users++
		}
	}
	all := make([]wantedBase, 0, len(found))
	for _, b := range found {
		all = append(all, *b)
	}
	slices.SortFunc(all, func(a, b wantedBase) int {
		return cmp.Or(cmp.Compare(b.users, a.users), cmp.Compare(a.chain, b.chain))
	})
	return all[:min(len(all), maxBases)]
}
