package history

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// prefix is the part of a RUN that holds build arguments.
type prefix struct {
	names  []string
	starts []int // of the values
}

// scan finds the names behind "|2 ": as many as the number says, looking for
// declared ones first, for a value may hold a " NAME=" of its own. Podman's
// number is too large, so other names count only before the first shell, unless
// no ARG item is left to tell.
func (a *arguments) scan(it *item) prefix {
	text := it.body
	bar := strings.IndexByte(text, ' ')
	count, err := strconv.Atoi(text[1:bar])
	if err != nil {
		count = len(text)
	}
	var p prefix
	seen := map[string]bool{}
	declared := true // the text may hold declared names still
	before := -1     // where other names end to count, once they do
	at := bar
	for len(p.names) < count {
		var next []int
		if declared {
			next = findName(text, at, len(text), func(n string) bool { _, ok := a.declared[n]; return ok && !seen[n] })
			declared = next != nil
		}
		if len(p.names) == 0 {
			// Right behind the number stands a name in any case.
			if first := findName(text, at, at+1, nil); first != nil {
				next = first
			}
		}
		if next == nil {
			if before < 0 {
				before = len(text)
				if shells := shellsIn(text, at, it.shell); len(shells) > 0 && len(a.declared) > 0 {
					before = shells[0]
				}
			}
			if next = findName(text, at, before, func(n string) bool { return !seen[n] }); next == nil {
				break
			}
		}
		name := text[next[0]:next[1]]
		seen[name] = true
		p.names = append(p.names, name)
		p.starts = append(p.starts, next[1]+1)
		at = next[1] + 1
	}
	return p
}

// findName finds the first " NAME=" whose blank stands in text[from:before] and
// that accept takes (nil: any). It is written out because a regular expression
// is too slow for the 32 MiB that a config may have.
func findName(text string, from, before int, accept func(string) bool) []int {
	for at := from; at < len(text); {
		equals := strings.IndexByte(text[at:], '=')
		if equals < 0 {
			return nil
		}
		end := at + equals
		start := end
		for start > at && nameByte(text[start-1]) {
			start--
		}
		if start > before {
			return nil
		}
		if start > from && start < end && blank(text[start-1]) && (text[start] == '_' || letter(text[start])) &&
			(accept == nil || accept(text[start:end])) {
			return []int{start, end}
		}
		at = end + 1
	}
	return nil
}

func letter(c byte) bool   { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func nameByte(c byte) bool { return wordByte(c) || c == '.' || c == '-' }
func blank(c byte) bool    { return c == ' ' || c >= '\t' && c <= '\r' && c != '\v' }

// shellsIn finds where " /bin/sh -c " and its like stand in text from a place on.
func shellsIn(text string, from int, shells []string) []int {
	var found []int
	for _, shell := range shells {
		for at := from; ; {
			i := strings.Index(text[at:], " "+shell+" ")
			if i < 0 {
				break
			}
			found = append(found, at+i)
			at += i + 1
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// end says where the command of a RUN starts: behind a blank. The second result
// is false where that is a guess that may cut a part of the command off, and
// end is 0 where nothing is known.
func (a *arguments) end(it *item, p prefix) (end int, sure bool) {
	text := it.body
	if len(p.names) == 0 {
		// No names: some tool has taken them out already, or worse.
		if shells := shellsIn(text, 0, it.shell); len(shells) > 0 {
			return shells[len(shells)-1] + 1, false
		}
		return 0, false
	}
	name, start := p.names[len(p.names)-1], p.starts[len(p.starts)-1]
	for range len(a.declared) + 1 {
		next := a.exact(it, name, start)
		if next == 0 {
			break
		}
		more := argumentName.FindString(text[next:])
		if more == "" || !strings.HasPrefix(text[next+len(more):], "=") {
			return next, true
		}
		name, start = more, next+len(more)+1
	}
	shells := shellsIn(text, start, it.shell)
	switch len(shells) {
	case 0:
		return 0, false
	case 1:
		return shells[0] + 1, true
	}
	for _, value := range a.valuesOf(name, it.index, false) {
		if _, found := slices.BinarySearch(shells, start+len(value)); found && strings.HasPrefix(text[start:], value) {
			return start + len(value) + 1, true
		}
	}
	return shells[len(shells)-1] + 1, false
}

// exact returns where text goes on behind the value of a name, as the latest
// declaration in BuildKit's own words has it; 0 where that does not fit.
func (a *arguments) exact(it *item, name string, start int) int {
	rest := it.body[start:]
	if it.form != buildkit {
		return 0
	}
	for _, value := range a.valuesOf(name, it.index, true) {
		if after, ok := strings.CutPrefix(rest, value); ok && strings.HasPrefix(after, " ") {
			return start + len(value) + 1
		}
	}
	// ARG without a value is empty.
	if at, ok := a.declared[name]; ok && at < it.index && strings.HasPrefix(rest, " ") {
		return start + 1
	}
	return 0
}

// valuesOf lists what a name's value may be at an item, the latest first.
func (a *arguments) valuesOf(name string, item int, final bool) []string {
	known := a.known[name]
	last, _ := slices.BinarySearchFunc(known, item, func(d declaration, item int) int { return cmp.Compare(d.item, item) })
	var values []string
	for i := last - 1; i >= max(last-maxTried, 0); i-- {
		if known[i].final || !final {
			values = append(values, known[i].ends...)
		}
	}
	return values
}
