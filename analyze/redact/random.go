package redact

import "strings"

// usual are, by letter, the letters that often follow it in English and in names
// of packages: nineteen of twenty pairs there are among these, and little more
// than half of the pairs of a random text.
var usual = [26]string{
	"abcdefghiklmnoprstuvwxyz", "abceilorsuy", "acdehiklmoprstuy", "abcdefgiklmoprstuy", "abcdefghiklmnopqrstuvwxyz",
	"aefilorstuy", "aceghilmnoprstu", "aeimorstuy", "abcdefgklmnoprstuvxz", "aeiosu", "aeilorstu", "abcdefgiklmopstuvy",
	"abcdeilmopstuy", "abcdefgiklmnoprstuvy", "abcdefgijklmnoprstuvwx", "acdehilmoprstuy", "lu", "abcdefgiklmnoprstuvy",
	"abcdefghiklmnopqrstuvwy", "abcdefghiklmnoprstuwy", "abcdegilmnprst", "aeio", "aehinors", "aceipt", "abcdefgilmnoprstu", "aei",
}

// follows has, by letter, a bit for each letter of usual.
var follows = func() (bits [26]uint32) {
	for i, letters := range usual {
		for _, c := range letters {
			bits[i] |= 1 << (c - 'a')
		}
	}
	return bits
}()

// minRandom is how many letters and digits a word must have to be called random;
// from shortRandom on, one is that has no order at all.
const (
	minRandom   = 16
	shortRandom = 12
)

// look is what a word looks like.
type look struct {
	alnum, letters, digits, upper, lower int
	beyondF                              int // letters behind f: no hexadecimal number
	switches                             int // between letters and digits that stand side by side
	pairs, rare                          int // of letters that stand side by side; those that are unusual
	bumps                                int // a small letter before a capital one
	special                              int // none of letters, digits and . _ - / + =
}

// lookAt counts in one pass.
func lookAt(word string) (l look) {
	const other, letter, digit = 0, 1, 2
	last, lastLetter, lastLower := other, byte(0), false
	for i := range len(word) {
		c := word[i]
		kind, folded := other, c|0x20
		switch {
		case c >= '0' && c <= '9':
			kind = digit
			l.digits++
		case folded >= 'a' && folded <= 'z':
			kind = letter
			l.letters++
			lower := c == folded
			if lower {
				l.lower++
			} else {
				l.upper++
			}
			if folded > 'f' {
				l.beyondF++
			}
			if last == letter {
				l.pairs++
				if follows[lastLetter-'a']>>(folded-'a')&1 == 0 && lastLetter != folded {
					l.rare++
				}
				if lastLower && !lower {
					l.bumps++
				}
			}
			lastLetter, lastLower = folded, lower
		case c == '.' || c == '_' || c == '-' || c == '/' || c == '+' || c == '=':
		default:
			l.special++
		}
		if kind != other && last != other && kind != last {
			l.switches++
		}
		last = kind
	}
	l.alnum = l.letters + l.digits
	return l
}

// random reports whether a word, made of letters, digits and perhaps _ - + = ~,
// looks random. Digests, other hexadecimal numbers and times do not.
func random(word string) bool {
	if len(word) < shortRandom {
		return false
	}
	l := lookAt(word)
	switch {
	case l.alnum < shortRandom || l.letters <= 2: // 20220101T000000Z
		return false
	case l.beyondF == 0 && (l.upper == 0 || l.lower == 0), hexadecimal(word):
		return false
	case l.alnum < minRandom:
		return l.upper > 0 && l.lower > 0 && l.switches >= 4 && l.alnum == len(word)
	case len(word)-l.alnum < 2 || 15*(len(word)-l.alnum) < len(word):
		return l.random()
	}
	// Names of packages and machines have parts, each with digits of its own.
	if more := (len(word) - l.alnum) / 2; l.upper > 0 && l.lower > 0 && l.switches >= 4+more || l.switches >= 6+more {
		return true
	}
	for start := 0; start < len(word); {
		end := start
		for end < len(word) && alphanumeric(word[end]) {
			end++
		}
		if part := lookAt(word[start:end]); part.alnum >= minRandom && (part.beyondF > 0 || part.upper > 0 && part.lower > 0) && part.random() {
			return true
		}
		start = end + 1
	}
	return false
}

// random reports whether a word of one part that looks so is random: letters and
// digits change places often, or letters follow each other as they do in no
// language.
func (l *look) random() bool {
	odd := 100 * l.rare
	switch {
	case l.switches >= 4, l.switches == 3 && l.upper > 0 && l.lower > 0:
		return true
	case l.pairs >= 10 && odd >= 30*l.pairs, l.pairs >= 14 && odd >= 25*l.pairs, l.pairs >= 20 && odd >= 20*l.pairs:
		return true
	case l.switches >= 2 && l.pairs >= 6 && odd >= 20*l.pairs:
		return true
	}
	return l.digits > 0 && l.bumps >= 4 && odd >= 15*l.pairs
}

// hexadecimal reports whether a word is a number with 0x before it, or a digest
// with little more around it.
func hexadecimal(word string) bool {
	if strings.HasPrefix(word, "0x") {
		l := lookAt(word[2:])
		return l.beyondF == 0
	}
	longest, run := 0, 0
	for i := range len(word) {
		if c := word[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest >= 32 && len(word)-longest < minRandom
}
