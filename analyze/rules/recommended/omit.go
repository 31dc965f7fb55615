package recommended

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// quiet matches the options that people write first.
var quiet = regexp.MustCompile(`^(-[yq]+|--yes|--assume-yes|--quiet)$`)

// Omit writes a RUN whose installs leave recommended packages out and that names those
// that stay, in the install that brought them. It reports false where the RUN cannot be
// edited so.
func Omit(run string, needs Needs) (string, bool) {
	parsed, err := rewrite.ParseRun(run)
	if err != nil {
		return "", false
	}
	at := slices.IndexFunc(parsed.Commands, func(c rewrite.Command) bool { return Takes(c) && len(operandIndexes(c)) > 0 })
	if at < 0 {
		return "", false
	}
	host := parsed.Commands[at].Source()
	for _, c := range parsed.Commands {
		if needs.Host != "" && Takes(c) && slices.ContainsFunc(operands(c), func(w rewrite.Word) bool { return bare(w.Text) == needs.Host }) {
			host = c.Source()
		}
	}
	return rewrite.InsertWords(run, func(c rewrite.Command) (in []rewrite.Insertion) {
		if !Takes(c) {
			return nil
		}
		flag := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" })
		for flag+1 < len(c.Words) && quiet.MatchString(c.Words[flag+1].Text) {
			flag++
		}
		in = append(in, rewrite.Insertion{Behind: flag, Words: []string{Flag(c)}})
		if len(needs.Kept) > 0 && c.Source() == host {
			in = append(in, needs.insertions(c)...)
		}
		return in
	})
}

// insertions puts the names of the kept packages where the author would: behind the
// others, or in their order where they are sorted.
func (n *Needs) insertions(c rewrite.Command) (in []rewrite.Insertion) {
	at := operandIndexes(c)
	var words []string
	for _, i := range at {
		words = append(words, c.Words[i].Text)
	}
	var names []string
	for _, k := range n.Kept {
		names = append(names, k.Name)
	}
	if !slices.IsSorted(words) || len(words) < 3 {
		return []rewrite.Insertion{{Behind: at[len(at)-1], Words: names, Listed: len(at) > 1}}
	}
	slices.Sort(names)
	for _, name := range names {
		place, _ := slices.BinarySearch(words, name)
		behind := at[max(place-1, 0)]
		if last := len(in) - 1; last >= 0 && in[last].Behind == behind {
			in[last].Words = append(in[last].Words, name)
			continue
		}
		in = append(in, rewrite.Insertion{Behind: behind, Words: []string{name}, Listed: true})
	}
	return in
}

// Omitted reports whether a RUN installs packages and all its installs say what to do
// about recommended ones.
func Omitted(run string) bool {
	parsed, err := rewrite.ParseRun(run)
	return err == nil && slices.ContainsFunc(parsed.Commands, Installs) && !slices.ContainsFunc(parsed.Commands, Takes)
}

// maxChain is how many packages a chain has.
const maxChain = 8

// Chain returns the packages by which one came into an image, from the one that was asked
// for: each depends on the next, or recommends it.
func Chain(b *rules.Build, name string) []string {
	byName := make(map[string]int, len(b.Packages))
	for i := range b.Packages {
		if b.Packages[i].Manager == "dpkg" {
			byName[b.Packages[i].Name] = i
		}
	}
	chain := []string{name}
	for len(chain) < maxChain {
		i, ok := byName[chain[0]]
		if !ok {
			break
		}
		p := &b.Packages[i]
		next := p.NeededBy
		if next == "" && len(p.RecommendedBy) > 0 {
			next = p.RecommendedBy[0]
		}
		if next == "" || slices.Contains(chain, next) || p.Reason == "manual" {
			break
		}
		chain = slices.Insert(chain, 0, next)
	}
	return chain
}

// Megabytes writes a number of bytes for a sentence.
func Megabytes(n int64) string {
	switch {
	case n >= 10_000_000:
		return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
	case n >= 100_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d kB", max((n+500)/1000, 1))
}
