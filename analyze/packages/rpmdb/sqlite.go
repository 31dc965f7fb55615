package rpmdb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
)

// sqliteFile is an SQLite 3 database in memory: pages, numbered from 1, each a
// node of a tree or a part of a large row.
type sqliteFile struct {
	data   []byte
	size   int               // of a page
	usable int               // of a page, without what is reserved for extensions
	newer  map[uint32][]byte // pages that stand in the write-ahead log
	left   int               // pages that may still be looked at
}

const sqliteMagic = "SQLite format 3\x00"

func isSQLite(data []byte) bool { return bytes.HasPrefix(data, []byte(sqliteMagic)) }

// readSQLite walks the table Packages (hnum INTEGER PRIMARY KEY, blob BLOB). The
// schema, which says where it starts, is a table that starts at page 1.
func readSQLite(data, log []byte, yield func([]byte) bool) error {
	if len(data) < 512 {
		return fmt.Errorf("sqlite: the file is cut off: %w", ErrFormat)
	}
	f := &sqliteFile{data: data, size: int(binary.BigEndian.Uint16(data[16:]))}
	if f.size == 1 {
		f.size = 64 << 10
	}
	f.usable = f.size - int(data[20])
	if f.size < 512 || f.size&(f.size-1) != 0 || f.usable < 480 {
		return fmt.Errorf("sqlite: pages of %d bytes: %w", f.size, ErrFormat)
	}
	f.newer = readLog(log, f.size)
	f.left = 2 * (len(data)/f.size + len(f.newer))
	root := uint32(0)
	_, err := f.table(1, 0, func(row []byte) bool {
		columns := fields(row, 4)
		if len(columns) == 4 && string(columns[0]) == "table" && string(columns[1]) == "Packages" {
			for _, b := range columns[3] {
				root = root<<8 | uint32(b)
			}
		}
		return root == 0
	})
	if err != nil {
		return err
	}
	if root == 0 {
		return fmt.Errorf("sqlite: there is no table of packages: %w", ErrFormat)
	}
	_, err = f.table(root, 0, func(row []byte) bool {
		columns := fields(row, 2)
		return len(columns) < 2 || yield(columns[1])
	})
	return err
}

// readLog returns the newest pages of a write-ahead log, up to the last frame
// that ends a transaction. Frames of an older use of the file have other salts.
func readLog(log []byte, size int) map[uint32][]byte {
	const head, frameHead = 32, 24
	pages, pending := make(map[uint32][]byte), make(map[uint32][]byte)
	if len(log) < head || binary.BigEndian.Uint32(log)&^1 != 0x377f0682 || binary.BigEndian.Uint32(log[8:]) != uint32(size) {
		return pages
	}
	salts := log[16:24]
	for log = log[head:]; len(log) >= frameHead+size && bytes.Equal(log[8:16], salts); log = log[frameHead+size:] {
		pending[binary.BigEndian.Uint32(log)] = log[frameHead : frameHead+size]
		if binary.BigEndian.Uint32(log[4:]) != 0 {
			maps.Copy(pages, pending)
			clear(pending)
		}
	}
	return pages
}

func (f *sqliteFile) page(n uint32) ([]byte, error) {
	start := (int64(n) - 1) * int64(f.size)
	f.left--
	switch p, ok := f.newer[n]; {
	case f.left < 0:
	case ok:
		return p, nil
	case n > 0 && start+int64(f.size) <= int64(len(f.data)):
		return f.data[start : start+int64(f.size)], nil
	}
	return nil, fmt.Errorf("sqlite: page %d is out of place: %w", n, ErrFormat)
}

// Kinds of pages: inner nodes and leaves of a table.
const (
	sqliteInner = 5
	sqliteLeaf  = 13
)

// maxTree is far deeper than any tree of 32-bit page numbers.
const maxTree = 40

