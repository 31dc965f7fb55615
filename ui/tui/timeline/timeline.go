// Package timeline says how an image grew: what each layer brought, what it hid of the
// layers below, and how much of all that was stored by then a container could still
// read. Bytes are those of file versions, as in the ledger; a version is dead from the
// layer on that hid it, and stays stored all the same.
//
// [New] looks at every record once and costs a few nanoseconds each; afterwards a step
// through time costs nothing. A Timeline is not changed once it is made.
package timeline

import "github.com/tare-oci/tare/model"

// Moment is the state of the image after one of its layers.
type Moment struct {
	Came int64 // bytes that the layer stores
	Hid  int64 // bytes of it and of lower layers that can no longer be read from here on
	Live int64 // bytes up to here that can be read now
	Dead int64 // bytes up to here that are stored and can no longer be read
}

// Timeline is an image's moments, the first layer's first.
type Timeline struct {
	Moments []Moment
	Size    int64 // of the whole image
}

// New works out the moments of an image; nil where its files are not known.
func New(t *model.Tree) *Timeline {
	if t == nil || t.Layers() == 0 {
		return nil
	}
	line := &Timeline{Moments: make([]Moment, t.Layers())}
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind != model.File || int(r.Layer) >= len(line.Moments) {
			continue
		}
		size := r.Size.Bytes()
		line.Moments[r.Layer].Came += size
		if at := hidden(r); at < len(line.Moments) {
			line.Moments[at].Hid += size
		}
		line.Size += size
	}
	live, dead := int64(0), int64(0)
	for i := range line.Moments {
		m := &line.Moments[i]
		live, dead = live+m.Came-m.Hid, dead+m.Hid
		m.Live, m.Dead = live, dead
	}
	return line
}

// hidden returns the first layer in which a version is dead; a number above all layers if none.
func hidden(r *model.Record) int {
	if r.HiddenBy == model.StillThere {
		return int(model.StillThere)
	}
	return max(int(r.HiddenBy), int(r.Layer))
}
