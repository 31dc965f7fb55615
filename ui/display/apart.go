package display

import (
	"slices"
	"strings"
)

// TellApart returns for each of several texts the index of the word that tells it apart: the first one that no other text has after
// the same words. Of texts that are the same it is the last.
func TellApart(texts []string) []int {
	words, order := make([][]string, len(texts)), make([]int, len(texts))
	for i, text := range texts {
		words[i], order[i] = strings.Fields(text), i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(words[a], words[b]) })
	telling := make([]int, len(texts))
	for n := 1; n < len(order); n++ { // of sorted texts, a neighbour has most in common
		a, b := words[order[n-1]], words[order[n]]
		same := 0
		for same < min(len(a), len(b)) && a[same] == b[same] {
			same++
		}
		for _, i := range order[n-1 : n+1] {
			telling[i] = max(telling[i], min(same, len(words[i])-1), 0)
		}
	}
	return telling
}

// TruncateFrom is Truncate for an escaped line of which a word tells it apart, by its index as TellApart returns it. Where the start
// of the line has no room for that word, the words before it are left out but for the first ones.
func (c Charset) TruncateFrom(s string, word, width int) string {
	words := strings.Fields(s)
	if fits(s, width) || word <= 1 || word >= len(words) || fits(strings.Join(words[:word+1], " "), width-Width(c.Ellipsis)) {
		return c.Truncate(s, width)
	}
	start := words[0]
	for i := 1; i < word && fits(start+" "+words[i], width/4); i++ {
		start += " " + words[i]
	}
	if !fits(start, width/2) {
		start = ""
	}
	return c.Truncate(strings.TrimSpace(start+" "+c.Ellipsis+" "+strings.Join(words[word:], " ")), width)
}
