package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/model"
)

// onOneBase reads one of two reports again where the other knows better which layers are
// the base of both: a Dockerfile tells it of the newer image alone, and the history of the
// older may end the base elsewhere. Without that, a base that is the same seems to change.
func (p *pair) onOneBase(ctx context.Context, was, is *model.Report) (older, newer *model.Report, err error) {
	knowsNew, knowsOld := p.newer.file != "" || !guessed(is), !guessed(was)
	switch {
	case p.from == "-" || p.to == "-" || p.older.base != "":
	case knowsNew && !knowsOld && !isSaved(p.from) && standsOn(was, is):
		with := p.older
		with.base = strconv.Itoa(is.Image.Base.Layers)
		was, err = p.load(ctx, p.from, &with)
	case knowsOld && !knowsNew && !isSaved(p.to) && standsOn(is, was):
		with := p.newer
		with.base = strconv.Itoa(was.Image.Base.Layers)
		is, err = p.load(ctx, p.to, &with)
	}
	return was, is, err
}

// guessed reports whether the base of an image is a guess from its history alone, or not
// known.
func guessed(r *model.Report) bool {
	return r.Image.Base.How == model.BaseByHistory && r.Dockerfile == nil || r.Image.Base.How == model.BaseNone
}

// standsOn reports whether an image begins with the base of another, and was thought to
// have another base.
func standsOn(r, other *model.Report) bool {
	n := other.Image.Base.Layers
	if n == 0 || n >= len(r.Layers) || n == r.Image.Base.Layers {
		return false
	}
	return slices.EqualFunc(r.Layers[:n], other.Layers[:n], func(a, b model.Layer) bool {
		return a.DiffID != nil && b.DiffID != nil && *a.DiffID == *b.DiffID
	})
}
