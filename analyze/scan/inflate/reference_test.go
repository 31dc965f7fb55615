package inflate

import (
	"bytes"
	"compress/flate"
	"io"
)

// walk is the reference for marks: it walks a valid gzip stream bit by bit,
// shares no code with the decoder, and finds the ends of blocks and members.
// It says false for streams that are not valid.
func walk(data []byte) (marks []Mark, ok bool) {
	w := &walker{data: data}
	defer func() {
		if recover() != nil { // ran past the end
			marks, ok = nil, false
		}
	}()
	for w.pos/8 < len(data) {
		if data[w.pos/8] == 0 {
			break // padding
		}
		if !w.member() {
			return nil, false
		}
	}
	return w.marks, true
}

type walker struct {
	data  []byte
	pos   int // in bits
	out   int64
	marks []Mark
}

func (w *walker) bits(n int) (v int) {
	for i := range n {
		v |= int(w.data[w.pos/8]>>(w.pos%8)&1) << i
		w.pos++
	}
	return v
}

func (w *walker) mark() {
	m := Mark{In: int64(w.pos / 8), Out: w.out}
	if n := len(w.marks); n > 0 && w.marks[n-1].Out == m.Out {
		w.marks = w.marks[:n-1]
	}
	w.marks = append(w.marks, m)
}

func (w *walker) member() bool {
	w.bits(24)
	flags := w.bits(8)
	w.bits(48)
	if flags&4 != 0 {
		for n := w.bits(16); n > 0; n-- {
			w.bits(8)
		}
	}
	for _, flag := range []int{8, 16} {
		for flags&flag != 0 && w.bits(8) != 0 {
		}
	}
	if flags&2 != 0 {
		w.bits(16)
	}
	for final := 0; final == 0; {
		final = w.bits(1)
		if !w.block() {
			return false
		}
		w.mark()
	}
	w.pos = (w.pos+7)/8*8 + 64
	w.mark()
	return true
}

func (w *walker) block() bool {
	var lit, dist []uint8
	switch w.bits(2) {
	case 0:
		w.pos = (w.pos + 7) / 8 * 8
		n := w.bits(16)
		w.pos += 16 + 8*n
		w.out += int64(n)
		return true
	case 1:
		lit, dist = fixedLens, fixedDistLens
	case 2:
		nlit, ndist, npre := w.bits(5)+257, w.bits(5)+1, w.bits(4)+4
		pre := make([]uint8, 19)
		for _, s := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:npre] {
			pre[s] = uint8(w.bits(3))
		}
		var all []uint8
		for decode := w.decoder(pre); len(all) < nlit+ndist; {
			switch s := decode(); s {
			default:
				all = append(all, uint8(s))
			case 16:
				all = append(all, bytes.Repeat(all[len(all)-1:], 3+w.bits(2))...)
			case 17:
				all = append(all, make([]uint8, 3+w.bits(3))...)
			case 18:
				all = append(all, make([]uint8, 11+w.bits(7))...)
			}
		}
		lit, dist = all[:nlit], all[nlit:]
	default:
		return false
	}
	literal, distance := w.decoder(lit), w.decoder(dist)
	for {
		s := literal()
		switch {
		case s < 256:
			w.out++
			continue
		case s == 256:
			return true
		case s < 265:
			w.out += int64(s - 254)
		case s < 285:
			extra := (s - 261) / 4
			w.out += int64((4+(s-261)%4)<<extra + 3 + w.bits(extra))
		default:
			w.out += 258
		}
		if d := distance(); d >= 4 {
			w.bits(d/2 - 1)
		}
	}
}

// decoder returns a function that reads one symbol bit by bit: of each length it
// knows the first code and the symbols in the order of their codes.
func (w *walker) decoder(lens []uint8) func() int {
	var symbols [16][]int // by length
	for s, n := range lens {
		if n > 0 {
			symbols[n] = append(symbols[n], s)
		}
	}
	return func() int {
		code, first := 0, 0
		for n := 1; n <= 15; n++ {
			code = code<<1 | w.bits(1)
			first = (first + len(symbols[n-1])) << 1
			if i := code - first; i < len(symbols[n]) {
				return symbols[n][i]
			}
		}
		panic("no such code")
	}
}

// result is all that a Reader says about a stream.
type result struct {
	Bytes []byte
	Marks []Mark
	Err   string // "" for io.EOF
}

func (r result) ok() bool { return r.Err == "" }

// inflate reads a whole stream.
func inflate(r io.Reader) (result, error) {
	z := NewReader(r)
	defer z.Close()
	var res result
	for {
		p, err := z.Next()
		res.Bytes = append(res.Bytes, p...)
		res.Marks = append(res.Marks, z.Marks()...)
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			res.Err = err.Error()
			return res, err
		}
		if len(p) == 0 {
			res.Err = "an empty run"
			return res, nil
		}
	}
}

// deflate returns what compress/flate makes of p.
func deflate(p []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	w.Write(p)
	w.Close()
	return b.Bytes()
}
