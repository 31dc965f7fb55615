package redact

import "iter"

// Tokens goes through the words of a text that their makers mark so that they are recognised,
// with what each is, "a GitHub token". It knows no names and looks at nothing else, so that it
// is fast and what it finds is sure. Marks that nobody is known by are passed over.
func Tokens(text string) iter.Seq2[string, string] {
	return func(yield func(kind, word string) bool) {
		end := 0 // of the word that i is in
		for i := 0; i < len(text); {
			if !alphanumeric(text[i]) {
				i++
				continue
			}
			if text[i] < 0x80 && marksBy[text[i]] == nil || i > 0 && (text[i-1] == '/' || text[i-1] == '+') {
				for i < len(text) && alphanumeric(text[i]) {
					i++
				}
				continue
			}
			for end = max(end, i+1); end < len(text) && chunkByte(text[end]); {
				end++
			}
			word := text[i:end]
			if n := markedAt(word); n > 0 {
				if kind, known := maker(word[:n]); known && !yield(kind, word) {
					return
				}
				i = end
				continue
			}
			for i < len(text) && alphanumeric(text[i]) {
				i++
			}
		}
	}
}

// maker says what a mark's token is.
func maker(mark string) (kind string, known bool) {
	for end := len(mark); end > 1; end-- {
		if kind, ok := makers[mark[:end]]; ok {
			return kind, true
		}
	}
	return "", false
}
