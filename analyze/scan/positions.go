package scan

import (
	"math/bits"

	"github.com/tare-oci/tare/analyze/scan/inflate"
)

// positions turns places in the decompressed stream into places in the blob, so
// that each file version can have its share of the blob.
//
// A decoder marks the boundaries of deflate blocks, gzip members and zstd
// blocks. In between a place is interpolated linearly. So the answer depends on
// the blob alone and not on how it was read. Places must be asked for in rising
// order; their answers arrive through assign once the mark after them is known,
// so that only the places of the current block are ever waiting.
type positions struct {
	last    inflate.Mark   // the newest mark that lies before every place still to come
	ahead   []inflate.Mark // marks that the decoder reached before the reader did
	waiting []place        // places behind the newest mark; ahead is empty then
	assign  func(entry int32, end bool, in int64)
}

type place struct {
	out   int64
	entry int32
	end   bool
}

// ask notes a place: where the content of an entry starts or ends.
func (p *positions) ask(out int64, entry int32, end bool) {
	passed := 0
	for passed < len(p.ahead) && p.ahead[passed].Out < out {
		p.last = p.ahead[passed]
		passed++
	}
	p.ahead = p.ahead[passed:]
	switch {
	case out <= p.last.Out:
		p.assign(entry, end, p.last.In)
	case len(p.ahead) > 0:
		p.answer(place{out, entry, end}, p.ahead[0])
	default:
		p.waiting = append(p.waiting, place{out, entry, end})
	}
}

// reached takes the next marks of the decoder, in order.
func (p *positions) reached(marks []inflate.Mark) {
	if len(p.ahead) == 0 {
		p.ahead = p.ahead[:0:0]
	}
	for _, m := range marks {
		if len(p.waiting) == 0 {
			p.ahead = append(p.ahead, m)
			continue
		}
		done := 0
		for done < len(p.waiting) && p.waiting[done].out <= m.Out {
			p.answer(p.waiting[done], m)
			done++
		}
		p.waiting = p.waiting[:copy(p.waiting, p.waiting[done:])]
		if len(p.waiting) > 0 {
			p.last = m
		} else {
			p.ahead = append(p.ahead, m)
		}
	}
}

// answer interpolates between the last mark and the one after the place.
func (p *positions) answer(w place, m inflate.Mark) {
	p.assign(w.entry, w.end, p.last.In+interpolate(w.out-p.last.Out, m.Out-p.last.Out, m.In-p.last.In))
}

// interpolate returns part/whole of span, rounded down. No product is too big.
func interpolate(part, whole, span int64) int64 {
	if whole == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(part), uint64(span))
	quotient, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(quotient)
}
