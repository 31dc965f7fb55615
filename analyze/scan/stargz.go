package scan

import (
	"slices"
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

// hideEStargz takes eStargz's own entries out of a layer, and makes what was found out of the
// others name them by where they stand now.
func (b *builder) hideEStargz() {
	x := b.x
	kept, times := x.Entries[:0], x.Times[:0]
	at := make([]int32, len(x.Entries)) // of each entry among those that are kept; -1 for its own
	for i := range x.Entries {
		e := x.Entries[i]
		if e.Kind == model.File && isOwn(x.Path(&e)) {
			at[i] = -1
			continue
		}
		at[i] = int32(len(kept))
		kept, times = append(kept, e), append(times, x.Times[i])
	}
	x.Entries, x.Times = kept, times
	x.Executables = moved(x.Executables, at, func(p *Executable) *int32 { return &p.Entry })
	x.Extras = moved(x.Extras, at, func(p *Extra) *int32 { return &p.Entry })
	x.Secrets = moved(x.Secrets, at, func(p *Secret) *int32 { return &p.Entry })
	x.Libraries = moved(x.Libraries, at, func(p *Library) *int32 { return &p.Entry })
}

// moved gives what was found of entries the places that these have now, and drops that of
// entries which are not kept.
func moved[T any](all []T, at []int32, entry func(*T) *int32) []T {
	kept := slices.DeleteFunc(all, func(one T) bool { return at[*entry(&one)] < 0 })
	for i := range kept {
		*entry(&kept[i]) = at[*entry(&kept[i])]
	}
	return kept
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
