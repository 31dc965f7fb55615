package inflate

import "encoding/binary"

const (
	// turnInput is how many bytes of input one turn of the fast loop may look at:
	// two refills.
	turnInput = 16
	// fastInput is how many the loop needs to begin: a refill and a turn. Fewer
	// are left when it ends for want of input, even once its bits are unread, so
	// that filling up always gets more.
	fastInput = turnInput + 8
)

// repeats says, for each distance shorter than a word, how to fill a word with the
// bytes that repeat.
var repeats = func() (t [8]struct {
	mask, times uint64 // word & mask * times has the pattern as often as it fits
	step        uint   // bytes of a word that are whole patterns
}) {
	for d := uint(1); d < 8; d++ {
		t[d].mask = 1<<(8*d) - 1
		t[d].step = 8 / d * d
		for i := uint(0); i < 8; i += d {
			t[d].times |= 1 << (8 * i)
		}
	}
	return t
}()

// fast decodes symbols while there is input for another turn and the window is not
// full, and reports whether it has consumed the block's end. It
// stops before a symbol that is corrupt: symbol finds out what is wrong with it.
//
// All arrays have sizes that are powers of two plus what a word may reach
// further, and all indexes are masked: that keeps the indexes in range, which
// the loop's condition has made sure of, where the compiler can see it.
func (z *decoder) fast() (end bool) {
	buf, nbits := z.bits, z.nbits
	ip, op := uint(z.ip), uint(z.op)
	if z.end-z.ip < fastInput || op >= outLimit {
		return false
	}
	inEnd := uint(z.end - turnInput)
	history := uint(z.history)

	i := ip & inMask
	buf |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (nbits & 63)
	ip += 7 - nbits>>3&7
	nbits |= 56
	e := z.lit[buf&(1<<litBits-1)]

	// Each turn begins with 56 bits at hand and e, the entry of the next ones. Only
	// the low six bits of nbits count: what is subtracted has more.
	for ip < inEnd && op < outLimit {
		if e&isLiteral != 0 {
			// Up to three literals: 33 bits, which leave enough to look up the next
			// entry without waiting for the refill.
			buf >>= e & lenMask
			nbits -= uint(e)
			z.win[op&winMask] = byte(e >> valueShift)
			op++
			e = z.lit[buf&(1<<litBits-1)]
			if e&isLiteral != 0 {
				buf >>= e & lenMask
				nbits -= uint(e)
				z.win[op&winMask] = byte(e >> valueShift)
				op++
				e = z.lit[buf&(1<<litBits-1)]
				if e&isLiteral != 0 {
					buf >>= e & lenMask
					nbits -= uint(e)
					z.win[op&winMask] = byte(e >> valueShift)
					op++
					e = z.lit[buf&(1<<litBits-1)]
					i := ip & inMask
					buf |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (nbits & 63)
					ip += 7 - nbits>>3&7
					nbits |= 56
					continue
				}
			}
			i := ip & inMask
			buf |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (nbits & 63)
			ip += 7 - nbits>>3&7
			nbits |= 56
		}

		was, had := buf, nbits // where to go back to
		if e&isSpecial != 0 {
			if e&isLink != 0 {
				buf >>= litBits
				nbits -= litBits
				e = z.lit[(e>>valueShift+uint32(buf)&(1<<(e>>codeShift&codeMask)-1))%litSize]
				if e&isLiteral != 0 {
					buf >>= e & lenMask
					nbits -= uint(e)
					z.win[op&winMask] = byte(e >> valueShift)
					op++
					i := ip & inMask
					buf |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (nbits & 63)
					ip += 7 - nbits>>3&7
					nbits |= 56
					e = z.lit[buf&(1<<litBits-1)]
					continue
				}
			}
			if e&isSpecial != 0 {
				end = e&isEnd != 0
				if end {
					buf >>= e & lenMask
					nbits -= uint(e)
				} else {
					buf, nbits = was, had
				}
				break
			}
		}
		length := uint(e>>valueShift) + uint(buf&(1<<(e&lenMask)-1)>>(e>>codeShift&codeMask))
		buf >>= e & lenMask
		nbits -= uint(e)

		d := z.dist[buf&(1<<distBits-1)]
		if d&isSpecial != 0 {
			if d&isLink == 0 {
				buf, nbits = was, had
				break
			}
			buf >>= distBits
			nbits -= distBits
			d = z.dist[(d>>valueShift+uint32(buf)&(1<<(d>>codeShift&codeMask)-1))%distSize]
			if d&isSpecial != 0 {
				buf, nbits = was, had
				break
			}
		}
		distance := uint(d>>valueShift) + uint(buf&(1<<(d&lenMask)-1)>>(d>>codeShift&codeMask))
		buf >>= d & lenMask
		nbits -= uint(d)
		if distance > op-history {
			buf, nbits = was, had
			break
		}

		i := ip & inMask
		buf |= binary.LittleEndian.Uint64(z.in[i:i+8]) << (nbits & 63)
		ip += 7 - nbits>>3&7
		nbits |= 56
		e = z.lit[buf&(1<<litBits-1)]

		from := op - distance
		switch {
		case distance >= 16:
			s, o := from&winMask, op&winMask
			copy(z.win[o:o+16], z.win[s:s+16])
			s, o = (from+16)&winMask, (op+16)&winMask
			copy(z.win[o:o+16], z.win[s:s+16])
			for n := uint(32); n < length; n += 16 {
				s, o := (from+n)&winMask, (op+n)&winMask
				copy(z.win[o:o+16], z.win[s:s+16])
			}
		case distance >= 8:
			for n := uint(0); n < length; n += 8 {
				s, o := (from+n)&winMask, (op+n)&winMask
				copy(z.win[o:o+8], z.win[s:s+8])
			}
		case distance == 1:
			v := uint64(z.win[from&winMask]) * 0x0101010101010101
			for n := uint(0); n < length; n += 8 {
				o := (op + n) & winMask
				binary.LittleEndian.PutUint64(z.win[o:o+8], v)
			}
		default:
			// Repeat the pattern through a word, and write that at steps of as
			// many whole patterns as it holds.
			s, r := from&winMask, &repeats[distance&7]
			v := binary.LittleEndian.Uint64(z.win[s:s+8]) & r.mask * r.times
			for n := uint(0); n < length; n += r.step {
				o := (op + n) & winMask
				binary.LittleEndian.PutUint64(z.win[o:o+8], v)
			}
		}
		op += length
	}

	z.bits, z.nbits, z.ip, z.op = buf, nbits&lenMask, int(ip), int(op)
	return end
}
