package compare

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// mostlySame is the share of a layer's bytes, in percent, from which on a layer whose
// files changed is worth a word: the rest is pulled again for a few of them.
const mostlySame = 90

// fewFiles is up to how many changed files, those that every build writes anew aside, a layer is still told as the same but for
// them. Where more changed, it is another layer: nobody can act on a list of thousands.
const fewFiles = 10

// comparePulls says what a client that has the old image pulls for the new one, and what
// of that it has already, under another digest.
func (c *comparison) comparePulls(r *model.Comparison) {
	missing := c.missingLayers()
	r.Totals.PullBytes = c.sumOf(missing)
	if !contentsKnown(c.old, c.new) {
		return
	}
	again := []model.PulledAgain{}
	total, known := int64(0), true
	for _, layer := range missing {
		p := c.sameContent(layer)
		if p == nil {
			p = c.nearlySame(layer)
		}
		if p == nil {
			continue
		}
		p.Step = c.to.at(c.to.ofLayer[layer])
		if p.Kind != model.MostlySame {
			known = known && p.CompressedBytes != nil
			if known {
				total += *p.CompressedBytes
			}
		}
		again = append(again, *p)
	}
	c.noteReasons(missing, again)
	r.PulledAgain = sorted(again, func(a, b model.PulledAgain) int {
		return cmp.Or(cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.New, b.New))
	})
	if known {
		r.Totals.PulledAgainBytes = &total
	}
}

// noteReasons says of layers that hold the same why they were built again.
func (c *comparison) noteReasons(missing []int, again []model.PulledAgain) {
	same := make(map[int]bool)
	for i := range again {
		same[again[i].New] = again[i].Kind != model.MostlySame
	}
	by := c.rebuilt(missing, same)
	for i := range again {
		again[i].RebuiltBy = by[again[i].New]
	}
}

func rankOf(k model.SameKind) int {
	if k == model.MostlySame {
		return 1
	}
	return 0
}

// missingLayers are the layers of the new image that the old one has not, by their
// index. Of a blob that the new image has several times, which is pulled once, it is the topmost.
func (c *comparison) missingLayers() []int {
	has := make(map[string]bool)
	for i := range c.old.Layers {
		for _, id := range []*string{c.old.Layers[i].Digest, c.old.Layers[i].DiffID} {
			if id != nil {
				has[*id] = true
			}
		}
	}
	blobs := namesBlobs(c.old)
	var missing []int
	above := make(map[string]bool)
	for i := range slices.Backward(c.new.Layers) {
		l := &c.new.Layers[i]
		id := l.Digest // a registry sends blobs
		if id == nil || !blobs {
			id = l.DiffID
		}
		if id != nil && (has[*id] || above[*id]) {
			continue
		}
		for _, id := range []*string{l.Digest, l.DiffID} {
			if id != nil {
				above[*id] = true
			}
		}
		missing = append(missing, i)
	}
	slices.Reverse(missing)
	return missing
}

// namesBlobs reports whether the digests of an image's blobs are known.
func namesBlobs(r *model.Report) bool {
	for i := range r.Layers {
		if r.Layers[i].Digest == nil {
			return false
		}
	}
	return true
}

// sumOf is what a registry sends of layers of the new image, nil where that is not known.
func (c *comparison) sumOf(layers []int) *int64 {
	sum := int64(0)
	for _, i := range layers {
		size := c.new.Layers[i].CompressedSize
		if size == nil {
			return nil
		}
		sum += *size
	}
	return &sum
}

// contentsKnown reports whether it is known of any layer of both images what it holds.
func contentsKnown(from, to *model.Report) bool {
	known := func(l model.Layer) bool { return l.Content != nil }
	return slices.ContainsFunc(from.Layers, known) && slices.ContainsFunc(to.Layers, known)
}

// sameContent finds a layer of the old image that holds the very same, at best that of
// the same step.
func (c *comparison) sameContent(layer int) *model.PulledAgain {
	l := &c.new.Layers[layer]
	if l.Content == nil {
		return nil
	}
	var found int
	if old := c.partnerOf(layer); old >= 0 && sameTree(&c.old.Layers[old], l) {
		found = old
	} else {
		found = slices.IndexFunc(c.old.Layers, func(old model.Layer) bool { return sameTree(&old, l) })
	}
	if found < 0 {
		return nil
	}
	p := &model.PulledAgain{Kind: model.AllSame, Old: found, New: layer, Bytes: l.Size, CompressedBytes: l.CompressedSize, Files: []model.ChangedFile{}}
	p.Causes = causes(&c.old.Layers[found], l)
	return p
}

func sameTree(a, b *model.Layer) bool {
	return a.Content != nil && b.Content != nil && a.Content.Tree == b.Content.Tree
}

// causes says why two layers that hold the same have two digests.
func causes(a, b *model.Layer) []model.PullCause {
	if a.DiffID != nil && b.DiffID != nil && *a.DiffID == *b.DiffID {
		return []model.PullCause{model.ByCompression}
	}
	all := []model.PullCause{}
	x, y := a.Content, b.Content
	if x.Times != y.Times {
		all = append(all, model.ByTimes)
	}
	if x.Order != y.Order {
		all = append(all, model.ByOrder)
	}
	if x.Owners != y.Owners {
		all = append(all, model.ByOwnerNames)
	}
	if len(all) == 0 {
		all = append(all, model.ByTarFormat)
	}
	return all
}

