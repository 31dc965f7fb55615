package analyze

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
)

// countBlobsOnce takes what is pulled of a blob that the image has several times off all of its layers but the
// topmost ([model.Report.Repeated]): their shares are 0 then, so that layers, findings and changes add up to what a
// registry sends. Whatever lies in a lower one is hidden by the topmost, which has the same paths.
func (a *analysis) countBlobsOnce() {
	r, t := a.report, a.stack.Tree()
	if r.Partial {
		return // the topmost may not have been read
	}
	copies := make(map[string][]int) // by digest: the layers that hold the same files
	for i, repeated := range r.Repeated() {
		l := &r.Layers[i]
		if l.CompressedSize == nil || l.Digest == nil {
			continue
		}
		if l.Files > 0 {
			copies[*l.Digest] = append(copies[*l.Digest], i)
		}
		if !repeated {
			a.noteCopies(copies[*l.Digest])
			continue
		}
		l.CompressedSize, l.CompressedOverheadBytes = new(int64), new(int64)
		for id := t.Starts[i]; id < t.Starts[i+1]; id++ {
			if t.Records[id].Kind == model.File {
				t.Records[id].Compressed = model.SizeOf(0)
			}
		}
	}
}

// noteCopies tells that layers are one blob, where it is more than one.
func (a *analysis) noteCopies(layers []int) {
	if len(layers) < 2 {
		return
	}
	names := make([]string, len(layers))
	for i, layer := range layers {
		names[i] = fmt.Sprint(layer)
	}
	last := len(names) - 1
	a.report.Notes = append(a.report.Notes, fmt.Sprintf("layers %s and %s are one blob: it is pulled once, which counts at layer %s, and unpacked %d times",
		strings.Join(names[:last], ", "), names[last], names[last], len(layers)))
}
