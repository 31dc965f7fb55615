package scan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// paxField names a record of a PAX extended header that changes what an entry
// is or weighs (POSIX.1-2001, "pax Extended Header"; GNU tar's manual, "Storing
// Sparse Files").
type paxField int

const (
	paxPath paxField = iota
	paxLink
	paxSize
	paxUID
	paxGID
	paxSparseName
	paxSparseSize // format 0.0 and 0.1
	paxSparseReal // format 1.0
	paxSparseMap
	paxSparseNumBlocks
	paxSparseMajor
	paxSparseMinor
	paxOpaque
	paxTime
	paxOwner
	paxGroup
	paxAttributes // all extended attributes, as a hash of eight bytes
	paxFieldCount
	paxSparseOffset // format 0.0: one of each for every piece of the file
	paxSparseNumBytes
	paxOther
)

func paxFieldOf(key []byte) paxField {
	switch string(key) {
	case "path":
		return paxPath
	case "linkpath":
		return paxLink
	case "size":
		return paxSize
	case "uid":
		return paxUID
	case "gid":
		return paxGID
	case "GNU.sparse.name":
		return paxSparseName
	case "GNU.sparse.size":
		return paxSparseSize
	case "GNU.sparse.realsize":
		return paxSparseReal
	case "GNU.sparse.map":
		return paxSparseMap
	case "GNU.sparse.numblocks":
		return paxSparseNumBlocks
	case "GNU.sparse.major":
		return paxSparseMajor
	case "GNU.sparse.minor":
		return paxSparseMinor
	case "SCHILY.xattr.trusted.overlay.opaque": // star's records of extended attributes
		return paxOpaque
	case "mtime":
		return paxTime
	case "uname":
		return paxOwner
	case "gname":
		return paxGroup
	case "GNU.sparse.offset":
		return paxSparseOffset
	case "GNU.sparse.numbytes":
		return paxSparseNumBytes
	}
	return paxOther
}

// paxFields are the values of one extended header; an empty one is as good as
// none. They are kept as they were written: of two records of a key the last
// one counts, so that a bad number before a good one does no harm.
type paxFields [paxFieldCount][]byte

func (p *paxFields) reset() {
	for i := range p {
		p[i] = p[i][:0]
	}
}

func (p *paxFields) has(f paxField) bool { return len(p[f]) > 0 }

// parse takes the records of a header, of the form "LENGTH KEY=VALUE\n", in
// place of those there were. Pieces of format 0.0, whose keys come again and
// again, are taken for the map of format 0.1.
func (p *paxFields) parse(data []byte) error {
	p.reset()
	var pieceMap []byte
	pieces := 0 // offsets and lengths
	for len(data) > 0 {
		key, value, rest, err := paxRecord(data)
		if err != nil {
			return err
		}
		data = rest
		switch string(key) {
		case "path", "linkpath", "uname", "gname":
			if bytes.IndexByte(value, 0) >= 0 {
				return fmt.Errorf("%w: a zero byte in a PAX %s", ErrTar, key)
			}
		}
		f := paxFieldOf(key)
		if f == paxOpaque || f == paxOther {
			p.attribute(key, value)
		}
		switch f {
		case paxOther:
		case paxSparseOffset, paxSparseNumBytes:
			if offset := pieces%2 == 0; offset != (f == paxSparseOffset) || bytes.IndexByte(value, ',') >= 0 {
				return fmt.Errorf("%w: the pieces of a sparse file are in disorder", ErrTar)
			}
			if pieces > 0 {
				pieceMap = append(pieceMap, ',')
			}
			pieceMap = append(pieceMap, value...)
			pieces++
		default:
			p[f] = append(p[f][:0], value...)
		}
	}
	if pieces > 0 {
		p[paxSparseMap] = append(p[paxSparseMap][:0], pieceMap...)
	}
	return nil
}

// attribute takes an extended attribute into the hash of all, whichever comes first.
// GNU tar and star write them as "SCHILY.xattr.NAME", libarchive also in a form of its own.
func (p *paxFields) attribute(key, value []byte) {
	if !bytes.HasPrefix(key, []byte("SCHILY.xattr.")) && !bytes.HasPrefix(key, []byte("SCHILY.acl.")) && !bytes.HasPrefix(key, []byte("LIBARCHIVE.xattr.")) {
		return
	}
	var sum [8]byte
	copy(sum[:], p[paxAttributes])
	all := binary.LittleEndian.Uint64(sum[:]) + xxhash.Sum64(key)*31 ^ xxhash.Sum64(value)
	p[paxAttributes] = binary.LittleEndian.AppendUint64(p[paxAttributes][:0], all)
}

// describe gives an entry what the header says of it beside its name and size. A time
// that is no number is as good as none here.
func (p *paxFields) describe(h *header) {
	if p.has(paxTime) {
		whole, _, _ := bytes.Cut(p[paxTime], []byte("."))
		if n, err := strconv.ParseInt(string(whole), 10, 64); err == nil {
			h.Time = n
		}
	}
	if p.has(paxOwner) || p.has(paxGroup) {
		h.OwnerNames += xxhash.Sum64(p[paxOwner])*31 ^ xxhash.Sum64(p[paxGroup])
	}
	if p.has(paxAttributes) {
		h.Extra ^= binary.LittleEndian.Uint64(p[paxAttributes])
	}
}

// number sets into to the value of a record, if there is one.
func (p *paxFields) number(f paxField, into *int64) error {
	if !p.has(f) {
		return nil
	}
	n, err := strconv.ParseInt(string(p[f]), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: a PAX header holds a number that is none", ErrTar)
	}
	*into = n
	return nil
}

// sparse reports whether the entry is a sparse file in one of GNU tar's PAX
// formats.
func (p *paxFields) sparse() bool {
	switch major, minor := string(p[paxSparseMajor]), string(p[paxSparseMinor]); {
	case major == "0" && (minor == "0" || minor == "1"), major == "1" && minor == "0":
		return true
	case major != "" || minor != "":
		return false // of a format nobody knows: plain content
	default:
		return p.has(paxSparseMap)
	}
}

// sparseSize is the field that holds a sparse file's real size.
func (p *paxFields) sparseSize() paxField {
	if p.has(paxSparseSize) {
		return paxSparseSize
	}
	return paxSparseReal
}

var errPAXRecord = fmt.Errorf("%w: a malformed PAX record", ErrTar)

func paxRecord(data []byte) (key, value, rest []byte, err error) {
	space := bytes.IndexByte(data, ' ')
	if space < 0 {
		return nil, nil, nil, errPAXRecord
	}
	n, e := strconv.ParseInt(string(data[:space]), 10, 0)
	if e != nil || n < 5 || n > int64(len(data)) || int64(space)+1 >= n {
		return nil, nil, nil, errPAXRecord
	}
	record, rest := data[space+1:n-1], data[n:]
	if data[n-1] != '\n' {
		return nil, nil, nil, errPAXRecord
	}
	equals := bytes.IndexByte(record, '=')
	if equals <= 0 || bytes.IndexByte(record[:equals], 0) >= 0 {
		return nil, nil, nil, errPAXRecord
	}
	return record[:equals], record[equals+1:], rest, nil
}
