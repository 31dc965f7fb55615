package compare

import "github.com/tare-oci/tare/model"

// StillThere returns for each of some findings of an older image, indexes in its report, how many
// of their bytes the newer image has as well, whatever rule holds them there: what was waste may be
// wanted now. It is nil where one of the reports has no tree.
//
// Paths are compared, and what all versions of a file weigh there. Where less of that is left than
// before, the versions of these findings go first.
func StillThere(from, to *model.Report, findings []int) []int64 {
	if from.Tree == nil || to.Tree == nil {
		return nil
	}
	s := &survey{
		held: make([][]share, len(from.Tree.Nodes)), others: make([]int64, len(from.Tree.Nodes)), below: make([]bool, len(from.Tree.Nodes)),
		now: bytesAt(to.Tree), still: make([]int64, len(findings)),
	}
	place := make([]int, len(from.Findings))
	for i, f := range findings {
		place[f] = i + 1
	}
	s.collect(from.Tree, place)
	open := []both{{model.Root, model.Root, 0}}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		s.count(at)
		if at.to == model.NoNode || !s.below[at.from] {
			continue
		}
		for _, b := range insideOf(from.Tree, to.Tree, at) {
			if b.from != model.NoNode {
				open = append(open, b)
			}
		}
	}
	return s.still
}

// survey is the work of StillThere.
type survey struct {
	held   [][]share // by node of the older tree: what the findings hold there
	others []int64   // by node: the bytes of the versions that none of them holds
	below  []bool    // by node: a finding holds something below it
	now    []int64   // by node of the newer tree: the bytes of all versions
	still  []int64
}

// share is what one finding holds at a path.
type share struct {
	of    int
	bytes int64
}

// collect notes what the findings hold, and where. place is 0 where a finding is not asked for,
// else one more than its place among those that are.
func (s *survey) collect(t *model.Tree, place []int) {
	names := t.VisibleNames()
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind != model.File {
			continue
		}
		n := names.First(model.RecordID(i))
		at := 0
		if f := r.Finding(); int64(f) < int64(len(place)) {
			at = place[f]
		}
		if at == 0 {
			s.others[n] += r.Size.Bytes()
			continue
		}
		s.held[n] = append(s.held[n], share{at - 1, r.Size.Bytes()})
		for up := t.Nodes[n].Parent; !s.below[up]; up = t.Nodes[up].Parent {
			s.below[up] = true
		}
	}
}

// count adds what is left at a path to the findings that held something there.
func (s *survey) count(at both) {
	if at.to == model.NoNode || len(s.held[at.from]) == 0 {
		return
	}
	left := s.now[at.to] - s.others[at.from]
	for _, held := range s.held[at.from] {
		stays := max(min(held.bytes, left), 0)
		s.still[held.of] += stays
		left -= stays
	}
}

// bytesAt returns for each node of a tree what the versions weigh that stand there.
func bytesAt(t *model.Tree) []int64 {
	at, names := make([]int64, len(t.Nodes)), t.VisibleNames()
	for i := range t.Records {
		if r := &t.Records[i]; r.Kind == model.File {
			at[names.First(model.RecordID(i))] += r.Size.Bytes()
		}
	}
	return at
}
