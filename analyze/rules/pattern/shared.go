package pattern

import (
	"strconv"
	"strings"
	"sync"

	"github.com/tare-oci/tare/model"
)

// Owned is a pattern with its owner.
type Owned struct {
	Pattern string
	Owner   int
}

// Of makes an index of patterns, as New and Add do. Images whose patterns are the same, as
// most of a catalogue's are, share what was made of them.
func Of(t *model.Tree, patterns []Owned) *Index {
	var key strings.Builder
	for _, p := range patterns {
		key.WriteString(p.Pattern)
		key.WriteByte(0)
		key.WriteString(strconv.Itoa(p.Owner))
		key.WriteByte(0)
	}
	shared.Lock()
	defer shared.Unlock()
	known, ok := shared.made[key.String()]
	if !ok {
		index := New(nil)
		for _, p := range patterns {
			index.Add(p.Pattern, p.Owner)
		}
		known = tries{top: index.top, any: index.any}
		if shared.made == nil || len(shared.made) == maxShared {
			shared.made = make(map[string]tries)
		}
		shared.made[key.String()] = known
	}
	index := New(t)
	index.top, index.any = known.top, known.any
	index.all[0].active = []*trie{index.top}
	return index
}

// tries are patterns of an index. A lookup changes nothing in them.
type tries struct{ top, any *trie }

// shared are the tries that were made last.
var shared struct {
	sync.Mutex
	made map[string]tries
}

// maxShared is how many are kept: each takes some hundred kB.
const maxShared = 8
