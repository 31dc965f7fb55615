package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// pair ties an instruction before an edit to the one that it becomes. The fields are indexes in
// the instructions before and after the edit.
type pair struct {
	before, after int // -1: there is none
	// near is an instruction before the edit: the one that a new instruction stands
	// behind (the first, where the new one comes first of all); of a removed
	// instruction, the last one before it that stays.
	near int
	// into is the instruction after the edit that a removed one became part of; -1
	// where instructions that stay lie between the two.
	into int
}

// align pairs instructions before and after an edit.
func align(before, after []string) []pair {
	from, moved := movedInFront(before, after)
	if !moved {
		return alignInOrder(before, after)
	}
	rest := slices.Clone(before)
	if from >= 0 {
		rest = slices.Delete(rest, from, from+1)
	}
	pairs, gone := []pair{{-1, 0, 0, -1}}, from < 0 // gone: the RUN that moved has its pair
	for _, s := range alignInOrder(rest, after[1:]) {
		for _, k := range []*int{&s.before, &s.near} {
			if from >= 0 && *k >= from {
				*k++
			}
		}
		for _, k := range []*int{&s.after, &s.into} {
			if *k >= 0 {
				*k++
			}
		}
		if !gone && s.before > from {
			pairs, gone = append(pairs, pair{from, -1, from - 1, -1}), true
		}
		pairs = append(pairs, s)
	}
	if !gone {
		pairs = append(pairs, pair{from, -1, from - 1, -1})
	}
	return pairs
}

// movedInFront reports whether the first RUN after an edit makes a user that a later one made
// before, so that it is new where it stands. from is the RUN that did nothing else, -1 where it
// does more.
func movedInFront(before, after []string) (from int, ok bool) {
	if len(before) == 0 || len(after) == 0 {
		return -1, false
	}
	makes := commandsOf(after[:1])
	if len(makes) == 0 || holdsCommands(before[0], makes) || slices.ContainsFunc(makes, func(c rewrite.Command) bool { return !c.CreatesUsers() }) {
		return -1, false
	}
	for i, text := range before {
		if rewrite.Keyword(text) != "RUN" || !holdsCommands(text, makes) {
			continue
		}
		if holdsCommands(after[0], commandsOf(before[i:i+1])) {
			return i, true
		}
		return -1, true
	}
	return -1, false
}

// alignInOrder pairs instructions that keep their order. Instructions that stay the same are
// anchors (a longest common subsequence). Between two anchors the others are paired in
// order, and by keyword where there are more after the edit; an instruction without a partner was removed or is new. Time and memory grow with
// len(before) times len(after), which maxSpan bounds.
func alignInOrder(before, after []string) []pair {
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var pairs []pair
	near := 0
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		a, b := i, j
		for a < len(before) && b < len(after) && before[a] != after[b] {
			if common[a+1][b] >= common[a][b+1] {
				a++
			} else {
				b++
			}
		}
		if a == len(before) || b == len(after) {
			a, b = len(before), len(after)
		}
		into := -1
		if joined, ok := pairByCommands(before[i:a], after[j:b], i, j, near); ok {
			pairs = append(pairs, joined...)
			near = nearOf(joined, near)
			i, j = a, b
		}
		for i < a || j < b {
			switch {
			case i < a && j < b && b-j > a-i && rewrite.Keyword(before[i]) != rewrite.Keyword(after[j]):
				pairs = append(pairs, pair{-1, j, near, -1})
				j++
			case i < a && j < b:
				pairs = append(pairs, pair{i, j, near, -1})
				near, into = i, j
				i, j = i+1, j+1
			case i < a:
				pairs = append(pairs, pair{i, -1, near, into})
				i++
			default:
				pairs = append(pairs, pair{-1, j, near, -1})
				j++
			}
		}
		if i < len(before) && j < len(after) {
			pairs = append(pairs, pair{i, j, near, -1})
			near = i
			i, j = i+1, j+1
		}
	}
	return pairs
}

// pairByCommands pairs RUNs with the fewer RUNs that an edit makes of them: each becomes part of
// the one that has its commands. i and j are the indexes of the first of them, near that of the
// instruction in front. It reports false where there are as many or one, or where that does not
// pair them all.
func pairByCommands(before, after []string, i, j, near int) (pairs []pair, ok bool) {
	if len(after) < 2 || len(before) <= len(after) {
		return nil, false
	}
	last := -1
	for x, text := range before {
		commands := commandsOf(before[x : x+1])
		if rewrite.Keyword(text) != "RUN" || len(commands) == 0 {
			return nil, false
		}
		k := max(last, 0)
		for k < len(after) && !holdsCommands(after[k], commands) {
			k++
		}
		switch {
		case k == len(after) || k > last+1:
			return nil, false
		case k == last:
			pairs = append(pairs, pair{i + x, -1, near, j + k})
		default:
			pairs = append(pairs, pair{i + x, j + k, near, -1})
			near, last = i+x, k
		}
	}
	return pairs, last == len(after)-1
}

// nearOf returns the last instruction of pairs that stays.
func nearOf(pairs []pair, near int) int {
	for _, s := range pairs {
		if s.after >= 0 {
			near = s.before
		}
	}
	return near
}
