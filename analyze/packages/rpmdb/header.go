package rpmdb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// A header is two numbers, how many entries and how many bytes of data, then the
// entries (tag, type, offset in the data, count), then the data. All numbers are
// big-endian.
const (
	headerStart = 8
	entrySize   = 16
	maxEntries  = 1 << 16
	maxStrings  = 1 << 20 // of one entry
)

// Tags of what is read, from rpm's include/rpm/rpmtag.h.
const (
	tagName      = 1000
	tagVersion   = 1001
	tagRelease   = 1002
	tagEpoch     = 1003
	tagGroup     = 1016
	tagArch      = 1022
	tagOldNames  = 1027 // whole paths, before rpm 4
	tagSourceRPM = 1044
	tagProvides  = 1047
	tagRequires  = 1049
	tagDirIndex  = 1116
	tagBaseNames = 1117
	tagDirNames  = 1118
)

// Package is what a header says about a package.
type Package struct {
	Name, Version, Arch string // Version is [epoch:]version-release
	Group, SourceRPM    string
	// Provides and Requires are names without versions: "libc.so.6()(64bit)",
	// "/bin/sh". What only rpm itself answers to, rpmlib(…), is left out.
	Provides, Requires []string

	bases, dirs, indexes []byte
}

// Parse reads a header. The Package keeps no reference to it.
func Parse(header []byte) (*Package, error) {
	if len(header) < headerStart {
		return nil, fmt.Errorf("a package's header is cut off: %w", ErrFormat)
	}
	count, size := int64(binary.BigEndian.Uint32(header)), int64(binary.BigEndian.Uint32(header[4:]))
	if count > maxEntries || headerStart+count*entrySize+size > int64(len(header)) {
		return nil, fmt.Errorf("a package's header is cut off: %w", ErrFormat)
	}
	entries := header[headerStart : headerStart+count*entrySize]
	data := header[headerStart+count*entrySize:][:size]
	p := &Package{}
	var release string
	epoch := int64(-1)
	for ; len(entries) > 0; entries = entries[entrySize:] {
		offset := int64(binary.BigEndian.Uint32(entries[8:]))
		if offset > size {
			continue
		}
		value, items := data[offset:], int(binary.BigEndian.Uint32(entries[12:]))
		switch binary.BigEndian.Uint32(entries) {
		case tagName:
			p.Name = text(value)
		case tagVersion:
			p.Version = text(value)
		case tagRelease:
			release = text(value)
		case tagEpoch:
			if len(value) >= 4 {
				epoch = int64(binary.BigEndian.Uint32(value))
			}
		case tagArch:
			p.Arch = text(value)
		case tagGroup:
			p.Group = text(value)
		case tagSourceRPM:
			p.SourceRPM = text(value)
		case tagProvides:
			p.Provides = relations(value, items)
		case tagRequires:
			p.Requires = relations(value, items)
		case tagBaseNames, tagOldNames:
			p.bases = texts(value, items)
		case tagDirNames:
			p.dirs = texts(value, items)
		case tagDirIndex:
			p.indexes = bytes.Clone(value[:min(len(value), 4*min(items, len(value)))])
		}
	}
	if p.Name == "" {
		return nil, fmt.Errorf("a package without a name: %w", ErrFormat)
	}
	p.Version += "-" + release
	if epoch >= 0 {
		p.Version = strconv.FormatInt(epoch, 10) + ":" + p.Version
	}
	return p, nil
}

// Files yields the paths of the package, directories too, as the header has them.
func (p *Package) Files() iter.Seq[string] {
	return func(yield func(string) bool) {
		dirs := strings.Split(string(p.dirs), "\x00")
		indexes := p.indexes
		for base := range bytes.SplitSeq(p.bases, []byte{0}) {
			if len(base) == 0 {
				continue
			}
			dir := ""
			if len(indexes) >= 4 {
				if i := binary.BigEndian.Uint32(indexes); int64(i) < int64(len(dirs)) {
					dir = dirs[i]
				}
				indexes = indexes[4:]
			}
			if !yield(dir + string(base)) {
				return
			}
		}
	}
}

// relations reads the names of a list of dependencies, each once.
func relations(b []byte, count int) (names []string) {
	seen := make(map[string]bool)
	for name := range bytes.SplitSeq(texts(b, count), []byte{0}) {
		if len(name) > 0 && !seen[string(name)] && !bytes.HasPrefix(name, []byte("rpmlib(")) {
			seen[string(name)] = true
			names = append(names, string(name))
		}
	}
	return names
}

// text reads a string that ends with a zero byte.
func text(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}

// texts copies count strings, each with its zero byte, as far as there are so many.
func texts(b []byte, count int) []byte {
	end := 0
	for range min(count, maxStrings) {
		i := bytes.IndexByte(b[end:], 0)
		if i < 0 {
			break
		}
		end += i + 1
	}
	return bytes.Clone(b[:end])
}
