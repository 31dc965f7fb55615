package imagetest

import (
	"archive/tar"
	"bytes"
	"io"
)

// table is a table of contents, as eStargz and zstd:chunked write it.
type table struct {
	Version int       `json:"version"`
	Entries []tocItem `json:"entries"`
}

// tocItem is one item of it; only zstd:chunked tells where a content ends.
type tocItem struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	LinkName  string `json:"linkName,omitempty"`
	Size      int64  `json:"size,omitempty"`
	Mode      int64  `json:"mode"`
	UID       int    `json:"uid"`
	GID       int    `json:"gid"`
	Offset    int64  `json:"offset,omitempty"`
	EndOffset int64  `json:"endOffset,omitempty"`
	Digest    string `json:"digest,omitempty"`
}

var tocTypes = map[byte]string{
	tar.TypeReg: "reg", tar.TypeDir: "dir", tar.TypeSymlink: "symlink", tar.TypeLink: "hardlink",
	tar.TypeChar: "char", tar.TypeBlock: "block", tar.TypeFifo: "fifo",
}

// describe takes one entry of a tar apart: its item, its headers, its content
// and what pads it. An entry that archive/tar cannot read, or whose kind no table
// knows, is all head and not ok.
func describe(piece []byte) (item tocItem, head, content, rest []byte, ok bool) {
	in := bytes.NewReader(piece)
	r := tar.NewReader(in)
	h, err := r.Next()
	if err != nil || tocTypes[h.Typeflag] == "" {
		return item, piece, nil, nil, false
	}
	item = tocItem{Name: h.Name, Type: tocTypes[h.Typeflag], LinkName: h.Linkname, Size: h.Size, Mode: h.Mode, UID: h.Uid, GID: h.Gid}
	if h.Typeflag != tar.TypeReg || h.Size == 0 {
		return item, piece, nil, nil, true
	}
	at := int64(len(piece) - in.Len())
	content, err = io.ReadAll(r)
	check("read back "+h.Name, err)
	item.Digest = Digest(content).String()
	return item, piece[:at], content, piece[at+h.Size:], true
}
