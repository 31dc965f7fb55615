package scan

import (
	"bytes"
	"fmt"
	"strconv"
)

// Which records of a PAX header were there.
const (
	paxPath = 1 << iota
	paxLink
	paxSize
	paxUID
	paxGID
	paxSparseName
	paxSparseSize // format 0.0 and 0.1
	paxSparseReal // format 1.0
	paxSparseMap
	paxMajor
	paxMinor
)

// paxFields are the records of a PAX extended header (POSIX.1-2001, "pax
// Extended Header") that change what an entry is or weighs.
type paxFields struct {
	set                  int
	path, link           []byte
	size, uid, gid       int64
	sparseName           []byte
	sparseSize, realSize int64
	major, minor         string
}

func (p *paxFields) reset() { *p = paxFields{path: p.path[:0], link: p.link[:0]} }

func (p *paxFields) has(field int) bool { return p.set&field != 0 }

// parse reads records of the form "LENGTH KEY=VALUE\n".
func (p *paxFields) parse(data []byte) error {
	for len(data) > 0 {
		key, value, rest, err := paxRecord(data)
		if err != nil {
			return err
		}
		data = rest
		if err := p.take(string(key), value); err != nil {
			return err
		}
	}
	return nil
}

func (p *paxFields) take(key string, value []byte) error {
	number := func(into *int64, field int) error {
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: bad %s in a PAX header", ErrTar, key)
		}
		*into = n
		p.set |= field
		return nil
	}
	switch key {
	case "path", "linkpath", "uname", "gname":
		if bytes.IndexByte(value, 0) >= 0 {
			return fmt.Errorf("%w: a zero byte in a PAX %s", ErrTar, key)
		}
	}
	if len(value) == 0 { // an empty value takes the record back
		switch key {
		case "path":
			p.set &^= paxPath
		case "linkpath":
			p.set &^= paxLink
		case "size":
			p.set &^= paxSize
		case "uid":
			p.set &^= paxUID
		case "gid":
			p.set &^= paxGID
		}
		return nil
	}
	switch key {
	case "path":
		p.path = append(p.path[:0], value...)
		p.set |= paxPath
	case "linkpath":
		p.link = append(p.link[:0], value...)
		p.set |= paxLink
	case "size":
		return number(&p.size, paxSize)
	case "uid":
		return number(&p.uid, paxUID)
	case "gid":
		return number(&p.gid, paxGID)
	case "GNU.sparse.name":
		p.sparseName = bytes.Clone(value)
		p.set |= paxSparseName
	case "GNU.sparse.size":
		return number(&p.sparseSize, paxSparseSize)
	case "GNU.sparse.realsize":
		return number(&p.realSize, paxSparseReal)
	case "GNU.sparse.map":
		p.set |= paxSparseMap
	case "GNU.sparse.major":
		p.major = string(value)
		p.set |= paxMajor
	case "GNU.sparse.minor":
		p.minor = string(value)
		p.set |= paxMinor
	}
	return nil
}

// sparse says whether the entry is a sparse file in one of GNU tar's PAX
// formats, its real size, and its name where the format keeps that apart.
func (p *paxFields) sparse() (size int64, name []byte, ok bool) {
	version1 := p.major == "1" && p.minor == "0"
	version0 := p.major == "0" && (p.minor == "0" || p.minor == "1") ||
		!p.has(paxMajor) && !p.has(paxMinor) && p.has(paxSparseMap)
	if !version0 && !version1 {
		return 0, nil, false
	}
	switch {
	case p.has(paxSparseSize):
		size = p.sparseSize
	case p.has(paxSparseReal):
		size = p.realSize
	default:
		return 0, nil, false
	}
	if size < 0 {
		return 0, nil, false
	}
	if p.has(paxSparseName) {
		name = p.sparseName
	}
	return size, name, true
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