// partnerOf is the layer of the same step in the old image, -1 for none.
func (c *comparison) partnerOf(layer int) int {
	old := c.partner[c.to.ofLayer[layer]]
	if old < 0 || c.from.all[old].step.Layer == nil {
		return -1
	}
	return *c.from.all[old].step.Layer
}

// nearlySame compares a layer with that of the same step file by file.
func (c *comparison) nearlySame(layer int) *model.PulledAgain {
	old := c.partnerOf(layer)
	if old < 0 || c.old.Tree == nil || c.new.Tree == nil || c.old.Tree.Sums == nil || c.new.Tree.Sums == nil || c.old.Layers[old].Content == nil || c.new.Layers[layer].Content == nil {
		return nil
	}
	l := &c.new.Layers[layer]
	p := &model.PulledAgain{Kind: model.SameButStamped, Old: old, New: layer, Bytes: l.Size, CompressedBytes: l.CompressedSize, Causes: []model.PullCause{model.ByStampedFiles}}
	if c.old.Layers[old].Content.Beside != l.Content.Beside {
		p.Kind = model.MostlySame
	}
	matters := make(map[string]bool)
	compiled := true // all that changed is bytecode of the same length
	for _, f := range c.changedFiles(old, layer) {
		p.FileCount++
		stamp := stampOf(f.name)
		if !stamp.isIdle(c, &f) {
			p.Kind, matters[f.name] = model.MostlySame, true
		}
		compiled = compiled && isBytecode(f.name) && f.was != nil && f.is != nil && f.was.size == f.is.size
		changed := model.ChangedFile{Path: f.name}
		if stamp != nil {
			changed.What, changed.Advice = stamp.what, stamp.do
		}
		if f.is != nil {
			changed.Bytes = f.is.size
			p.Bytes -= f.is.size
			switch {
			case p.CompressedBytes == nil:
			case !f.is.sized:
				p.CompressedBytes = nil
			default:
				p.CompressedBytes = model.Ptr(*p.CompressedBytes - f.is.compressed)
			}
		}
		p.Files = append(p.Files, changed)
	}
	if p.Kind == model.MostlySame {
		p.Causes = []model.PullCause{model.ByChangedFiles}
	}
	if p.Kind == model.MostlySame && len(matters) > fewFiles {
		return nil
	}
	// A layer of bytecode alone counts nothing, since each of its files has a new time in it, but it is no other layer either.
	if p.FileCount == 0 || p.Bytes <= 0 && !(compiled && p.Kind == model.SameButStamped) || p.Kind == model.MostlySame && p.Bytes*100 < l.Size*mostlySame {
		return nil
	}
	sorted(p.Files, func(a, b model.ChangedFile) int {
		if matters[a.Path] != matters[b.Path] {
			return map[bool]int{true: -1, false: 1}[matters[a.Path]]
		}
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
	p.Files = p.Files[:min(len(p.Files), model.MaxChangePaths)]
	return p
}

// changedFiles lists what differs between a layer of the old image and one of the new, in
// no order.
func (c *comparison) changedFiles(old, layer int) (all []changedFile) {
	before, after := filesOf(c.old.Tree, old), filesOf(c.new.Tree, layer)
	for name, is := range after {
		f := changedFile{name: name, is: &is, before: before, after: after}
		if was, there := before[name]; there {
			if f.was = &was; same(was, is) {
				continue
			}
		}
		all = append(all, f)
	}
	for name, was := range before {
		if _, there := after[name]; !there {
			all = append(all, changedFile{name: name, was: &was, before: before, after: after})
		}
	}
	return all
}

// same reports whether two layers have the same at a path. What that takes of a blob is
// no part of it.
func same(was, is file) bool {
	return was.attributes == is.attributes && was.kind == is.kind && was.text == is.text && was.size == is.size && was.sum == is.sum
}

// file is what a layer has at a path.
type file struct {
	kind             model.Kind
	attributes       model.Attributes
	text             string // of a link
	size, compressed int64
	sized            bool // compressed is known
	sum              uint64
}

// filesOf lists what a layer itself puts in place, by path: neither directories that it
// does not name nor what it replaces itself. The content of a directory is its own.
func filesOf(t *model.Tree, layer int) map[string]file {
	all := make(map[string]file)
	for id := t.Starts[layer]; id < t.Starts[layer+1]; id++ {
		r := &t.Records[id]
		if r.Kind == model.Implied || r.Gone == r.Layer {
			continue
		}
		f := file{kind: r.Kind, attributes: t.Attributes(r), size: r.Size.Bytes(), sum: t.Sums[id], sized: true}
		switch r.Kind {
		case model.File:
			if f.sized = r.Compressed != model.SizeUnknown; f.sized {
				f.compressed = r.Compressed.Bytes()
			}
		case model.Symlink:
			f.text = t.LinkText(r)
		case model.Link:
			f.text = t.Path(t.Records[r.Target()].Node)
		}
		all[t.Path(r.Node)] = f
	}
	return all
}
