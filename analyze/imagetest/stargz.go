package imagetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
)

// landmark is the entry that tells a lazy reader to prefetch nothing.
var landmark = File{Path: ".no.prefetch.landmark", Body: []byte{0xf}}

// stargz stores a layer as eStargz does (containerd/stargz-snapshotter,
// docs/estargz.md): one member an entry; then, as the tar's last entry, the table
// of contents; then an empty member whose header says where that table's member
// starts.
func (p *packed) stargz() []byte {
	body := p.tar[:len(p.tar)-1] // the end of the archive comes after the table
	var offsets []int64
	blob := gzipEach(body, func(_ int, offset int64) { offsets = append(offsets, offset) })
	toc, err := json.Marshal(map[string]any{"version": 1, "entries": stargzEntries(body, offsets)})
	check("write the table of contents", err)
	index := bytes.Join(pieces([]File{{Path: "stargz.index.json", Body: toc}}), nil)
	p.tar = append(body, index)

	footer := []byte{'S', 'G', 22, 0}
	footer = fmt.Appendf(footer, "%016xSTARGZ", len(blob))
	blob = append(blob, gzipMember(index)...)

	var end bytes.Buffer
	w, err := gzip.NewWriterLevel(&end, gzip.NoCompression)
	check("write the footer", err)
	w.Extra = footer
	check("write the footer", w.Close())
	return append(blob, end.Bytes()...)
}

// stargzEntry is one item of eStargz's table of contents, as far as readers
// that ignore lazy pulling look at it.
type stargzEntry struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size,omitempty"`
	Mode   int64  `json:"mode"`
	Offset int64  `json:"offset,omitempty"`
	Digest string `json:"digest,omitempty"`
}

var stargzTypes = map[byte]string{
	tar.TypeReg: "reg", tar.TypeDir: "dir", tar.TypeSymlink: "symlink", tar.TypeLink: "hardlink",
	tar.TypeChar: "char", tar.TypeBlock: "block", tar.TypeFifo: "fifo",
}

// stargzEntries describes the entries of a tar, one piece each. Entries that
// archive/tar cannot read are left out.
func stargzEntries(pieces [][]byte, offsets []int64) []stargzEntry {
	var out []stargzEntry
	for i, piece := range pieces {
		r := tar.NewReader(bytes.NewReader(piece))
		h, err := r.Next()
		if err != nil {
			continue
		}
		e := stargzEntry{Name: h.Name, Type: stargzTypes[h.Typeflag], Size: h.Size, Mode: h.Mode}
		if h.Typeflag == tar.TypeReg {
			e.Offset = offsets[i]
			var body bytes.Buffer
			_, err = body.ReadFrom(r)
			check("read back "+h.Name, err)
			e.Digest = Digest(body.Bytes()).String()
		}
		out = append(out, e)
	}
	return out
}
