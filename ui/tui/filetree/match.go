package filetree

import (
	"bytes"

	"github.com/tare-oci/tare/model"
)

// Matches is what a query finds in a layer tree.
type Matches struct {
	query *Query
	Match []bool // by entry
	Holds []bool // by entry: something below it matches
	keep  []bool // by entry: it is to be shown
	Count int
	Bytes int64
}

// Find looks at every entry once: a few dozen nanoseconds each.
func (q *Query) Find(lt *LayerTree, report *model.Report) *Matches {
	n := len(lt.Entries)
	f := &Matches{query: q, Match: make([]bool, n), Holds: make([]bool, n), keep: make([]bool, n)}
	owners := q.owners(report)
	f.keep[0] = true
	for i := n - 1; i > 0; i-- { // children stand behind their directories
		e := &lt.Entries[i]
		if q.holds(lt, e, owners) {
			f.Match[i] = true
			f.Count++
			if e.count == 0 {
				f.Bytes += e.Size
			}
		}
		if f.Match[i] || f.Holds[i] {
			f.keep[i] = true
			f.Holds[e.Parent] = true
		}
	}
	if !q.names() {
		return f
	}
	// A person who searches for a directory by name wants to see what is in it.
	inside := make([]bool, n)
	f.Bytes = 0
	for i := 1; i < n; i++ {
		e := &lt.Entries[i]
		if inside[i] = f.Match[e.Parent] || inside[e.Parent]; inside[i] {
			f.keep[i] = true
		} else if f.Match[i] {
			f.Bytes += e.Size
		}
	}
	return f
}

// names reports whether the query is about names alone.
func (q *Query) names() bool {
	for i := range q.words {
		if q.words[i].kind != wordName {
			return false
		}
	}
	return true
}

// owners says by package and word whether the package's name has the word.
func (q *Query) owners(report *model.Report) [][]bool {
	all := make([][]bool, len(q.words))
	for i := range q.words {
		if q.words[i].kind != wordPackage || report == nil {
			continue
		}
		all[i] = make([]bool, len(report.Packages))
		for p := range report.Packages {
			all[i][p] = foldContains([]byte(report.Packages[p].Name), q.words[i].name)
		}
	}
	return all
}

func (q *Query) holds(lt *LayerTree, e *Entry, owners [][]bool) bool {
	for i := range q.words {
		w := &q.words[i]
		if w.not && e.count > 0 {
			return false // of a directory, what is left of it says enough
		}
		if w.holds(lt, e, owners[i]) == w.not {
			return false
		}
	}
	return true
}

func (w *queryWord) holds(lt *LayerTree, e *Entry, owners []bool) bool {
	switch w.kind {
	case wordName:
		if !foldContains(lt.Tree.NameBytes(e.Node), w.name) {
			return false
		}
		if w.parent == nil {
			return true
		}
		parent := lt.Tree.NameBytes(lt.Tree.Nodes[e.Node].Parent)
		return len(parent) >= len(w.parent) && bytes.EqualFold(parent[len(parent)-len(w.parent):], w.parent)
	case wordNothing:
		return true
	case wordLarger:
		return e.count == 0 && e.Size > w.size
	case wordSmaller:
		return e.count == 0 && e.Size < w.size
	case wordChange:
		return e.Change == w.change && (e.count == 0 || e.Change != Unchanged)
	case wordWasted:
		return e.count == 0 && e.Wasted > 0
	}
	for id := range lt.Versions(e) {
		if w.holdsVersion(lt.Tree, id, owners) {
			return true
		}
	}
	return false
}

// holdsVersion judges one of the records that lie at a path.
func (w *queryWord) holdsVersion(t *model.Tree, id model.RecordID, owners []bool) bool {
	r := &t.Records[id]
	switch w.kind {
	case wordVerdict:
		return r.Kind == model.File && r.Verdict == w.verdict
	case wordLayer:
		return int(r.Layer) == w.layer
	case wordFinding:
		return r.Finding() == uint32(w.layer)
	case wordPackage:
		if r.Kind > model.Link {
			return false
		}
		owner := t.Owner(id)
		if len(w.name) == 0 {
			return owner < 0
		}
		return owner >= 0 && owner < len(owners) && owners[owner]
	}
	return false
}

// foldContains reports whether s contains sub, which is in lower case; only ASCII
// letters are folded, since names are bytes.
func foldContains(s, sub []byte) bool {
	if len(sub) == 0 {
		return true
	}
	first, upper := sub[0], sub[0]
	if first >= 'a' && first <= 'z' {
		upper -= 'a' - 'A'
	}
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i] != first && s[i] != upper {
			continue
		}
		n := 1
		for n < len(sub) && lower(s[i+n]) == sub[n] {
			n++
		}
		if n == len(sub) {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
