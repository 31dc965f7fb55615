// Package nearest finds the name that somebody probably meant when they mistyped one: a flag,
// a rule, a settings key, a command, a sample.
//
//	nearest.Name("sarfi", []string{"json", "sarif"}) // "sarif"
//
// The distance between two words is that of the optimal string alignment: how many characters
// have to be inserted, deleted, replaced or swapped with their neighbour. It takes time and
// memory proportional to the product of the two lengths. Words of more than 64 characters are
// not compared. The functions keep no state and may be called from any goroutine.
package nearest

import "strings"

// Name returns the one of names that word most likely stands for, "" where more
// than a third of the word would have to change for each.
func Name(word string, names []string) string {
	return within(max(len(word)/3, 1), word, names)
}

// Loosely is Name for a few names that are unlike one another: it takes the first
// that contains the word and else, in lower case, the one for which the fewest
// characters have to change, at most half of the word and one more.
func Loosely(word string, names []string) string {
	word = strings.ToLower(word)
	for _, name := range names {
		if word != "" && strings.Contains(name, word) {
			return name
		}
	}
	return within(len(word)/2+1, word, names)
}

// within returns the nearest name of at most that distance, the first of several.
func within(most int, word string, names []string) string {
	best, least := "", most+1
	for _, name := range names {
		if d := distance(word, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// maxWord is how long a word can be to be a mistyped name.
const maxWord = 64

// distance is how many characters must be put in, taken out, exchanged or
// swapped with their neighbour to turn a into b (the optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > maxWord || len(to) > maxWord {
		return max(len(from), len(to))
	}
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range to {
		rows[0][j+1] = j + 1
	}
	for i := range from {
		for j := range to {
			cost := 1
			if from[i] == to[j] {
				cost = 0
			}
			rows[i+1][j+1] = min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				rows[i+1][j+1] = min(rows[i+1][j+1], rows[i-1][j-1]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
