package inflate

// What a block is (RFC 1951, section 3.2.3), and limits of a dynamic block's
// header (section 3.2.7).
const (
	typeStored  = 0
	typeFixed   = 1
	typeDynamic = 2

	maxLit  = 286
	maxDist = 30
	endCode = 256 // the literal/length symbol that ends a block

	// maxBlockHeader is the longest header of a block; see inPad.
	maxBlockHeader = 600
	// maxSymbol is more than refill may look at for one symbol.
	maxSymbol = 16
)

// codeOrder is the order in which a dynamic block's header has the lengths of
// the code length code.
var codeOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// blockHeader reads a block's header and readies what its body needs.
func (z *decoder) blockHeader() error {
	z.fill(maxBlockHeader)
	err := z.readBlockHeader()
	if cut := z.overrun(); cut != nil {
		return cut
	}
	return err
}

func (z *decoder) readBlockHeader() error {
	z.refill()
	z.final = z.take(1) == 1
	switch z.take(2) {
	case typeStored:
		z.align()
		z.refill()
		n := z.take(16)
		if z.take(16) != n^0xffff {
			return z.corrupt("bad length of a stored block")
		}
		z.align()
		z.stored = n
		z.state = inStored
		return nil
	case typeFixed:
		if !z.fixed {
			copy(z.lit[:1<<litBits], fixedLit()[:]) // no code is longer
			z.dist = *fixedDist()
			z.fixed = true
		}
		z.state = inHuffman
		return nil
	case typeDynamic:
		z.fixed = false
		z.state = inHuffman
		return z.dynamic()
	default:
		return z.corrupt("reserved block type")
	}
}

// dynamic reads the codes of a dynamic block (RFC 1951, section 3.2.7).
func (z *decoder) dynamic() error {
	nlit, ndist, npre := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if nlit > maxLit || ndist > maxDist {
		return z.corrupt("too many codes in a block header")
	}
	var pre [len(codeOrder)]uint8
	for i := range npre {
		if i%16 == 0 {
			z.refill()
		}
		pre[codeOrder[i]] = uint8(z.take(3))
	}
	if !buildPre(&z.pre, pre[:]) {
		return z.corrupt("bad code length code")
	}
	n := nlit + ndist
	for i := 0; i < n; {
		z.refill()
		e := z.pre[z.bits&(1<<preBits-1)]
		if e == 0 {
			return z.corrupt("bad code length")
		}
		z.take(uint(e & lenMask))
		sym := e >> valueShift
		if sym < 16 {
			z.lens[i] = uint8(sym)
			i++
			continue
		}
		var repeat int
		var value uint8
		switch sym {
		case 16:
			if i == 0 {
				return z.corrupt("repeated code length without a first one")
			}
			value = z.lens[i-1]
			repeat = 3 + z.take(2)
		case 17:
			repeat = 3 + z.take(3)
		default:
			repeat = 11 + z.take(7)
		}
		if repeat > n-i {
			return z.corrupt("too many code lengths")
		}
		for ; repeat > 0; repeat-- {
			z.lens[i] = value
			i++
		}
	}
	// compress/flate finds out that a block cannot end when its input does.
	if z.lens[endCode] == 0 {
		return z.corrupt("block without an end")
	}
	if !buildLit(&z.lit, z.lens[:nlit]) || !buildDist(&z.dist, z.lens[nlit:n]) {
		return z.corrupt("bad Huffman code")
	}
	return nil
}

// storedBlock copies a stored block's bytes.
func (z *decoder) storedBlock() error {
	for z.stored > 0 && z.op < outLimit {
		z.fill(1)
		n := copy(z.win[z.op:outLimit], z.in[z.ip:min(z.end, z.ip+z.stored)])
		if n == 0 {
			return z.cut()
		}
		z.ip += n
		z.op += n
		z.stored -= n
	}
	if z.stored == 0 {
		z.endBlock()
	}
	return nil
}

func (z *decoder) endBlock() {
	z.marks.add(z.offset(), z.out())
	z.state = atBlock
	if z.final {
		z.state = atTrailer
	}
}

// huffmanBlock decodes symbols until the block ends or the window is full.
func (z *decoder) huffmanBlock() error {
	for z.op < outLimit {
		z.fill(fastInput)
		switch z.fast() {
		case stopEnd:
			z.endBlock()
			return nil
		case stopRoom:
			if z.op >= outLimit || z.rerr == nil {
				continue
			}
		}
		// The input ends here, or this symbol is corrupt.
		end, err := z.symbol()
		if err != nil {
			return err
		}
		if end {
			z.endBlock()
			return nil
		}
	}
	return nil
}

// symbol decodes one literal or match, or the block's end, and checks everything.
func (z *decoder) symbol() (end bool, err error) {
	z.fill(maxSymbol)
	z.refill()
	e := lookup(z.lit[:], litBits, z.bits, &z.input)
	if e&isLiteral != 0 {
		z.take(uint(e & lenMask))
		if err := z.overrun(); err != nil {
			return false, err
		}
		z.win[z.op] = byte(e >> valueShift)
		z.op++
		return false, nil
	}
	if e&isEnd != 0 {
		z.take(uint(e & lenMask))
		return true, z.overrun()
	}
	if e&isSpecial != 0 {
		return false, z.badSymbol("bad literal or length")
	}
	length := z.value(e)
	d := lookup(z.dist[:], distBits, z.bits, &z.input)
	if d&isSpecial != 0 {
		return false, z.badSymbol("bad distance")
	}
	distance := z.value(d)
	if err := z.overrun(); err != nil {
		return false, err
	}
	if distance > z.op-z.history {
		return false, z.corrupt("match from before the start")
	}
	for range length {
		z.win[z.op] = z.win[z.op-distance]
		z.op++
	}
	return false, nil
}

// lookup finds the next code's entry in a table of 1<<width entries and their
// subtables. It consumes the part of the code that led to a subtable.
func lookup(table []uint32, width uint, bits uint64, in *input) uint32 {
	e := table[bits&(1<<width-1)]
	if e&isLink == 0 {
		return e
	}
	in.take(width)
	return table[e>>valueShift+uint32(in.bits)&(1<<(e>>codeShift&codeMask)-1)]
}

// value consumes a length or distance and its extra bits.
func (z *decoder) value(e uint32) int {
	code := uint(e >> codeShift & codeMask)
	z.take(code)
	return int(e>>valueShift) + z.take(uint(e&lenMask)-code)
}

// badSymbol is the error of a symbol that has no meaning, unless the input has
// ended in the middle of it.
func (z *decoder) badSymbol(what string) error {
	if err := z.overrun(); err != nil {
		return err
	}
	return z.corrupt(what)
}
