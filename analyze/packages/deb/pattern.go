package deb

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// Bounds of the regular expressions that configuration may bring: their bytes,
// and the instructions of their programs, as (a?){1000} has a thousand. Debian's
// own lists come to some thousand of each.
const (
	maxPattern = 16 << 10
	maxProgram = 20_000
	// matchSteps is how many steps of a program count as one effort of a walk.
	matchSteps = 200
)

// matcher joins patterns of apt's configuration, which are POSIX extended regular
// expressions without regard to case, into one test. What does not compile, and
// what is over the bounds, is left out, as apt leaves out the former. Each name is
// matched once and draws on effort, in proportion to the name and the patterns.
func matcher(patterns []string, effort *int) func(name string) bool {
	var good []string
	size, program := 0, 0
	var all price
	for _, p := range patterns {
		if p == "" || size+len(p) > maxPattern {
			continue
		}
		parsed, err := syntax.Parse(p, syntax.Perl)
		if err != nil || program+programSize(parsed) > maxProgram {
			continue
		}
		size += len(p)
		program += programSize(parsed)
		all = all.plus(priceOf(parsed))
		good = append(good, "(?:"+p+")")
	}
	never := func(string) bool { return false }
	if good == nil {
		return never
	}
	joined, err := regexp.Compile("(?i)" + strings.Join(good, "|"))
	if err != nil {
		return never
	}
	known := make(map[string]bool)
	return func(name string) bool {
		is, ok := known[name]
		if !ok {
			if *effort -= all.of(name) / matchSteps; *effort < 0 {
				return false
			}
			is = joined.MatchString(name)
			known[name] = is
		}
		return is
	}
}

// programSize estimates the instructions of a pattern, with repetitions written
// out. It stops counting above maxProgram.
func programSize(re *syntax.Regexp) int {
	size := max(len(re.Rune), 1)
	if re.Op == syntax.OpCharClass {
		size = 1 + len(re.Rune)/8
	}
	for _, sub := range re.Sub {
		size += programSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Max, re.Min+1, 1)
	}
	return min(size, maxProgram+1)
}

// price is how many steps it takes to match a name, at most.
type price struct{ each, perByte int }

func (p price) plus(q price) price { return price{p.each + q.each, p.perByte + q.perByte} }
func (p price) of(name string) int { return p.each + p.perByte*len(name) }

// priceOf tells patterns that follow the name along one way, from its beginning,
// from those that try many ways at each of its bytes.
func priceOf(re *syntax.Regexp) price {
	size := programSize(re)
	if re.Op == syntax.OpConcat && re.Sub[0].Op == syntax.OpBeginText {
		loops := 1
		plain := true
		for _, sub := range re.Sub {
			switch sub.Op {
			case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
				loops++
				plain = plain && len(sub.Sub[0].Sub) == 0 && len(sub.Sub[0].Rune) <= 64
			default:
				plain = plain && len(sub.Sub) == 0
			}
		}
		if plain {
			return price{size, loops}
		}
	}
	return price{size, size}
}
