package filetree

import (
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

// ParseQuery reads the text of the filter prompt; it returns nil for an empty text. There are no
// errors: a word that is not a condition is looked for in names.
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

// Unfinished returns the index of the first word that begins like a condition but is not a valid
// one, -1 if there is no such word.
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
