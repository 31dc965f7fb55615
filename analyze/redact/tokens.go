package redact

import "iter"

// Tokens goes through the words of a text that their makers mark so that they are recognised,
// with what each is, "a GitHub token". It knows no names and looks at nothing else, so that it
// is fast and what it finds is sure. Marks that nobody is known by are passed over.
//
// Most words are shorter than any token. It looks at the end of each stretch that the shortest would
// fill, and from there backwards, so that it sees few bytes of those.
func Tokens(text []byte) iter.Seq2[string, string] {
	return func(yield func(kind, word string) bool) {
		for begin := 0; begin+minToken <= len(text); {
			at := begin + minToken - 1
			for at >= begin && chunkByte(text[at]) {
				at--
			}
			if at >= begin {
				begin = at + 1
				continue
			}
			end := begin + minToken
			for end < len(text) && chunkByte(text[end]) {
				end++
			}
			if !tokensIn(text, begin, end, yield) {
				return
			}
			begin = end + 1
		}
	}
}

// tokensIn goes through the tokens of a stretch of bytes of words, before and behind which there is
// none. It reports whether more are wanted.
func tokensIn(text []byte, begin, end int, yield func(kind, word string) bool) bool {
	for i := begin; end-i >= minToken; {
		if !alphanumeric(text[i]) {
			i++
			continue
		}
		if mayBeMark(text[i], text[i+1]) && (i == 0 || text[i-1] != '/' && text[i-1] != '+') {
			word := text[i:end]
			if n := markedAt(word); n > 0 {
				kind, known := maker(string(word[:n]))
				return !known || yield(kind, string(word))
			}
		}
		for i < end && alphanumeric(text[i]) {
			i++
		}
	}
	return true
}

// minToken is how many bytes the shortest token has, mark included.
var minToken = func() int {
	shortest := 1 << 10
	for mark, rest := range marks {
		shortest = min(shortest, len(mark)+rest)
	}
	return shortest
}()

// seconds has for each first byte of a mark a bit for each byte that may come second: the bit of its
// last six bits.
var seconds = func() (by [256]uint64) {
	for mark := range marks {
		by[mark[0]] |= 1 << (mark[1] % 64)
	}
	return by
}()

// mayBeMark reports whether a mark may begin with two bytes.
func mayBeMark(first, second byte) bool { return seconds[first]>>(second%64)&1 != 0 }

// maker says what a mark's token is.
func maker(mark string) (kind string, known bool) {
	for end := len(mark); end > 1; end-- {
		if kind, ok := makers[mark[:end]]; ok {
			return kind, true
		}
	}
	return "", false
}
