package fleet

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// crowd is the bases that programs of one kind run on, see [Content.Runtime].
type crowd struct {
	t          *table
	compressed bool          // compressed bytes are known of all layers
	bases      []int         // in out.Bases
	users      []int         // by layer: images that have it
	movers     map[int][]int // by base: images that would move
	itself     map[int][]int // by base: the images of the fleet that it is
	again      map[int][]int // by layer: images that have it once more, above their base
	kept       map[[2]int]kept
}

// parents finds the bases that images could share.
func (t *table) parents() {
	runtimes := make(map[[2]string][]int)
	for i, chain := range t.chains[:min(len(t.chains), maxBases)] {
		if c := t.part.Bases[chain]; c != nil {
			key := [2]string{c.Runtime, t.out.Bases[i].Platform}
			runtimes[key] = append(runtimes[key], i)
		}
	}
	isBase, itself := make(map[int]bool), make(map[int][]int) // by image; by base
	for i := range t.out.Bases {
		for _, key := range t.stacks.whole[t.chains[i]] {
			isBase[t.imageOf[key]] = true
			itself[i] = append(itself[i], t.imageOf[key])
		}
	}
	again := t.againAbove()
	users := make([]int, len(t.out.Layers))
	for l := range t.out.Layers {
		users[l] = len(t.out.Layers[l].Images)
	}
	for _, key := range slices.SortedFunc(maps.Keys(runtimes), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		c := &crowd{t: t, bases: runtimes[key], users: users, movers: make(map[int][]int), itself: itself, again: again, kept: make(map[[2]int]kept), compressed: true}
		for _, b := range c.bases {
			for _, img := range t.out.Bases[b].Images {
				if !isBase[img] {
					c.movers[b] = append(c.movers[b], img)
				}
			}
			for _, l := range t.out.Bases[b].Layers {
				c.compressed = c.compressed && t.out.Layers[l].CompressedSize != nil
			}
		}
		c.find()
	}
	slices.SortStableFunc(t.out.Parents, func(a, b model.FleetParent) int {
		return cmp.Or(cmp.Compare(b.SavedBytes, a.SavedBytes), cmp.Compare(a.Base, b.Base))
	})
}

// find takes the best parent, then the best of the bases that are left, until none saves
// anything.
func (c *crowd) find() {
	for len(c.bases) > 1 {
		var all []candidate
		for _, to := range c.bases {
			if c.t.isOld(to) {
				continue // who moves, moves to the newest build
			}
			if from := c.worthMoving(to); len(from) > 0 {
				p := c.weigh(to, from)
				if p.SavedBytes > c.doubt(to, from) {
					all = append(all, candidate{parent: p, from: from, moves: c.countMovers(from)})
				}
			}
		}
		best := leastWork(all)
		if best == nil {
			return
		}
		c.describe(&best.parent, best.from)
		c.t.out.Parents = append(c.t.out.Parents, best.parent)
		c.move(&best.parent, best.from)
	}
}

// candidate is a base that images of others could stand on.
type candidate struct {
	parent model.FleetParent
	from   []int // the bases whose images move
	moves  int   // how many these images are
}

func (c *crowd) countMovers(from []int) (n int) {
	for _, b := range from {
		n += len(c.movers[b])
	}
	return n
}

// leastWork is the candidate that saves most or, of those that save nearly as much, the one for which the fewest images
// have to be built again; nil for none.
func leastWork(all []candidate) (best *candidate) {
	most := int64(0)
	for i := range all {
		most = max(most, all[i].parent.SavedBytes)
	}
	for i := range all {
		p := &all[i]
		if p.parent.SavedBytes <= 0 || p.parent.SavedBytes < most-nearly(most) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(p.moves, best.moves), cmp.Compare(best.parent.SavedBytes, p.parent.SavedBytes)) < 0 {
			best = p
		}
	}
	return best
}

// nearly is how much less than most of all still counts as much: 1 MB or 1 %, but of little no more than a tenth.
func nearly(most int64) int64 {
	return max(most/100, min(1_000_000, most/10))
}

// worthMoving chooses which bases' images should stand on another one: all, but for those that
// cost more than they save. These are left out one by one, the worst first.
func (c *crowd) worthMoving(to int) []int {
	var from []int
	for _, b := range c.bases {
		// No more can go than the layers that the other base lacks.
		if n := int64(len(c.movers[b])); b != to && n > 0 && c.figure(c.keeps(b, to))*n < c.sizeBeside(b, to) {
			from = append(from, b)
		}
	}
	saved := c.weigh(to, from).SavedBytes
	for len(from) > 0 {
		worst, without := -1, saved
		for i := range from {
			rest := slices.Delete(slices.Clone(from), i, i+1)
			if s := c.weigh(to, rest).SavedBytes; s >= without && (s > without || worst < 0) {
				worst, without = i, s
			}
		}
		if worst < 0 {
			break
		}
		from, saved = slices.Delete(from, worst, worst+1), without
	}
	return from
}

// doubt is how wrong the figure of what is kept may be: what an install writes again differs from one to the next by up to
// as much as is charged for it. A move to another base that saves less is not worth the work.
func (c *crowd) doubt(to int, from []int) (sum int64) {
	for _, b := range from {
		sum += c.keeps(b, to).books * int64(len(c.movers[b]))
	}
	return sum
}

// sizeBeside is what the layers of one base weigh that another one lacks.
func (c *crowd) sizeBeside(b, other int) (sum int64) {
	for _, l := range distinct(c.t.out.Bases[b].Layers, func(l int) bool { return !slices.Contains(c.t.out.Bases[other].Layers, l) }) {
		sum += c.layer(l)
	}
	return sum
}

