package imagetest

import (
	"bytes"
	"compress/gzip"
	"fmt"
)

// landmark is the entry that tells a lazy reader to prefetch nothing.
var landmark = File{Path: ".no.prefetch.landmark", Body: []byte{0xf}}

// stargz stores a layer as eStargz does (containerd/stargz-snapshotter,
// docs/estargz.md): a member begins with each content; then, as the tar's last
// entry, comes the table of contents; then an empty member whose header says
// where that table's member starts. The manifest names the table's digest.
func (p *packed) stargz() []byte {
	body := p.tar[:len(p.tar)-1] // the end of the archive comes after the table
	var blob, open []byte
	items := make([]tocItem, 0, len(body))
	for _, piece := range body {
		item, head, content, rest, ok := describe(piece)
		open = append(open, head...)
		if len(content) > 0 {
			blob = append(blob, gzipMember(open)...)
			item.Offset = int64(len(blob))
			open = append(append([]byte{}, content...), rest...)
		}
		if ok {
			items = append(items, item)
		}
	}
	if len(open) > 0 {
		blob = append(blob, gzipMember(open)...)
	}
	toc := marshal(table{Version: 1, Entries: items})
	index := Tar(File{Path: "stargz.index.json", Body: toc})
	p.tar = append(body, index)
	p.whole = bytes.Join(p.tar, nil)
	p.annotations = map[string]string{"containerd.io/snapshot/stargz/toc.digest": Digest(toc).String()}

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
