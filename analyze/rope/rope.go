// Package rope makes large images in memory out of few bytes.
//
// The files of an invented image are short heads and long stretches that many of
// them share. A Rope is such a content, a Tar an archive of them: a hundred megabytes
// take milliseconds to make and next to nothing to hold.
package rope

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"sort"
)

// Rope is a long content made of short pieces, most of which occur many times.
// It is an io.ReaderAt; once built it is safe for any number of readers. The
// pieces are shared and must not change.
type Rope struct {
	pieces [][]byte
	ends   []int64 // offset behind each piece
}

// Add appends a piece.
func (r *Rope) Add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	r.pieces = append(r.pieces, piece)
	r.ends = append(r.ends, r.Size()+int64(len(piece)))
}

// Join appends what the other rope has, which may be used further.
func (r *Rope) Join(other *Rope) {
	start := r.Size()
	r.pieces = append(r.pieces, other.pieces...)
	r.ends = slices.Grow(r.ends, len(other.ends))
	for _, end := range other.ends {
		r.ends = append(r.ends, start+end)
	}
}

// Size is how many bytes the rope has.
func (r *Rope) Size() int64 {
	if len(r.ends) == 0 {
		return 0
	}
	return r.ends[len(r.ends)-1]
}

// ReadAt implements io.ReaderAt.
func (r *Rope) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("rope: read at negative offset %d", off)
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

// Pieces are the pieces in their order. They must not be changed.
func (r *Rope) Pieces() iter.Seq[[]byte] { return slices.Values(r.pieces) }
