package filetree

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/tare-oci/tare/model"
)

// Query says which files are wanted: all of its words have to hold.
//
//	conf          the name has it, whatever the case
//	etc/conf      and so does the directory's, at its end
//	>10MB  <1kB   size
//	is:added      added, modified, deleted, unchanged; wasted, shadowed, leftover, duplicate, live
//	no:added      likewise, but not that
//	pkg:curl      the package that owns the file; pkg: for files of none
//	layer:3       the layer that holds it
type Query struct {
	Text  string
	words []queryWord
}

// queryWord is one condition. Names are in lower case.
type queryWord struct {
	kind    wordKind
	not     bool
	name    []byte
	parent  []byte
	size    int64
	change  byte
	verdict model.Verdict
	layer   int // or the finding
}

type wordKind uint8

const (
	wordName wordKind = iota
	wordLarger
	wordSmaller
	wordChange
	wordVerdict
	wordWasted
	wordPackage
	wordLayer
	wordFinding
	wordNothing // a condition that is not finished yet, and holds for all
)

var (
	changeWords  = map[string]byte{"added": Added, "modified": Modified, "deleted": Deleted, "unchanged": Unchanged}
	verdictWords = map[string]model.Verdict{"shadowed": model.Shadowed, "leftover": model.Leftover, "duplicate": model.Duplicate, "live": model.Live}
)

// ParseQuery reads what stands in the filter's line; nil where it asks nothing.
// Whatever is typed is a query: what is no condition is part of a name.
func ParseQuery(text string) *Query {
	q := &Query{Text: strings.TrimSpace(text)}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		q.words = append(q.words, parseWord(word))
	}
	if len(q.words) == 0 {
		return nil
	}
	return q
}

func parseWord(word string) queryWord {
	if word[0] == '>' || word[0] == '<' {
		kind := wordLarger
		if word[0] == '<' {
			kind = wordSmaller
		}
		n, err := humanize.ParseBytes(word[1:])
		if err != nil || n > 1<<62 {
			return queryWord{kind: wordNothing}
		}
		return queryWord{kind: kind, size: int64(n)}
	}
	what, is := strings.CutPrefix(word, "is:")
	no := false
	if !is {
		what, no = strings.CutPrefix(word, "no:")
	}
	if is || no {
		if change, ok := changeWords[what]; ok {
			return queryWord{kind: wordChange, not: no, change: change}
		}
		if verdict, ok := verdictWords[what]; ok {
			return queryWord{kind: wordVerdict, not: no, verdict: verdict}
		}
		if what == "wasted" {
			return queryWord{kind: wordWasted, not: no}
		}
		return queryWord{kind: wordNothing}
	}
	if name, ok := strings.CutPrefix(word, "pkg:"); ok {
		return queryWord{kind: wordPackage, name: []byte(name)}
	}
	if number, ok := strings.CutPrefix(word, "layer:"); ok {
		n, err := strconv.Atoi(number)
		if err != nil {
			return queryWord{kind: wordNothing}
		}
		return queryWord{kind: wordLayer, layer: n}
	}
	w := queryWord{name: []byte(word)}
	if at := strings.LastIndexByte(word, '/'); at >= 0 {
		w.name = []byte(word[at+1:])
		parent := strings.Trim(word[:at], "/")
		w.parent = []byte(parent[strings.LastIndexByte(parent, '/')+1:])
	}
	return w
}

// OfFinding is the query for the file versions that a finding holds; at is the
// finding's index in the report.
func OfFinding(at int) *Query {
	return &Query{words: []queryWord{{kind: wordFinding, layer: at}}}
}

// Unfinished returns the index of the first word that begins like a condition and
// is none, -1 where there is no such word.
func (q *Query) Unfinished() int {
	return slices.IndexFunc(q.words, func(w queryWord) bool { return w.kind == wordNothing })
}

// Toggle adds a word to a query's text, or takes it out where it is there.
func Toggle(text, word string) string {
	words := strings.Fields(text)
	if at := slices.Index(words, word); at >= 0 {
		words = slices.Delete(words, at, at+1)
	} else {
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

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
	// Whoever looks for a directory by its name wants to see what is in it.
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
		owner := int32(-1)
		if int(id) < len(t.Packages) {
			owner = t.Packages[id]
		}
		if len(w.name) == 0 {
			return owner < 0
		}
		return owner >= 0 && int(owner) < len(owners) && owners[owner]
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
