package fix

// pair joins an instruction before an edit with the one it becomes.
type pair struct {
	before, after int // -1: there is none
	// near is the instruction before the edit that a new one stands behind (or,
	// first of all, the first one); of a removed one it is the last that is kept.
	near int
	// into is the instruction after the edit that a removed one became part of,
	// -1 where instructions that stay lie between.
	into int
}

// align pairs instructions before and after an edit. Those that stay the same
// are anchors (a longest common subsequence); between two anchors the rest are
// paired in order, and what is left over on one side was removed or is new.
func align(before, after []string) []pair {
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
		for i < a || j < b {
			switch {
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
