package comment

import (
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
)

// newBase says that the image stands on another base than before; "" where it does not, or
// where that is not known.
func (c *Comment) newBase() string {
	if c.Comparison == nil || c.Older == nil {
		return ""
	}
	old, now := &c.Comparison.Old.Image.Base, &c.Comparison.New.Image.Base
	was, is := baseLayers(c.Older, old), baseLayers(c.Report, now)
	renamed := !same(old.Reference, now.Reference)
	if old.How == model.BaseNone || now.How == model.BaseNone || sameLayers(was, is) && !renamed {
		return ""
	}
	text := "The base image changed"
	if renamed {
		text += " from " + markdown.Code(*old.Reference) + " to " + markdown.Code(*now.Reference)
	}
	if size, newSize := weight(was), weight(is); size != newSize {
		before, after := display.BytesApart(size, newSize)
		text += ", from " + before + " to " + after
	}
	return text + "."
}

// baseLayers are the layers of a report that are its base image.
func baseLayers(r *model.Report, base *model.Base) []model.Layer {
	return r.Layers[:min(max(base.Layers, 0), len(r.Layers))]
}

// weight is what layers hold. What the layers above them hide is part of it: a base does not
// change because an image removes more of it. (The inherited bytes of a report leave that out.)
func weight(layers []model.Layer) (bytes int64) {
	for i := range layers {
		bytes += layers[i].Size
	}
	return bytes
}

// sameLayers reports whether two bases are the same layers, by their digests, or by their sizes
// where a report does not say those.
func sameLayers(a, b []model.Layer) bool {
	return slices.EqualFunc(a, b, func(x, y model.Layer) bool {
		if x.DiffID == nil || y.DiffID == nil {
			return x.Size == y.Size
		}
		return *x.DiffID == *y.DiffID
	})
}

func same(a, b *string) bool { return a == nil || b == nil || *a == *b }
