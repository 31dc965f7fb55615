package demo

import (
	"fmt"
	"io"
	"slices"
	"sort"
)

// rope is a long content made of short pieces, most of which occur many times.
// It is an io.ReaderAt; once built it is safe for any number of readers. The
// pieces are shared and must not change.
type rope struct {
	pieces [][]byte
	ends   []int64 // offset behind each piece
}

func (r *rope) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	r.pieces = append(r.pieces, piece)
	r.ends = append(r.ends, r.size()+int64(len(piece)))
}

func (r *rope) join(other *rope) {
	start := r.size()
	r.pieces = append(r.pieces, other.pieces...)
	r.ends = slices.Grow(r.ends, len(other.ends))
	for _, end := range other.ends {
		r.ends = append(r.ends, start+end)
	}
}

func (r *rope) size() int64 {
	if len(r.ends) == 0 {
		return 0
	}
	return r.ends[len(r.ends)-1]
}

// ReadAt implements io.ReaderAt.
func (r *rope) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("demo: read at negative offset %d", off)
	}
	at := sort.Search(len(r.ends), func(i int) bool { return r.ends[i] > off })
	n := 0
	for ; at < len(r.pieces) && n < len(p); at++ {
		piece := r.pieces[at]
		start := r.ends[at] - int64(len(piece))
		n += copy(p[n:], piece[off+int64(n)-start:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
