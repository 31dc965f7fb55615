package rpmdb

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// An ndb file begins with slots of 16 bytes, in pages of 4096; the first two
// slots are the file's header. A slot tells where a blob is, in units of 16
// bytes. All numbers are little-endian.
const (
	ndbUnit     = 16
	ndbSlotPage = 4096
	ndbFirst    = 2 * ndbUnit
)

func isNDB(data []byte) bool { return bytes.HasPrefix(data, []byte("RpmP")) && len(data) >= ndbFirst }

func readNDB(data []byte, yield func([]byte) bool) error {
	slots := uint64(binary.LittleEndian.Uint32(data[12:])) * ndbSlotPage
	if slots > uint64(len(data)) {
		return fmt.Errorf("ndb: its table of packages is cut off: %w", ErrFormat)
	}
	left := len(data)
	for at := ndbFirst; at+ndbUnit <= int(slots); at += ndbUnit {
		slot := data[at : at+ndbUnit]
		if string(slot[:4]) != "Slot" {
			return fmt.Errorf("ndb: byte %d is no slot: %w", at, ErrFormat)
		}
		index := binary.LittleEndian.Uint32(slot[4:])
		if index == 0 {
			continue
		}
		blob, err := ndbBlob(data, int64(binary.LittleEndian.Uint32(slot[8:]))*ndbUnit, index)
		if err != nil {
			return err
		}
		if left -= len(blob); left < 0 {
			return fmt.Errorf("ndb: packages share their bytes: %w", ErrFormat)
		}
		if !yield(blob) {
			return nil
		}
	}
	return nil
}

func ndbBlob(data []byte, at int64, index uint32) ([]byte, error) {
	if at+ndbUnit <= int64(len(data)) {
		head := data[at : at+ndbUnit]
		size := int64(binary.LittleEndian.Uint32(head[12:]))
		if string(head[:4]) == "BlbS" && binary.LittleEndian.Uint32(head[4:]) == index && size <= int64(len(data))-at-ndbUnit {
			return data[at+ndbUnit : at+ndbUnit+size], nil
		}
	}
	return nil, fmt.Errorf("ndb: package %d is not where it should be: %w", index, ErrFormat)
}
