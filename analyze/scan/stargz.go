package scan

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// stargzTable is the entry of an eStargz layer that holds its table of contents,
// the last one (docs/estargz.md of containerd's stargz-snapshotter, "TOC").
const stargzTable = "stargz.index.json"

// isOwn reports whether an entry is one of eStargz's own, which no container sees.
func isOwn(name string) bool {
	switch strings.TrimPrefix(name, "./") {
	case stargzTable, ".prefetch.landmark", ".no.prefetch.landmark":
		return true
	}
	return false
}

// isEStargz reports whether the last entry is a table of contents.
func (b *builder) isEStargz() bool {
	n := len(b.x.Entries)
	return n > 0 && b.x.Entries[n-1].Kind == model.File && b.x.Path(&b.x.Entries[n-1]) == stargzTable
}

// hideEStargz takes eStargz's own entries out of a layer.
func (b *builder) hideEStargz() {
	kept, times, programs, extras := b.x.Entries[:0], b.x.Times[:0], b.x.Executables[:0], b.x.Extras[:0]
	rest, more := b.x.Executables, b.x.Extras
	for i := range b.x.Entries {
		e := b.x.Entries[i]
		own := e.Kind == model.File && isOwn(b.x.Path(&e))
		if len(rest) > 0 && int(rest[0].Entry) == i {
			if !own {
				programs = append(programs, Executable{int32(len(kept)), rest[0].File})
			}
			rest = rest[1:]
		}
		if len(more) > 0 && int(more[0].Entry) == i {
			if !own {
				extras = append(extras, Extra{int32(len(kept)), more[0].Hash})
			}
			more = more[1:]
		}
		if !own {
			kept, times = append(kept, e), append(times, b.x.Times[i])
		}
	}
	b.x.Entries, b.x.Times, b.x.Executables, b.x.Extras = kept, times, programs, extras
}

// members gives the files of an eStargz layer their shares of the blob. There
// each content begins a gzip member, and the headers behind it lie in the same
// one. So that a layer weighs the same whether it is read whole or by its table,
// which tells of members alone, a file's share goes up to where the next content
// begins, and the last one's up to the table. A nil members counts nothing.
type members struct {
	begins []contentBegin
	table  int64 // where the member of the table begins
}

// contentBegin is where in the blob an entry's content begins.
type contentBegin struct {
	entry int32
	in    int64
}

// What stands for an entry where positions are asked for that are no entry's.
const (
	tableHeader    = -1 - iota // the header of the table
	leftOutContent             // a content that belongs to no entry
)

// expect asks for the place of the header of what may be the table.
func (m *members) expect(pos *positions, x *Index, e *Entry, at int32) {
	if m != nil && x.Path(e) == stargzTable {
		pos.ask(e.Offset-blockSize, tableHeader, false)
	}
}

// leftOut asks for the place of a content that is none of the filesystem's: it
// ends the one before, and is overhead itself.
func (m *members) leftOut(pos *positions, h *header, at int64) {
	if m != nil && h.Type == typeRegular && h.Stored > 0 {
		pos.ask(at, leftOutContent, false)
	}
}

// begin takes the place of something that was asked for.
func (m *members) begin(entry int32, in int64) {
	switch {
	case m == nil:
	case entry == tableHeader:
		m.table = in
	default:
		m.begins = append(m.begins, contentBegin{entry, in})
	}
}

// share gives the files their shares.
func (m *members) share(x *Index) {
	open := contentBegin{entry: leftOutContent}
	end := func(in int64) {
		if open.entry >= 0 {
			x.Entries[open.entry].Share = in - open.in
		}
	}
	for _, next := range m.begins {
		if next.entry >= 0 {
			if e := &x.Entries[next.entry]; e.Stored == 0 || isOwn(x.Path(e)) {
				continue
			}
		}
		end(next.in)
		open = next
	}
	end(m.table)
}
