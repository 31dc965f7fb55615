package rpmdb

import (
	"encoding/binary"
	"fmt"
)

// Pages of a Berkeley DB hash begin with a head of 26 bytes: at 16 the next page
// of a chain, at 20 the number of items, at 22 how much of an overflow page is in
// use, at 25 the kind. Then come the places of the items, keys and values in
// turn; items are stored from the end of the page down.
const (
	bdbHead     = 26
	bdbMagic    = 0x061561
	bdbUnsorted = 2 // a page of items as RHEL 5 wrote it
	bdbOverflow = 7
	bdbHash     = 13

	bdbInline  = 1 // an item that is all there
	bdbOffPage = 3 // an item that is a chain of overflow pages
)

type berkeley struct {
	data  []byte
	size  int // of a page
	order binary.ByteOrder
	left  int // pages of chains that may still be followed
}

func readBerkeley(data []byte, yield func([]byte) bool) error {
	b := berkeley{data: data}
	if len(data) >= 512 {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if order.Uint32(data[12:]) == bdbMagic {
				b.order, b.size = order, int(min(order.Uint32(data[20:]), 1<<17))
			}
		}
	}
	if b.order == nil || b.size < 512 || b.size > 64<<10 || b.size&(b.size-1) != 0 {
		return ErrFormat
	}
	b.left = len(data) / b.size
	for page := 1; page < len(data)/b.size; page++ {
		p := b.page(uint32(page))
		if kind := p[25]; kind != bdbHash && kind != bdbUnsorted {
			continue
		}
		more, err := b.items(p, yield)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// page returns a page, nil if the file ends before.
func (b *berkeley) page(n uint32) []byte {
	start := int64(n) * int64(b.size)
	if start+int64(b.size) > int64(len(b.data)) {
		return nil
	}
	return b.data[start : start+int64(b.size)]
}

// items passes on the values of a page: every second item.
func (b *berkeley) items(page []byte, yield func([]byte) bool) (more bool, err error) {
	count := int(b.order.Uint16(page[20:]))
	if bdbHead+2*count > b.size {
		return false, fmt.Errorf("berkeley db: a page has too many items: %w", ErrFormat)
	}
	end := func(i int) int { return int(b.order.Uint16(page[bdbHead+2*i:])) }
	for i := 1; i < count; i += 2 {
		from, to := end(i), end(i-1)
		if from < bdbHead || from >= b.size {
			return false, fmt.Errorf("berkeley db: an item is outside of its page: %w", ErrFormat)
		}
		var blob []byte
		switch item := page[from:]; {
		case item[0] == bdbOffPage && len(item) >= 12:
			if blob, err = b.chain(b.order.Uint32(item[4:]), b.order.Uint32(item[8:])); err != nil {
				return false, err
			}
		case item[0] == bdbInline && to > from && to <= b.size:
			blob = page[from+1 : to]
		}
		// The first value of all is a counter, not a package.
		if len(blob) >= headerStart && !yield(blob) {
			return false, nil
		}
	}
	return true, nil
}

// chain joins the overflow pages of one item.
func (b *berkeley) chain(n, size uint32) ([]byte, error) {
	if int64(size) > int64(len(b.data)) {
		return nil, fmt.Errorf("berkeley db: an item is larger than the file: %w", ErrFormat)
	}
	var blob []byte
	for n != 0 && len(blob) < int(size) {
		p := b.page(n)
		if b.left--; p == nil || b.left < 0 || p[25] != bdbOverflow {
			return nil, fmt.Errorf("berkeley db: page %d is no part of an item: %w", n, ErrFormat)
		}
		used := min(int(b.order.Uint16(p[22:])), b.size-bdbHead)
		blob = append(blob, p[bdbHead:bdbHead+used]...)
		n = b.order.Uint32(p[16:])
	}
	return blob[:min(len(blob), int(size))], nil
}
