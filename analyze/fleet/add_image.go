package fleet

import (
	"maps"
	"slices"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
)

// judged adds what the analysis of an image found. Of one that is sent only once its layers
// are known only now.
func (p *Part) judged(key string, h *analyze.Handle, r *model.Report) {
	img := *p.Images[key]
	if len(img.Layers) == 0 {
		img.Base = baseOf(h, r)
		p.describeLayers(&img, h, r)
	}
	img.State, img.Error, img.Unlisted = Judged, "", false
	img.identify(r)
	img.Size, img.Wasted, img.Avoidable, img.Efficiency = r.Image.Size, r.Summary.WastedBytes, r.Summary.AvoidableBytes, r.Summary.Efficiency
	img.Changes, img.WastedPull = nil, r.Summary.WastedCompressedBytes
	found := p.waste(key, &img, r)
	p.changes(&img, r, found)
	for i := range min(len(img.Layers), len(r.Layers)) {
		if !img.isTopmost(i) {
			continue
		}
		l := found[img.Layers[i]]
		l.Size = model.Ptr(r.Layers[i].Size)
		if l.DiffID == "" && r.Layers[i].DiffID != nil {
			l.DiffID = *r.Layers[i].DiffID
		}
		l.Compressed = r.Layers[i].CompressedSize
		if img.Source == "registry" { // whose blobs are hashed, so that these are the bytes of this digest
			l.Counted = l.Compressed
		}
	}
	for layer, l := range found {
		p.addLayer(layer, l)
	}
	p.Images[key] = &img
}

// unread notes that an image's layers could not be read.
func (p *Part) unread(key string, err error) {
	img := *p.Images[key]
	img.State, img.Error = Unread, err.Error()
	p.Images[key] = &img
}

// isTopmost reports whether a layer of the image is not there again above. What an image wastes of a layer that it has
// several times, and what its changes save of it, is that of the topmost, since a fleet counts a layer once, and what
// lies in the lower ones is hidden by it.
func (img *Image) isTopmost(layer int) bool {
	return layer < len(img.Layers) && !slices.Contains(img.Layers[layer+1:], img.Layers[layer])
}

// waste collects by layer what an image wastes of it.
func (p *Part) waste(key string, img *Image, r *model.Report) map[string]*Layer {
	found := make(map[string]*Layer, len(img.Layers))
	rules := make(map[string]map[string]*RuleWaste)
	for _, l := range img.Layers {
		found[l] = &Layer{Waste: &Waste{In: key, Compressed: new(int64)}}
		rules[l] = make(map[string]*RuleWaste)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Wasted() || f.Bytes == 0 || f.Layer == nil || !img.isTopmost(*f.Layer) {
			continue
		}
		layer := img.Layers[*f.Layer]
		by := rules[layer][f.Rule]
		if by == nil {
			by = &RuleWaste{Rule: f.Rule, Compressed: new(int64)}
			rules[layer][f.Rule] = by
		}
		by.Bytes, by.Compressed = by.Bytes+f.Bytes, plus(by.Compressed, f.CompressedBytes)
		w := found[layer].Waste
		w.Bytes, w.Compressed = w.Bytes+f.Bytes, plus(w.Compressed, f.CompressedBytes)
	}
	for layer, all := range rules {
		for _, rule := range slices.Sorted(maps.Keys(all)) {
			found[layer].Waste.Rules = append(found[layer].Waste.Rules, *all[rule])
		}
	}
	return found
}

// changes notes an image's changes, and by layer what they save of it: a change's bytes are
// divided among the layers of its findings in proportion to what these hold there.
func (p *Part) changes(img *Image, r *model.Report, found map[string]*Layer) {
	findings := make(map[string]*model.Finding, len(r.Findings))
	for i := range r.Findings {
		findings[r.Findings[i].ID] = &r.Findings[i]
	}
	wasted := model.WastedByID(r.Findings)
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Bytes <= 0 {
			continue
		}
		img.Changes = append(img.Changes, Change{Title: c.Title, Kind: c.Kind, Confidence: c.Confidence, ID: c.ID, Bytes: c.Bytes})
		held, all, again := make(map[string]int64), int64(0), int64(0)
		for _, id := range c.Findings {
			f := findings[id]
			switch {
			case f == nil || f.Layer == nil || *f.Layer >= len(img.Layers) || f.Bytes <= 0:
			case !img.isTopmost(*f.Layer):
				again += f.Bytes
			default:
				held[img.Layers[*f.Layer]] += f.Bytes
				all += f.Bytes
			}
		}
		left := Saved{Bytes: c.Bytes, Avoidable: c.Avoidable(wasted), Compressed: c.CompressedBytes}
		if again > 0 {
			left = left.times(all, all+again)
			left.Compressed = c.CompressedBytes // of which the lower ones have nothing
		}
		whole := left
		layers := slices.Sorted(maps.Keys(held))
		for n, layer := range layers {
			part := left // the last layer has what is left
			if n < len(layers)-1 {
				part = whole.times(held[layer], all)
				left = left.less(part)
			}
			at := found[layer]
			if at.Changes == nil {
				at.Changes = make(map[string]Saved)
			}
			title := changeKey(c.Kind, c.Title)
			at.Changes[title] = at.Changes[title].and(part)
		}
	}
}

// changeKey is what the same change in several images has in common.
func changeKey(kind model.ChangeKind, title string) string { return string(kind) + " " + title }

// times is a part of what is saved.
func (s Saved) times(part, all int64) Saved {
	of := func(n int64) int64 { return int64(float64(n) * float64(part) / float64(all)) }
	r := Saved{Bytes: of(s.Bytes), Avoidable: of(s.Avoidable)}
	if s.Compressed != nil {
		r.Compressed = model.Ptr(of(*s.Compressed))
	}
	return r
}

func (s Saved) less(o Saved) Saved {
	r := Saved{Bytes: s.Bytes - o.Bytes, Avoidable: s.Avoidable - o.Avoidable}
	if s.Compressed != nil && o.Compressed != nil {
		r.Compressed = model.Ptr(*s.Compressed - *o.Compressed)
	}
	return r
}

// and adds what two changes of the same title save of one layer.
func (s Saved) and(o Saved) Saved {
	if s == (Saved{}) {
		return o
	}
	return Saved{Bytes: s.Bytes + o.Bytes, Avoidable: s.Avoidable + o.Avoidable, Compressed: plus(s.Compressed, o.Compressed)}
}

// plus adds figures; one that is not known makes the sum unknown.
func plus(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	return model.Ptr(*a + *b)
}
