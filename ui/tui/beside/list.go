package beside

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// row is one step, finding, package or path of the two images.
type row struct {
	what      what
	index     int // of the thing in its list of the comparison, or among the steps
	bytes     model.Delta
	predicted *int64 // what the new one was to weigh; nil where nothing was predicted
	counted   int64  // of such a finding: what the new image has of it as waste
	kind      model.DeltaKind
	same      bool               // nothing of it changed
	again     *model.PulledAgain // of a step: what of its layer is pulled again; nil for nothing
	name      string
	cause     *model.Step
	words     string // what it is found by, in small letters
	path      string // of the new image, "" where there is none
	steps     *compareStep
	fold      []row // rows that are folded into this one
	nested    bool
}

// what a row is about.
type what uint8

const (
	ofStep what = iota
	ofFinding
	ofPackage
	ofPath
)

// order says how a list is sorted.
type order uint8

const (
	byOrder  order = iota // as they come: of steps, the order of the build
	byChange              // what changed most first
	byName
	byOld
	byNew
	orders
)

// orderNames are what the orders are called.
var orderNames = [...]string{byOrder: "in the order of the build", byChange: "by change", byName: "by name", byOld: "by size before", byNew: "by size now"}

// list is rows with a cursor.
type list struct {
	draw.List
	name, title string
	first       order // the one it begins with
	order       order
	rows        []row   // as they come
	sorted      []int32 // indexes of rows
	shown       []shown // what the filter and the folds leave of them
	filter      string
	found       int
	open        map[int32]bool // rows with their fold open
}

// shown is a row that is shown: one of the list's, or one of those folded into it.
type shown struct {
	row    int32
	inside int32 // index in the row's fold, -1 for the row itself
}

func newList(name, title string, first order, rows []row) *list {
	l := &list{name: name, title: title, first: first, order: first, rows: rows, open: make(map[int32]bool)}
	l.sort()
	return l
}

// above is how many rows stand above the list: the heading, and what it is narrowed to.
func (l *list) above() int {
	if l.filter != "" {
		return 2
	}
	return 1
}

// at is a row that is shown.
func (l *list) at(i int) *row {
	s := l.shown[i]
	if s.inside >= 0 {
		return &l.rows[s.row].fold[s.inside]
	}
	return &l.rows[s.row]
}

// row is the one under the cursor, nil where there is none.
func (l *list) row() *row {
	if l.Cursor < 0 || l.Cursor >= len(l.shown) {
		return nil
	}
	return l.at(l.Cursor)
}

// sortNext sorts by the next of the orders. The cursor stays on its row.
func (l *list) sortNext() {
	for {
		if l.order = (l.order + 1) % orders; l.order != byOrder || l.first == byOrder {
			break
		}
	}
	before := l.current()
	l.sort()
	l.to(before)
}

// sort orders the rows anew. In the order of a build nothing is compared.
func (l *list) sort() {
	l.sorted = l.sorted[:0]
	for i := range l.rows {
		l.sorted = append(l.sorted, int32(i))
	}
	if l.order != byOrder {
		slices.SortStableFunc(l.sorted, func(i, j int32) int {
			a, b := &l.rows[i], &l.rows[j]
			switch l.order {
			case byName:
				return cmp.Compare(a.name, b.name)
			case byOld:
				return cmp.Compare(b.bytes.Old, a.bytes.Old)
			case byNew:
				return cmp.Compare(b.bytes.New, a.bytes.New)
			}
			return cmp.Or(last(a.predicted == nil)-last(b.predicted == nil), cmp.Compare(weight(b), weight(a)))
		})
	}
	l.lay()
}

// last puts a row behind those of which something does not hold.
func last(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// weight is how much a row changed, up or down.
func weight(r *row) int64 { return max(r.bytes.Growth, -r.bytes.Growth) }

// lay lists the rows that are visible with the filter and the folds.
func (l *list) lay() {
	words := strings.Fields(strings.ToLower(l.filter))
	l.shown, l.found = l.shown[:0], 0
	for _, i := range l.sorted {
		r := &l.rows[i]
		if len(words) == 0 {
			l.shown = append(l.shown, shown{i, -1})
			for j := range r.fold {
				if l.open[i] {
					l.shown = append(l.shown, shown{i, int32(j)})
				}
			}
			continue
		}
		if len(r.fold) == 0 && has(r.words, words) {
			l.shown = append(l.shown, shown{i, -1})
		}
		for j := range r.fold {
			if has(r.fold[j].words, words) {
				l.shown = append(l.shown, shown{i, int32(j)})
			}
		}
	}
	l.found = len(l.shown)
	l.Resize(len(l.shown), l.Height)
}

func has(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// current is the row under the cursor, for after the rows have changed.
func (l *list) current() shown {
	if l.Cursor < len(l.shown) {
		return l.shown[l.Cursor]
	}
	return shown{-1, -1}
}

func (l *list) to(s shown) {
	if at := slices.Index(l.shown, s); at >= 0 {
		l.To(at)
	} else {
		l.To(l.Cursor)
	}
}

// narrow leaves the rows that have all words of a text; "" shows all again.
func (l *list) narrow(text string) {
	before := l.current()
	l.filter = text
	l.lay()
	l.to(before)
}

// turn opens or closes the row under the cursor, and reports whether it could.
func (l *list) turn(open bool) bool {
	if l.Cursor >= len(l.shown) || l.filter != "" {
		return false
	}
	s := l.shown[l.Cursor]
	if len(l.rows[s.row].fold) == 0 || l.open[s.row] == open {
		return false
	}
	l.open[s.row] = open
	l.lay()
	l.to(shown{s.row, -1})
	return true
}

// said returns how many rows match the filter, in words.
func (l *list) said() string {
	if l.filter == "" {
		return ""
	}
	if l.found == 1 {
		return "1 match"
	}
	return display.Count(l.found) + " matches"
}
