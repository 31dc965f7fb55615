package history

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Build arguments are no secrets by design, and people pass secrets in them all
// the same. Their values stand in three places of a history, without quotes, so
// with blanks and newlines as they come:
//
//	ARG TOKEN=value                              the default, or in BuildKit what --build-arg said
//	|2 A=value TOKEN=value /bin/sh -c command    before each RUN; Podman's number is too large
//	ENV KEY=value                                where ENV KEY=$TOKEN was expanded (also COPY, LABEL, …)
//
// The first two are cut off, the third is written as ${TOKEN} again. In doubt
// too much is cut: a command that cannot be told from a value is not shown. One
// case is beyond telling: the classic builder's RUN in exec form behind a last
// value that itself holds " /bin/sh -c " reads like a command in shell form.

// argument is one value that a build argument had.
type argument struct {
	name, value string
	from        int // first item that may have it expanded
}

// arguments is what one history tells of build arguments.
type arguments struct {
	declared map[string]int           // name → first item that names it
	known    map[string][]declaration // by name, in the history's order
	blocks   map[int][]string         // what stands before the commands of one segment, a run of items without ARG
	segment  []int                    // per item: how many ARG items stand before it
	ends     map[int]int              // by item: where the command of a RUN starts; 0 is unknown
	values   []argument               // the longest first
}

// declaration is an ARG or ENV item's "NAME=…", up to the end of the item: where
// the value ends is unknown when another NAME= follows.
type declaration struct {
	ends  []string // what the value may be, the longest first
	item  int
	final bool // BuildKit records what the build really used
}

// No real history comes near these; they keep a hostile one from taking long.
const (
	maxEnds         = 16   // places where one value may end that are tried
	maxNames        = 256  // that one ARG or ENV item may hold
	maxDeclarations = 4096 // of all items
	maxTried        = 32   // declarations of one name that are tried
	maxBlocks       = 16   // of one segment
	maxValues       = 256  // that are looked for in texts
)

var (
	argumentName = lazyregexp.New(`^[A-Za-z_][\w.\-]*`)
	nextArgument = lazyregexp.New(`\s([A-Za-z_][\w.\-]*)=`)
)

// argumentNames keeps the names of an ARG. What follows the first "=" may all
// be its value, so names behind it are not shown.
func argumentNames(body string) string {
	var names []string
	for _, field := range strings.Fields(body) {
		name := argumentName.FindString(field)
		if name == "" {
			break
		}
		names = append(names, name)
		if name != field {
			break
		}
	}
	return strings.Join(names, " ")
}

// collectArguments learns names and values from all items before any is written:
// a value given with --build-arg shows first in a RUN, but may be expanded earlier.
func collectArguments(items []item) *arguments {
	a := &arguments{
		declared: map[string]int{}, known: map[string][]declaration{},
		blocks: map[int][]string{}, segment: make([]int, len(items)), ends: map[int]int{},
	}
	args, declarations := 0, 0
	for i := range items {
		it := &items[i]
		a.segment[i] = args
		if (it.keyword == "ARG" || it.keyword == "ENV") && declarations < maxDeclarations {
			declarations += a.declare(it)
		}
		if it.keyword == "ARG" {
			args++
		}
	}
	for i := range items {
		if items[i].keyword == "RUN" && withArguments.MatchString(items[i].body) {
			a.noteRun(&items[i])
		}
	}
	slices.SortStableFunc(a.values, func(x, y argument) int { return cmp.Compare(len(y.value), len(x.value)) })
	return a
}

// declare notes the names and possible values of an ARG or ENV item, and says
// how many they are.
func (a *arguments) declare(it *item) int {
	body := " " + it.body
	name := func(n string) {
		if _, ok := a.declared[n]; !ok && it.keyword == "ARG" {
			a.declared[n] = it.index
		}
	}
	for _, n := range strings.Fields(argumentNames(it.body)) {
		name(n)
	}
	found := nextArgument.FindAllStringSubmatchIndex(body, maxNames)
	for i, f := range found {
		key := body[f[2]:f[3]]
		d := declaration{item: it.index, final: it.form == buildkit}
		for end := len(found); end > i && len(d.ends) < maxEnds; end-- {
			if end == len(found) {
				d.ends = append(d.ends, body[f[1]:])
			} else {
				d.ends = append(d.ends, body[f[1]:found[end][0]])
			}
		}
		if it.form == written {
			for i, value := range d.ends {
				d.ends[i] = strings.Trim(value, `"'`)
			}
		}
		name(key)
		a.known[key] = append(a.known[key], d)
		if it.keyword == "ARG" {
			for _, value := range d.ends {
				a.remember(key, value)
			}
		}
	}
	return len(found)
}

func (a *arguments) remember(name, value string) {
	if value == "" || len(a.values) >= maxValues || slices.ContainsFunc(a.values, func(v argument) bool { return v.name == name && v.value == value }) {
		return
	}
	a.values = append(a.values, argument{name: name, value: value, from: a.declared[name]})
}

// noteRun keeps what a RUN tells for sure of values, and of how its neighbours start.
func (a *arguments) noteRun(it *item) {
	p := a.scan(it)
	end, sure := a.end(it, p)
	a.ends[it.index] = end
	if end == 0 || len(p.names) == 0 {
		return
	}
	for i, name := range p.names {
		value := it.body[p.starts[i]:max(end-1, p.starts[i])]
		if i+1 < len(p.names) {
			value = it.body[p.starts[i] : p.starts[i+1]-len(p.names[i+1])-2]
		}
		a.remember(name, value)
	}
	if at := a.segment[it.index]; sure && len(a.blocks[at]) < maxBlocks {
		a.blocks[at] = append(a.blocks[at], it.body[:end])
	}
}

// stripArgs takes the build arguments off a RUN; false where the command is not to be
// told from a value. A neighbour whose arguments are known starts the same way.
func (a *arguments) stripArgs(it *item) (string, bool) {
	best := ""
	for _, block := range a.blocks[a.segment[it.index]] {
		if len(block) > len(best) && strings.HasPrefix(it.body, block) {
			best = block
		}
	}
	if best != "" {
		return it.body[len(best):], true
	}
	end := a.ends[it.index]
	return it.body[end:], end > 0
}