// weigh works out what is saved if the images of some bases stood on another one.
func (c *crowd) weigh(to int, from []int) model.FleetParent {
	p := model.FleetParent{Base: to, Compressed: c.compressed}
	stays := make(map[int]bool)
	for _, l := range c.t.out.Bases[to].Layers {
		stays[l] = true
	}
	leaving := make(map[int]int) // by layer: images that no longer have it
	moved := 0
	for _, b := range from {
		n := len(c.movers[b])
		moved += n
		for _, l := range distinct(c.t.out.Bases[b].Layers, func(l int) bool { return !stays[l] }) {
			leaving[l] += n - c.againIn(l, c.movers[b])
		}
		p.KeptBytes += c.figure(c.keeps(b, to)) * int64(n)
	}
	p.Gone = c.gone(from)
	for _, img := range p.Gone {
		for _, l := range distinct(c.t.out.Images[img].Layers, func(l int) bool { return !stays[l] }) {
			leaving[l]++
		}
	}
	for l, n := range leaving {
		if n >= c.users[l] {
			p.DroppedBytes += c.layer(l)
		}
	}
	if moved > 0 {
		for l := range stays {
			if c.users[l] == 0 {
				p.AddedBytes += c.layer(l)
			}
		}
	}
	p.SavedBytes = p.DroppedBytes - p.AddedBytes - p.KeptBytes
	return p
}

// againAbove finds the layers that images have in their base and once more above it, which stay with them whatever
// base they stand on.
func (t *table) againAbove() map[int][]int {
	again := make(map[int][]int)
	for i := range t.out.Images {
		img := &t.out.Images[i]
		if img.Base == nil {
			continue
		}
		base := img.Layers[:min(len(t.out.Bases[*img.Base].Layers), len(img.Layers))]
		for _, l := range once(img.Layers[len(base):]) {
			if slices.Contains(base, l) {
				again[l] = append(again[l], i)
			}
		}
	}
	return again
}

// againIn counts the images that keep a layer when their base goes.
func (c *crowd) againIn(layer int, images []int) (n int) {
	for _, i := range c.again[layer] {
		if slices.Contains(images, i) {
			n++
		}
	}
	return n
}

// gone are the images of the fleet that are bases themselves, that no workload is known to run, and on
// which nothing stands any more once the images of some bases have moved.
func (c *crowd) gone(from []int) []int {
	left := make(map[int]bool)
	for _, b := range from {
		for _, img := range c.movers[b] {
			left[img] = true
		}
	}
	gone := []int{}
	// A base may stand on another one, which goes after it.
	from = slices.SortedStableFunc(slices.Values(from), func(a, b int) int { return len(c.t.out.Bases[b].Layers) - len(c.t.out.Bases[a].Layers) })
	for _, b := range from {
		if slices.ContainsFunc(c.t.out.Bases[b].Images, func(img int) bool { return !left[img] }) {
			continue
		}
		for _, img := range c.itself[b] {
			if !c.t.part.Images[c.t.images[img]].Runs {
				left[img] = true
				gone = append(gone, img)
			}
		}
	}
	slices.Sort(gone)
	return gone
}

// layer is what a layer counts.
func (c *crowd) layer(l int) int64 {
	row := &c.t.out.Layers[l]
	if c.compressed {
		return *row.CompressedSize
	}
	if row.Size == nil {
		return 0
	}
	return *row.Size
}

// keeps is what images of one base need of it that another base lacks.
func (c *crowd) keeps(from, to int) kept {
	key := [2]int{from, to}
	k, known := c.kept[key]
	if !known {
		k = keptOf(c.t.part.Bases[c.t.chains[from]], c.t.part.Bases[c.t.chains[to]])
		c.kept[key] = k
	}
	return k
}

func (c *crowd) figure(k kept) int64 {
	if c.compressed && k.compressed >= 0 {
		return k.compressed
	}
	return k.bytes
}

// describe says what a parent means for the images of each base.
func (c *crowd) describe(p *model.FleetParent, from []int) {
	bases := c.t.out.Bases
	weightOf := func(b int) (sum int64) {
		for _, l := range once(bases[b].Layers) {
			sum += c.layer(l)
		}
		return sum
	}
	for _, b := range from {
		k := c.keeps(b, p.Base)
		move := model.FleetParentMove{
			From: b, Images: c.movers[b], ImageBytes: weightOf(b) - weightOf(p.Base) - c.figure(k), KeptBytes: c.figure(k),
			Packages: notNil(k.packages[:min(len(k.packages), model.MaxFleetNames)]), PackageCount: len(k.packages), FileBytes: k.files,
		}
		p.Images = append(p.Images, move.Images...)
		p.Moves = append(p.Moves, move)
	}
	slices.Sort(p.Images)
	slices.SortStableFunc(p.Moves, func(a, b model.FleetParentMove) int { return cmp.Compare(len(b.Images), len(a.Images)) })
}

// move lets images stand on another base, for the next question.
func (c *crowd) move(p *model.FleetParent, from []int) {
	to := p.Base
	for _, img := range p.Gone {
		for _, l := range once(c.t.out.Images[img].Layers) {
			c.users[l]--
		}
	}
	for _, b := range from {
		n := len(c.movers[b])
		for _, l := range once(c.t.out.Bases[b].Layers) {
			c.users[l] -= n - c.againIn(l, c.movers[b])
		}
		for _, l := range once(c.t.out.Bases[to].Layers) {
			c.users[l] += n
		}
	}
	c.bases = slices.DeleteFunc(c.bases, func(b int) bool { return b == to || slices.Contains(from, b) })
}
