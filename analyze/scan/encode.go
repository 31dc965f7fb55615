package scan

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/model"
)

// AppendBinary appends a compact form of the index to b, which [Decode] reads.
// The form is this program's own, for its cache: numbers are variable-length
// (encoding/binary), directories share their beginnings with the one before, names
// stand in the order of the entries.
func (x *Index) AppendBinary(b []byte) []byte {
	b = appendText(b, x.MediaType, x.Digest, x.DiffID)
	how := int64(0)
	if x.AsPushed {
		how |= flagAsPushed
	}
	if x.TOC {
		how |= flagTOC
	}
	for _, n := range []int64{x.BlobSize, x.TarSize, how} {
		b = binary.AppendVarint(b, n)
	}
	b = appendList(b, x.Notes)
	b = binary.AppendUvarint(b, uint64(len(x.Dirs)))
	last := ""
	for _, dir := range x.Dirs {
		same := sharedStart(last, dir)
		b = binary.AppendUvarint(b, uint64(same))
		b = appendText(b, dir[same:])
		last = dir
	}
	b = binary.AppendUvarint(b, uint64(len(x.Attributes)))
	for _, a := range x.Attributes {
		b = binary.AppendUvarint(b, uint64(a.Mode))
		b = binary.AppendVarint(b, a.UID)
		b = binary.AppendVarint(b, a.GID)
	}
	b = appendList(b, x.Links)
	b = appendList(b, x.Captured)
	b = binary.AppendUvarint(b, uint64(len(x.Entries)))
	end, time := int64(0), int64(0)
	for i := range x.Entries {
		e := &x.Entries[i]
		b = append(b, byte(e.Kind), byte(e.Flags))
		b = binary.AppendVarint(b, int64(x.Times[i])-time) // most are that of the entry before
		time = int64(x.Times[i])
		b = binary.AppendUvarint(b, uint64(e.Dir))
		b = binary.AppendUvarint(b, uint64(e.Owner))
		b = binary.AppendUvarint(b, uint64(e.Link))
		b = appendText(b, string(x.Name(e)))
		if e.Kind != model.File {
			continue
		}
		for _, n := range []int64{e.Size, e.Size - e.Stored, e.Offset - end, e.Share} {
			b = binary.AppendVarint(b, n)
		}
		end = e.Offset + e.Stored
		if e.Flags&(Hashed|HashedPrefix) != 0 {
			b = append(b, e.Hash[:]...)
		}
	}
	b = binary.LittleEndian.AppendUint64(b, x.OwnerNames)
	b = binary.AppendUvarint(b, uint64(len(x.Extras)))
	for _, extra := range x.Extras {
		b = binary.AppendUvarint(b, uint64(extra.Entry))
		b = binary.LittleEndian.AppendUint64(b, extra.Hash)
	}
	b = binary.AppendUvarint(b, uint64(len(x.Executables)))
	for i := range x.Executables {
		b = binary.AppendUvarint(b, uint64(x.Executables[i].Entry))
		b = appendList(b, x.Executables[i].Texts())
	}
	b = binary.AppendUvarint(b, uint64(len(x.Secrets)))
	for _, s := range x.Secrets {
		b = binary.AppendUvarint(b, uint64(s.Entry))
		b = append(b, map[bool]byte{false: 0, true: 1}[s.Sure])
		b = appendText(b, s.Kind)
	}
	b = binary.AppendUvarint(b, uint64(len(x.Libraries)))
	for i := range x.Libraries {
		b = binary.AppendUvarint(b, uint64(x.Libraries[i].Entry))
		b = appendList(b, x.Libraries[i].Texts())
	}
	return b
}

// How a layer was read, in one number.
const (
	flagAsPushed = 1 << iota
	flagTOC
)