// table passes on the rows below a node, in order.
func (f *sqliteFile) table(n uint32, depth int, yield func(row []byte) bool) (more bool, err error) {
	p, err := f.page(n)
	if err != nil || depth > maxTree {
		return false, damaged(err)
	}
	head := p
	if n == 1 {
		head = p[100:] // the file's own head stands before it
	}
	kind, count := head[0], int(binary.BigEndian.Uint16(head[3:]))
	cells := head[8:]
	if kind == sqliteInner {
		cells = head[12:]
	}
	if kind != sqliteInner && kind != sqliteLeaf || 2*count > len(cells) {
		return false, fmt.Errorf("sqlite: page %d is no part of a table: %w", n, ErrFormat)
	}
	for i := range count {
		at := int(binary.BigEndian.Uint16(cells[2*i:]))
		if at+4 > f.usable {
			return false, damaged(nil)
		}
		if kind == sqliteInner {
			more, err = f.table(binary.BigEndian.Uint32(p[at:]), depth+1, yield)
		} else {
			var row []byte
			if row, err = f.row(p[at:f.usable]); err == nil {
				more = yield(row)
			}
		}
		if err != nil || !more {
			return false, err
		}
	}
	if kind == sqliteInner {
		return f.table(binary.BigEndian.Uint32(head[8:]), depth+1, yield)
	}
	return true, nil
}

func damaged(err error) error {
	if err == nil {
		err = fmt.Errorf("sqlite: a table is damaged: %w", ErrFormat)
	}
	return err
}

// row returns the content of a leaf's cell: its size, its key, and as much as
// fits; the rest is in a chain of pages.
func (f *sqliteFile) row(cell []byte) ([]byte, error) {
	size, n := varint(cell)
	_, m := varint(cell[n:])
	cell = cell[n+m:]
	if size > uint64(len(f.data)+len(f.newer)*f.size) {
		return nil, damaged(nil)
	}
	local := f.local(int(size))
	if local > len(cell) {
		return nil, damaged(nil)
	}
	if local == int(size) {
		return cell[:local], nil
	}
	if local+4 > len(cell) {
		return nil, damaged(nil)
	}
	row := append(make([]byte, 0, size), cell[:local]...)
	for next := binary.BigEndian.Uint32(cell[local:]); len(row) < int(size); {
		p, err := f.page(next)
		if err != nil {
			return nil, err
		}
		row = append(row, p[4:4+min(f.usable-4, int(size)-len(row))]...)
		next = binary.BigEndian.Uint32(p)
	}
	return row, nil
}

// local is how much of a row is in its leaf: file format, section 1.6.
func (f *sqliteFile) local(size int) int {
	most, least := f.usable-35, (f.usable-12)*32/255-23
	if size <= most {
		return size
	}
	if k := least + (size-least)%(f.usable-4); k <= most {
		return k
	}
	return least
}

// fields splits a row into its first columns, at most n. Numbers come as their
// big-endian bytes.
func fields(row []byte, n int) [][]byte {
	size, at := varint(row)
	if size > uint64(len(row)) || at > int(size) {
		return nil
	}
	types, content := row[at:size], row[size:]
	var out [][]byte
	for len(types) > 0 && len(out) < n {
		kind, used := varint(types)
		types = types[used:]
		width := uint64(0)
		switch {
		case kind >= 12:
			width = (kind - 12) / 2
		case kind == 5:
			width = 6
		case kind == 6 || kind == 7:
			width = 8
		case kind <= 4:
			width = kind
		}
		if width > uint64(len(content)) {
			return nil
		}
		out, content = append(out, content[:width]), content[width:]
	}
	return out
}

// varint reads SQLite's numbers: seven bits a byte, the highest first, and eight
// in the ninth. At the end of b it stops early.
func varint(b []byte) (value uint64, length int) {
	for i, c := range b {
		if i == 8 {
			return value<<8 | uint64(c), 9
		}
		value = value<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return value, i + 1
		}
	}
	return value, len(b)
}
