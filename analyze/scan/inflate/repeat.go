package inflate

import "encoding/binary"

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

// repeat copies length bytes that stand distance bytes, 1 to 15, before op: the copy
// reads what it has just written. It may write a word more than length.
func repeat(win *[winSize + winPad]byte, op, distance, length uint) {
	from := (op - distance) & winMask
	if distance >= 8 {
		for n := uint(0); n < length; n += 8 {
			s, o := (from+n)&winMask, (op+n)&winMask
			copy(win[o:o+8], win[s:s+8])
		}
		return
	}
	r := &repeats[distance&7]
	word := binary.LittleEndian.Uint64(win[from:from+8]) & r.mask * r.times
	for n := uint(0); n < length; n += r.step {
		o := (op + n) & winMask
		binary.LittleEndian.PutUint64(win[o:o+8], word)
	}
}
