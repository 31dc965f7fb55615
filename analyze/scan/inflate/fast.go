package inflate

import "encoding/binary"

const (
	// turnInput is how many bytes of input one turn of the fast loop may look at:
	// two refills.
	turnInput = 16
	// fastInput is how many the loop needs to begin: a refill and a turn. Fewer
	// are left when it stops for want of input, even once its bits are unread, so
	// that fill always reads more then.
	fastInput = turnInput + 8
)

// stop says why the fast loop has ended.
type stop uint8

const (
	stopRoom    stop = iota // too little input is at hand, or the window is full
	stopEnd                 // it has consumed the block's end
	stopCorrupt             // it stands before a symbol that symbol will not like
)

// fast decodes symbols while there is input for another turn and the window is not
// full, or until the block ends or a symbol is corrupt.
//
// All arrays have sizes that are powers of two plus what a word may reach
// further, and all indexes are masked: that keeps the indexes in range, which
// the loop's condition has made sure of, where the compiler can see it.
func (z *decoder) fast() (why stop) {
	buf, nbits := z.bits, z.nbits
	ip, op := uint(z.ip), uint(z.op)
	if z.end-z.ip < fastInput || op >= outLimit {
		return stopRoom
	}
	inEnd := uint(z.end - turnInput)
	history := uint(z.history)

	buf, nbits, ip = refill(&z.in, buf, nbits, ip)
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
					buf, nbits, ip = refill(&z.in, buf, nbits, ip)
					continue
				}
			}
			buf, nbits, ip = refill(&z.in, buf, nbits, ip)
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
					buf, nbits, ip = refill(&z.in, buf, nbits, ip)
					e = z.lit[buf&(1<<litBits-1)]
					continue
				}
			}
			if e&isSpecial != 0 {
				if e&isEnd == 0 {
					buf, nbits, why = was, had, stopCorrupt
					break
				}
				buf >>= e & lenMask
				nbits -= uint(e)
				why = stopEnd
				break
			}
		}
		length := uint(e>>valueShift) + uint(buf&(1<<(e&lenMask)-1)>>(e>>codeShift&codeMask))
		buf >>= e & lenMask
		nbits -= uint(e)

		d := z.dist[buf&(1<<distBits-1)]
		if d&isSpecial != 0 {
			if d&isLink == 0 {
				buf, nbits, why = was, had, stopCorrupt
				break
			}
			buf >>= distBits
			nbits -= distBits
			d = z.dist[(d>>valueShift+uint32(buf)&(1<<(d>>codeShift&codeMask)-1))%distSize]
			if d&isSpecial != 0 {
				buf, nbits, why = was, had, stopCorrupt
				break
			}
		}
		distance := uint(d>>valueShift) + uint(buf&(1<<(d&lenMask)-1)>>(d>>codeShift&codeMask))
		buf >>= d & lenMask
		nbits -= uint(d)
		if distance > op-history {
			buf, nbits, why = was, had, stopCorrupt
			break
		}

		buf, nbits, ip = refill(&z.in, buf, nbits, ip)
		e = z.lit[buf&(1<<litBits-1)]

		from := op - distance
		if distance >= 16 {
			s, o := from&winMask, op&winMask
			copy(z.win[o:o+16], z.win[s:s+16])
			s, o = (from+16)&winMask, (op+16)&winMask
			copy(z.win[o:o+16], z.win[s:s+16])
			for n := uint(32); n < length; n += 16 {
				s, o := (from+n)&winMask, (op+n)&winMask
				copy(z.win[o:o+16], z.win[s:s+16])
			}
		} else {
			repeat(&z.win, op, distance, length)
		}
		op += length
	}

	z.bits, z.nbits, z.ip, z.op = buf, nbits&lenMask, int(ip), int(op)
	return why
}

// refill makes 56 bits or more at hand, as input.refill does, with the state in
// registers.
func refill(in *[inSize + 8]byte, buf uint64, nbits, ip uint) (uint64, uint, uint) {
	i := ip & inMask
	buf |= binary.LittleEndian.Uint64(in[i:i+8]) << (nbits & 63)
	return buf, nbits | 56, ip + 7 - nbits>>3&7
}
