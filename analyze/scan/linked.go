package scan

import (
	"bytes"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/model"
)

// A file may have more names than one, and the name that somebody asks for the
// content of may be a hard link's: ostree stores each content below
// sysroot/ostree/repo/objects and links it to where it belongs. A tar has the
// content before the links, so when it passes, nobody knows yet that it will be
// asked for. Contents that look like it are therefore kept until the layer has
// ended (keeper), and where that was not enough, the layer is read a second time
// for the rest (complete).

const (
	// resembleLen is how much of a content Options.Resembles gets to see.
	resembleLen = 64
	// maxSpare is how many bytes of contents are kept on the chance that they are
	// asked for, in one layer.
	maxSpare = 64 << 20
)

// keeper keeps the contents that Options ask for, and those that they may ask
// for. One content follows the other: begin, write, end.
type keeper struct {
	opt   *Options
	state keeping
	path  string
	size  int64
	bytes []byte // of the content, as far as it is kept
	spare []spareContent
	left  int64 // bytes of maxSpare
}

type keeping uint8

const (
	notKept   keeping = iota
	undecided         // too little of it has been seen
	onChance
	wanted
)

// spareContent is the content of an entry that nobody has asked for.
type spareContent struct {
	entry int32
	bytes []byte
}

func newKeeper(opt *Options) *keeper { return &keeper{opt: opt, left: maxSpare} }

// begin begins the content of a file. streamed says that it passes but once.
func (k *keeper) begin(x *Index, e *Entry, streamed bool) {
	k.state, k.size, k.bytes = notKept, e.Stored, nil
	if k.opt.Capture == nil && !k.opt.Secrets && !k.opt.Libraries {
		return
	}
	k.path = x.Path(e)
	switch {
	case k.opt.Capture == nil:
	case k.opt.Capture(k.path, k.size):
		k.state = wanted
	case streamed && k.opt.Resembles != nil && k.size > 0 && k.size <= k.left:
		k.state = undecided
	}
}

func (k *keeper) write(p []byte) {
	if k.state == undecided {
		k.decide(p)
	}
	if k.state == notKept {
		return
	}
	if k.bytes == nil {
		k.bytes = make([]byte, 0, min(k.size, 1<<20)) // a header may lie about the size
	}
	if n := int64(len(k.bytes) + len(p)); n > int64(cap(k.bytes)) {
		// In doubles: append adds a quarter, which copies a long list four times.
		k.bytes = append(make([]byte, 0, max(n, min(k.size, 2*int64(cap(k.bytes))))), k.bytes...)
	}
	k.bytes = append(k.bytes, p...)
}

// decide looks at the beginning of a content, of which p comes next.
func (k *keeper) decide(p []byte) {
	head := p
	if len(k.bytes) > 0 {
		head = append(bytes.Clone(k.bytes), p...)
	}
	switch enough := int(min(k.size, resembleLen)); {
	case len(head) < enough:
	case k.opt.Resembles(k.path, head[:enough], k.size):
		k.state = onChance
	default:
		k.state, k.bytes = notKept, nil
	}
}

// end ends the content of the index's newest entry.
func (k *keeper) end(x *Index) {
	switch at := len(x.Entries) - 1; k.state {
	case wanted:
		if k.bytes == nil {
			k.bytes = []byte{}
		}
		x.capture(&x.Entries[at], k.bytes)
	case onChance:
		k.spare = append(k.spare, spareContent{int32(at), k.bytes})
		k.left -= int64(len(k.bytes))
	}
	k.bytes = nil
}

// finish keeps what turned out to be asked for under the name of a hard link.
func (k *keeper) finish(x *Index) {
	if len(k.spare) == 0 {
		return
	}
	asked := x.linked(k.opt.Capture)
	for _, s := range k.spare {
		if e := &x.Entries[s.entry]; asked[s.entry] && e.Link == 0 {
			x.capture(e, s.bytes)
		}
	}
	k.spare = nil
}

func (x *Index) capture(e *Entry, content []byte) {
	x.Captured = append(x.Captured, content)
	e.Link = uint32(len(x.Captured))
}

// asking are the names that are asked for, by the path that hard links of those
// names lead to. A path has one of them, of several one that is asked for however
// large the content is, so that links and files of one path are not compared
// each with each.
type asking struct {
	ask   func(path string, size int64) bool
	names map[string]string
}

func (a *asking) add(target, name string) {
	if before, ok := a.names[target]; !ok || !a.ask(before, MaxCaptured) && a.ask(name, MaxCaptured) {
		a.names[target] = name
	}
}

// linked returns the files, by number of their entries, that a hard link leads
// to whose name is asked for. Links may lead to links, but not to other layers.
func (x *Index) linked(ask func(path string, size int64) bool) map[int32]bool {
	now := asking{ask, make(map[string]string)}
	for i := range x.Entries {
		if e := &x.Entries[i]; e.Kind == model.Link {
			if name := x.Path(e); ask(name, 0) {
				now.add(x.Links[e.Link], name)
			}
		}
	}
	files := make(map[int32]bool)
	const rounds = 8 // links that lead to links
	for round := 0; round < rounds && len(now.names) > 0; round++ {
		bases := make(map[string]bool, len(now.names))
		for path := range now.names {
			_, base := splitName([]byte(path))
			bases[string(base)] = true
		}
		next := asking{ask, make(map[string]string)}
		for i := range x.Entries {
			e := &x.Entries[i]
			if e.Kind != model.File && e.Kind != model.Link || !bases[string(x.Name(e))] {
				continue
			}
			switch name, ok := now.names[x.Path(e)]; {
			case !ok:
			case e.Kind == model.Link:
				next.add(x.Links[e.Link], name)
			case ask(name, e.Stored):
				files[int32(i)] = true
			}
		}
		now = next
	}
	return files
}

// complete reads the layer again, in the same way, if contents were passed over
// that a hard link's name asks for: where that is cheap, for all that would have
// been kept had it been read front to back.
func (x *Index) complete(opt Options, cheap bool, again func(Options) (*Index, error)) error {
	if opt.Again == nil {
		return nil
	}
	worth := x.linked(opt.Again)
	asked := worth
	if cheap {
		asked = x.linked(opt.Capture)
	}
	lacking := make(map[string]bool)
	for i := range asked {
		if e := &x.Entries[i]; e.Link == 0 && e.Flags&Sparse == 0 && e.Stored <= MaxCaptured {
			lacking[x.Path(e)] = true
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	resembles := opt.Resembles
	opt.Capture = func(path string, size int64) bool { return lacking[path] && size <= MaxCaptured }
	opt.Resembles, opt.Again, opt.Verify, opt.Progress, opt.again, opt.Secrets = nil, nil, false, nil, true, false
	took := x.Memory()
	y, err := again(opt)
	if err != nil {
		_ = opt.Budget.Take(budget.Memory, -took)
		return err
	}
	for i := range x.Entries {
		e := &x.Entries[i]
		if e.Kind != model.File || e.Link > 0 || i >= len(y.Entries) || y.Entries[i].Kind != model.File || y.Entries[i].Link == 0 {
			continue
		}
		content := y.Captured[y.Entries[i].Link-1]
		if worth[int32(i)] || resembles != nil && len(content) > 0 && resembles(x.Path(e), content[:min(len(content), resembleLen)], e.Stored) {
			x.capture(e, content)
		}
	}
	return opt.Budget.Take(budget.Memory, x.Memory()-took-y.Memory())
}
