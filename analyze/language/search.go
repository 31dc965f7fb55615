package language

import (
	"bytes"
	"io"
	"slices"
)

// searchKind is something that is searched for in a program.
type searchKind struct {
	// find returns where in p it may begin, -1 for nowhere. It begins with overlap+1 bytes
	// that find knows it by.
	find    func(p []byte) int
	overlap int
	// align is what its address in memory is a multiple of.
	align uint64
	// read reads what p begins with. It returns how many bytes it needs where they are more; p
	// is shorter only where the range ends. It reports false for what is something else.
	read func(s *search, p []byte) (f Found, need int, ok bool)
	// first is how many bytes read is shown at first, and limit at most.
	first, limit int
}

// search looks for something in the bytes of a range, which come in pieces. What it finds does
// not depend on them.
type search struct {
	buf  []byte // the range's last bytes, of which those before from were searched
	from int
	need int   // how many bytes from there on are read at once; 0 where nothing begins
	at   int64 // position of buf[0] in the content

	inflated int // bytes that trials have given so far, of the whole program
	trials   int
	zip      io.ReadCloser // of the trials, used again
}

func (s *search) reset() { s.buf, s.from, s.need = s.buf[:0], 0, 0 }

// write adds the next bytes of a range, which are at a position of the content.
func (s *search) write(_ *searchedRange, p []byte, at int64) {
	if len(s.buf) == 0 {
		s.at = at
	}
	if s.from > len(s.buf)/2 {
		s.at += int64(s.from)
		s.buf = s.buf[:copy(s.buf, s.buf[s.from:])]
		s.from = 0
	}
	s.buf = append(s.buf, p...)
}

// find searches what has come. ended says that the range has no more bytes.
func (s *search) find(r *searchedRange, ended bool) (Found, bool) {
	k := r.kind
	for s.from < len(s.buf) {
		if s.need == 0 {
			i := k.find(s.buf[s.from:])
			if i < 0 {
				s.from = max(s.from, len(s.buf)-k.overlap)
				return Found{}, false
			}
			s.from += i
			if address := r.address + uint64(s.at-r.from) + uint64(s.from); address%k.align != 0 {
				s.from++
				continue
			}
			s.need = k.first
		}
		p := s.buf[s.from:]
		if len(p) < s.need && !ended {
			return Found{}, false
		}
		p = p[:min(len(p), s.need)]
		f, need, ok := k.read(s, p)
		switch {
		case ok:
			return f, true
		case need > len(p) && need <= k.limit && len(p) == s.need:
			s.need = need
			continue
		}
		s.need = 0
		s.from++
	}
	return Found{}, false
}

// grown is how many bytes to ask for where it is not known how many it takes.
func grown(p []byte, limit int) int { return min(2*len(p), limit) }

// indexOf returns where the first of some words begins.
func indexOf(p []byte, first byte, second []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(p[from:], first)
		if i < 0 || from+i+1 >= len(p) {
			return -1
		}
		if from += i; slices.Contains(second, p[from+1]) {
			return from
		}
		from++
	}
}
