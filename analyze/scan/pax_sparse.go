package scan

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

var errSparseMap = fmt.Errorf("%w: the map of a sparse file does not fit the file", ErrTar)

// checkMap checks the map of a sparse file of a size in formats 0.0 and 0.1, which
// stands in the header: as many pieces as it says, in order, apart from each other,
// and within the file. Container engines refuse others, as archive/tar does; a file
// could weigh less than what is stored of it. In format 1.0 the map stands in
// front of the content, and is not looked at.
func (p *paxFields) checkMap(size int64) error {
	if string(p[paxSparseMajor]) == "1" {
		return nil
	}
	blocks, err := strconv.ParseInt(string(p[paxSparseNumBlocks]), 10, 32)
	if err != nil || blocks < 0 {
		return errSparseMap
	}
	end := int64(0) // of the piece before
	rest, more := p[paxSparseMap], p.has(paxSparseMap)
	for ; more; blocks-- {
		var offset, length int64
		if offset, rest, more = mapNumber(rest); !more {
			return errSparseMap
		}
		length, rest, more = mapNumber(rest)
		if offset < end || length < 0 || offset > math.MaxInt64-length || offset+length > size {
			return errSparseMap
		}
		end = offset + length
	}
	if blocks != 0 {
		return errSparseMap
	}
	return nil
}

// mapNumber takes a number from the beginning of a map; -1 where there is none.
// More says that a comma stands behind it.
func mapNumber(text []byte) (n int64, rest []byte, more bool) {
	first, rest, more := bytes.Cut(text, []byte{','})
	n, err := strconv.ParseInt(string(first), 10, 64)
	if err != nil {
		n = -1
	}
	return n, rest, more
}
