package compare

// How well two steps go together. The same text counts more than any number of
// likenesses it could displace nearby; the same layer settles what text leaves
// open, as where one report knows the Dockerfile and the other does not.
const (
	sameText  = 1000
	sameLayer = 600
	alike     = 200 // times the share of words they have in common
	setting   = 10  // the same keyword of a step that sets one thing, as USER does
	nameless  = 1   // both of them layers without an instruction
)

const (
	// minAlike is the share of common words, in percent, from which on two
	// instructions are one that was edited.
	minAlike = 40
	// maxGrid bounds the work of aligning; beyond it steps are matched by text
	// alone. Two images of 500 steps each are below.
	maxGrid = 1 << 18
)

// align pairs the steps of two images, in order, such that the pairs go together
// as well as can be: a longest common subsequence, with weights. It returns for
// each step of the new image its partner in the old, -1 for none. Steps of two
// keywords are only paired where both made one and the same layer.
func align(from, to []buildStep) []int {
	partner := make([]int, len(to))
	for i := range partner {
		partner[i] = -1
	}
	// What is equal at both ends needs no search.
	start := 0
	for start < min(len(from), len(to)) && identical(&from[start], &to[start]) {
		partner[start] = start
		start++
	}
	end := 0
	for end < min(len(from), len(to))-start && identical(&from[len(from)-1-end], &to[len(to)-1-end]) {
		partner[len(to)-1-end] = len(from) - 1 - end
		end++
	}
	a, b := from[start:len(from)-end], to[start:len(to)-end]
	inner := partner[start : len(to)-end]
	if len(a) > 0 && len(b) > maxGrid/len(a) {
		alignByText(a, b, inner)
	} else {
		alignByWeight(a, b, inner)
	}
	for i := range inner {
		if inner[i] >= 0 {
			inner[i] += start
		}
	}
	return partner
}

func identical(a, b *buildStep) bool {
	return a.step.Keyword == b.step.Keyword && a.step.Text == b.step.Text && a.diffID == b.diffID
}

// alignByWeight finds the best of all alignments.
func alignByWeight(a, b []buildStep, partner []int) {
	width := len(b) + 1
	best := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			most := max(best[(i+1)*width+j], best[i*width+j+1])
			if w := weight(&a[i], &b[j]); w > 0 {
				most = max(most, w+best[(i+1)*width+j+1])
			}
			best[i*width+j] = most
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		here := best[i*width+j]
		switch w := weight(&a[i], &b[j]); {
		case w > 0 && here == w+best[(i+1)*width+j+1]:
			partner[j] = i
			i++
			j++
		case here == best[(i+1)*width+j]:
			i++
		default:
			j++
		}
	}
}

// alignByText pairs each step with the next one of the same text.
func alignByText(a, b []buildStep, partner []int) {
	type key struct{ keyword, text string }
	where := make(map[key][]int)
	for i := range a {
		k := key{a[i].step.Keyword, a[i].step.Text}
		where[k] = append(where[k], i)
	}
	next := 0
	for j := range b {
		k := key{b[j].step.Keyword, b[j].step.Text}
		list := where[k]
		for len(list) > 0 && list[0] < next {
			list = list[1:]
		}
		where[k] = list
		if len(list) > 0 {
			partner[j], next = list[0], list[0]+1
		}
	}
}

// weight says how well two steps go together; 0: not at all.
func weight(a, b *buildStep) int32 {
	layer := int32(0)
	if a.diffID != "" && a.diffID == b.diffID {
		layer = sameLayer
	}
	switch {
	case a.step.Keyword != b.step.Keyword || (a.step.Instruction == nil) != (b.step.Instruction == nil):
		if a.bytes == 0 {
			return 0 // any step that stores nothing makes that layer
		}
		return layer
	case a.step.Instruction == nil:
		return layer + nameless
	case a.step.Text == b.step.Text:
		return layer + sameText
	case layer > 0:
		return layer
	}
	common := 0
	for i, j := 0, 0; i < len(a.words) && j < len(b.words); {
		switch {
		case a.words[i] == b.words[j]:
			common++
			i++
			j++
		case a.words[i] < b.words[j]:
			i++
		default:
			j++
		}
	}
	total := len(a.words) + len(b.words)
	if total > 0 && 200*common >= minAlike*total {
		return int32(alike * 2 * common / total)
	}
	switch a.step.Keyword {
	case "RUN", "COPY", "ADD", "":
		return 0
	}
	return setting
}