func appendText[T string | []byte](b []byte, texts ...T) []byte {
	for _, t := range texts {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}

func appendList[T string | []byte](b []byte, list []T) []byte {
	return appendText(binary.AppendUvarint(b, uint64(len(list))), list...)
}

func sharedStart(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// ErrEncoding says that bytes are not what AppendBinary writes.
var ErrEncoding = errors.New("not an encoded layer index")

// Decode reads what [Index.AppendBinary] wrote, all of b; only the Key is the
// caller's to put in. Damaged bytes give an
// error or an index that is wrong but whole: every number in it that leads
// somewhere leads to something that is there. What it takes grows with len(b)
// alone.
func Decode(b []byte) (*Index, error) {
	d := &unpacker{b: b}
	x := &Index{MediaType: d.text(), Digest: d.text(), DiffID: d.text()}
	x.BlobSize, x.TarSize = d.size(), d.size()
	how := d.size()
	x.AsPushed, x.TOC = how&flagAsPushed != 0, how&flagTOC != 0
	x.Notes = texts(d, func(t []byte) string { return string(t) })
	n := d.count(2)
	x.Dirs = make([]string, 0, n)
	last, kept := "", 0
	for range n {
		same := d.number(uint64(len(last)))
		last = last[:same] + d.text()
		if kept += len(last); len(last) > MaxNameBytes || kept > MaxNamesBytes {
			d.fail()
		}
		if d.failed {
			return nil, ErrEncoding
		}
		x.Dirs = append(x.Dirs, last)
	}
	n = d.count(3)
	x.Attributes = make([]model.Attributes, n)
	for i := range x.Attributes {
		x.Attributes[i] = model.Attributes{Mode: uint16(d.number(0o7777)), UID: d.signed(), GID: d.signed()}
	}
	x.Links = texts(d, func(t []byte) string { return string(t) })
	x.Captured = texts(d, func(t []byte) []byte { return append([]byte{}, t...) })
	n = d.count(7)
	x.Entries, x.Times = make([]Entry, n), make([]uint32, n)
	end, time := int64(0), int64(0)
	for i := range x.Entries {
		d.entry(x, &x.Entries[i], &x.Times[i], &end, &time)
		if d.failed {
			return nil, ErrEncoding
		}
	}
	d.extras(x)
	d.executables(x)
	d.secrets(x)
	d.libraries(x)
	if d.failed || len(d.b) > 0 {
		return nil, ErrEncoding
	}
	return x, nil
}

// extras reads what follows the entries.
func (d *unpacker) extras(x *Index) {
	x.OwnerNames = d.fixed64()
	n := d.count(9)
	if n > len(x.Entries) {
		d.fail()
		return
	}
	for range n {
		at := d.number(uint64(len(x.Entries) - 1))
		hash := d.fixed64()
		if d.failed || len(x.Extras) > 0 && x.Extras[len(x.Extras)-1].Entry >= int32(at) {
			d.fail()
			return
		}
		x.Extras = append(x.Extras, Extra{int32(at), hash})
	}
}

// executables reads what follows the extras.
func (d *unpacker) executables(x *Index) {
	n := d.count(9)
	if n > len(x.Entries) {
		d.fail()
		return
	}
	x.Executables = make([]Executable, 0, n)
	for range n {
		at := d.number(uint64(len(x.Entries) - 1))
		list := texts(d, func(t []byte) string { return string(t) })
		f, ok := executable.FromTexts(list)
		if d.failed || !ok || len(x.Executables) > 0 && x.Executables[len(x.Executables)-1].Entry >= int32(at) {
			d.fail()
			return
		}
		x.Executables = append(x.Executables, Executable{int32(at), f})
	}
}

// secrets reads what follows the executables.
func (d *unpacker) secrets(x *Index) {
	n := d.count(3)
	if n > len(x.Entries) {
		d.fail()
		return
	}
	for range n {
		s := Secret{Entry: int32(d.number(uint64(len(x.Entries) - 1)))}
		s.Sure = d.number(1) == 1
		s.Kind = d.text()
		if d.failed || len(s.Kind) > maxKind || len(x.Secrets) > 0 && x.Secrets[len(x.Secrets)-1].Entry >= s.Entry {
			d.fail()
			return
		}
		x.Secrets = append(x.Secrets, s)
	}
}

// libraries reads what follows the secrets.
func (d *unpacker) libraries(x *Index) {
	n := d.count(3)
	if n > len(x.Entries) {
		d.fail()
		return
	}
	for range n {
		at := d.number(uint64(len(x.Entries) - 1))
		list := texts(d, func(t []byte) string { return string(t) })
		f, ok := language.FromTexts(list)
		if d.failed || !ok || len(x.Libraries) > 0 && x.Libraries[len(x.Libraries)-1].Entry >= int32(at) {
			d.fail()
			return
		}
		x.Libraries = append(x.Libraries, Library{int32(at), f})
	}
}

// maxKind is more bytes than the words have that say what a secret is.
const maxKind = 64

// unpacker takes values from the front of b. The first that is not there, or is
// not what it may be, makes all that follow zero.
type unpacker struct {
	b      []byte
	failed bool
}

func (d *unpacker) fail() { d.failed, d.b = true, nil }

func (d *unpacker) signed() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return n
}

// size is a number of bytes: not negative, and no more than a layer may have.
func (d *unpacker) size() int64 {
	n := d.signed()
	if n < 0 || n > 1<<60 {
		d.fail()
		return 0
	}
	return n
}

// number is one of 0 to most.
func (d *unpacker) number(most uint64) int {
	n, size := binary.Uvarint(d.b)
	if size <= 0 || n > most {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return int(n)
}

// count is how many elements follow, of at least so many bytes each.
func (d *unpacker) count(each int) int { return d.number(uint64(len(d.b) / each)) }

func (d *unpacker) take(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *unpacker) fixed64() uint64 {
	if p := d.take(8); p != nil {
		return binary.LittleEndian.Uint64(p)
	}
	return 0
}

func (d *unpacker) bytes() []byte { return d.take(d.number(uint64(len(d.b)))) }
func (d *unpacker) text() string  { return string(d.bytes()) }

// texts reads a list; an empty one is nil.
func texts[T any](d *unpacker, as func([]byte) T) []T {
	n := d.count(1)
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = as(d.bytes())
	}
	return list
}

func (d *unpacker) entry(x *Index, e *Entry, stamp *uint32, end, time *int64) {
	head := d.take(2)
	if d.failed {
		return
	}
	if *time += d.signed(); *time < 0 || *time > math.MaxUint32 {
		d.fail()
		return
	}
	*stamp = uint32(*time)
	e.Kind, e.Flags = model.Kind(head[0]), Flags(head[1])
	if e.Kind > model.Opaque || e.Kind == model.Implied || e.Flags > Hashed|Sparse|Aside|HashedSHA256|HashedPrefix|Device || len(x.Dirs) == 0 || len(x.Attributes) == 0 {
		d.fail()
		return
	}
	e.Dir, e.Owner = uint32(d.number(uint64(len(x.Dirs)-1))), uint32(d.number(uint64(len(x.Attributes)-1)))
	links := 0
	switch {
	case e.Kind == model.File:
		links = len(x.Captured)
	case e.Kind == model.Link || e.Kind == model.Symlink:
		if links = len(x.Links) - 1; links < 0 {
			d.fail()
			return
		}
	}
	e.Link = uint32(d.number(uint64(links)))
	name := d.bytes()
	if len(name) > 1<<16-1 || len(x.names)+len(name) > MaxNamesBytes {
		d.fail()
		return
	}
	e.name, e.length = uint32(len(x.names)), uint16(len(name))
	x.names = append(x.names, name...)
	if e.Kind != model.File {
		return
	}
	e.Size = d.size()
	e.Stored = e.Size - d.signed()
	e.Offset = *end + d.signed()
	e.Share = d.signed()
	if e.Flags&(Hashed|HashedPrefix) != 0 {
		copy(e.Hash[:], d.take(len(e.Hash)))
	}
	if e.Stored < 0 || e.Offset < 0 || e.Stored > 1<<60 || e.Offset > 1<<60 {
		d.fail()
		return
	}
	*end = e.Offset + e.Stored
}
