package redact

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"
)

// minKnown is how many bytes a value must have to be masked wherever it stands.
// A shorter one is masked behind its name only, or half the text would be gone.
const minKnown = 8

// maxCompared is how many bytes of a value are compared at each place of a text.
// A longer value is found by its beginning.
const maxCompared = 512

// repeats reports whether a value is one that may be looked for everywhere: it
// has letters and digits. POSTGRES_PASSWORD=postgres is masked behind its name.
func repeats(value string) bool {
	return len(value) >= minKnown && strings.ContainsAny(value, "0123456789") && strings.Trim(value, "0123456789.") != ""
}

// known finds many values in one pass over a text. The values are sorted, so that
// those with the same first eight bytes stand together; a text is looked up by the
// eight bytes at each place, and a binary search finds the longest value there.
type known struct {
	values []string          // sorted, without the same twice
	inner  []int32           // by value: the longest other one that it begins with, or -1
	at     map[uint64][2]int // by the first eight bytes: the values that begin so
	whole  map[string]string // values of more than maxCompared bytes, by their beginning
	filter []uint64          // bits of hashes of the keys of at; most places of a text have none
}

func newKnown(values []string) *known {
	if len(values) == 0 {
		return nil
	}
	k := &known{at: make(map[uint64][2]int), whole: make(map[string]string)}
	for i, v := range values {
		if len(v) > maxCompared {
			values[i] = v[:maxCompared]
			k.whole[values[i]] = v
		}
	}
	slices.Sort(values)
	k.values = slices.Compact(values)
	k.inner = make([]int32, len(k.values))
	size := 1024
	for size < len(k.values)/4 {
		size *= 2
	}
	k.filter = make([]uint64, size)
	for i, v := range k.values {
		k.inner[i] = -1
		for j := i - 1; j >= 0; j = int(k.inner[j]) {
			if strings.HasPrefix(v, k.values[j]) {
				k.inner[i] = int32(j)
				break
			}
		}
		key := firstBytes(v)
		first := i
		if have, ok := k.at[key]; ok {
			first = have[0]
		}
		k.at[key] = [2]int{first, i + 1}
		bit := k.bit(key)
		k.filter[bit/64] |= 1 << (bit % 64)
	}
	return k
}

func firstBytes(text string) uint64 { return binary.LittleEndian.Uint64([]byte(text[:minKnown])) }

// bit is a key's place in the filter.
func (k *known) bit(key uint64) uint64 {
	return key * 0x9e3779b97f4a7c15 >> 20 % (uint64(len(k.filter)) * 64)
}

// find appends where values stand in a text.
func (k *known) find(text string, found []span) []span {
	if k == nil || len(text) < minKnown {
		return found
	}
	var key uint64
	for i := range minKnown - 1 {
		key = key>>8 | uint64(text[i])<<56
	}
	skip := 0
	for i := 0; i+minKnown <= len(text); i++ {
		key = key>>8 | uint64(text[i+minKnown-1])<<56
		bit := k.bit(key)
		if i < skip || k.filter[bit/64]>>(bit%64)&1 == 0 {
			continue
		}
		if n := k.longest(key, text[i:]); n > 0 {
			end := i + n
			for rest := k.whole[text[i:end]]; n < len(rest) && end < len(text) && text[end] == rest[n]; n++ {
				end++
			}
			found = append(found, span{i, end, true})
			skip = end
		}
	}
	return found
}

// longest is the length of the longest value that a text begins with, 0 where
// there is none.
func (k *known) longest(key uint64, text string) int {
	group, ok := k.at[key]
	if !ok {
		return 0
	}
	text = text[:min(len(text), maxCompared)]
	values := k.values[group[0]:group[1]]
	i := group[0] + sort.Search(len(values), func(i int) bool { return values[i] > text }) - 1
	for ; i >= group[0]; i = int(k.inner[i]) {
		if strings.HasPrefix(text, k.values[i]) {
			return len(k.values[i])
		}
	}
	return 0
}
