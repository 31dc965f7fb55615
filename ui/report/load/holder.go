package load

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
)

// holders finds the finding that holds a version. A row does not name it; it is
// the one of its verdict, cause, layer and hiding layer or, where rules share
// those, the one that lists its path.
type holders struct {
	of      map[holderKey][]uint32
	more    map[holderKey][]uint32 // those that hold more files than they list
	listing map[namedPath]uint32
}

type namedPath struct {
	holderKey
	path string
}

type holderKey struct {
	verdict         model.Verdict
	cause           string
	layer, hiddenBy int
}

func newHolders(r *model.Report) *holders {
	h := &holders{of: make(map[holderKey][]uint32), more: make(map[holderKey][]uint32), listing: make(map[namedPath]uint32)}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Verdict == nil || f.Layer == nil || f.Bytes == 0 {
			continue
		}
		key := holderKey{verdict: *f.Verdict, layer: *f.Layer, hiddenBy: -1}
		if f.Cause != nil {
			key.cause = *f.Cause
		}
		if f.HiddenBy != nil {
			key.hiddenBy = *f.HiddenBy
		}
		h.of[key] = append(h.of[key], uint32(i))
		if f.FileCount > len(f.Paths) {
			h.more[key] = append(h.more[key], uint32(i))
		}
		for _, path := range f.Paths {
			h.listing[namedPath{key, path}] = uint32(i)
		}
	}
	return h
}

// find returns the index of the finding, NoFinding where the rows do not tell,
// and whether there can be one: bytes are wasted only where a finding says so.
func (h *holders) find(rec *model.Record, cause string, t *model.Tree) (uint32, bool) {
	key := holderKey{verdict: rec.Verdict, cause: cause, layer: int(rec.Layer), hiddenBy: -1}
	if rec.Verdict == model.Shadowed {
		key.hiddenBy = int(rec.HiddenBy)
	}
	among := h.of[key]
	switch rec.Verdict {
	case model.Live, model.Duplicate: // held or not, and the cause says nothing
		if cause != "" {
			return 0, false
		}
		if rec.Verdict == model.Duplicate && len(among) == 1 {
			return among[0], true
		}
	default:
		if rec.Size.Bytes() == 0 && (rec.Verdict == model.Shadowed || cause == "") {
			return model.NoFinding, true // findings hold bytes
		}
		if len(among) <= 1 {
			return first(among)
		}
	}
	if i, ok := h.listing[namedPath{key, t.Path(rec.Node)}]; ok {
		return i, true
	}
	if rec.Verdict != model.Live && len(h.more[key]) == 1 {
		return h.more[key][0], true // the others list all that they hold
	}
	if rec.Verdict == model.Leftover {
		return among[0], true // all of them are of the rule that is the cause
	}
	return model.NoFinding, true
}

func first(among []uint32) (uint32, bool) {
	if len(among) == 0 {
		return model.NoFinding, false
	}
	return among[0], true
}

// owners finds a package by its name, rather one that the layer brought where
// several have the name.
type owners struct {
	of      map[string]int32
	ofLayer map[installedBy]int32
	// libraries are the packages of programming languages by name: several lie in different
	// places.
	libraries map[string][]int32
	packages  []model.Package
}

type installedBy struct {
	name  string
	layer int
}

func newOwners(r *model.Report) *owners {
	o := &owners{of: make(map[string]int32), ofLayer: make(map[installedBy]int32), libraries: make(map[string][]int32), packages: r.Packages}
	for i := len(r.Packages) - 1; i >= 0; i-- { // the first of several stays
		p := &r.Packages[i]
		name := jsontext.ExactName(p.Name)
		if p.IsLibrary() {
			o.libraries[name] = append(o.libraries[name], int32(i))
		}
		o.of[name], o.ofLayer[installedBy{name, p.Layer}] = int32(i), int32(i)
	}
	return o
}

// find returns the index of the package that a file belongs to, -1 for no name, and whether
// there is one. Of several packages of a language it is the one that the file lies in, or the
// nearest above it.
func (o *owners) find(name string, layer int, file func() string) (int32, bool) {
	if name == "" {
		return -1, true
	}
	if among := o.libraries[name]; len(among) > 1 {
		return o.nearest(among, file()), true
	}
	if i, ok := o.ofLayer[installedBy{name, layer}]; ok {
		return i, true
	}
	i, ok := o.of[name]
	return i, ok
}

// nearest returns which of some packages lies where a file is, or the first of them.
func (o *owners) nearest(among []int32, file string) int32 {
	best, length := among[len(among)-1], -1 // they stand from the last to the first
	for _, i := range among {
		if at := o.packages[i].Location; len(at) > length && (file == at || strings.HasPrefix(file, at+"/")) {
			best, length = i, len(at)
		}
	}
	return best
}
