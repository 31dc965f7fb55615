package installs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// quiet matches the options that people write first.
var quiet = lazyregexp.New(`^(-[yq]+|--yes|--assume-yes|--quiet)$`)

// Omit writes a RUN whose installs leave recommended packages out and that names those
// that stay, each in the install that brought it. It reports false where the RUN cannot
// be edited so.
func Omit(run string, needs Needs) (string, bool) {
	parsed, err := rewrite.ParseRun(run)
	if err != nil {
		return "", false
	}
	at := slices.IndexFunc(parsed.Commands, func(c rewrite.Command) bool { return Takes(c) && len(operandIndexes(c)) > 0 })
	if at < 0 {
		return "", false
	}
	kept := make(map[string][]string) // by the source of an install
	for _, one := range needs.Kept {
		host := parsed.Commands[at].Source()
		if by := slices.IndexFunc(parsed.Commands, func(c rewrite.Command) bool { return Takes(c) && names(c, one.Host) }); by >= 0 {
			host = parsed.Commands[by].Source()
		}
		kept[host] = append(kept[host], one.Name+architectureOf(parsed, one))
	}
	if slices.ContainsFunc(parsed.Commands, saysYes) && slices.ContainsFunc(parsed.Commands, func(c rewrite.Command) bool { return len(kept[c.Source()]) > 0 && !saysYes(c) }) {
		return "", false // apt asks whether it may bring more than what was typed
	}
	// An install that brings nothing of what goes keeps what it says; where nobody knows which
	// one does, all get the flag.
	brings := func(c rewrite.Command) bool {
		return len(kept[c.Source()]) > 0 || slices.ContainsFunc(needs.Hosts, func(host string) bool { return names(c, host) })
	}
	all := !slices.ContainsFunc(parsed.Commands, func(c rewrite.Command) bool { return Takes(c) && brings(c) })
	return rewrite.InsertWords(run, func(c rewrite.Command) (in []rewrite.Insertion) {
		if !Takes(c) || !all && !brings(c) {
			return nil
		}
		flag := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" })
		for flag+1 < len(c.Words) && quiet.MatchString(c.Words[flag+1].Text) {
			flag++
		}
		if names := kept[c.Source()]; len(names) > 0 {
			in = insertions(c, names)
		}
		return append(in, rewrite.Insertion{Behind: flag, Words: []string{Flag(c)}})
	})
}

// saysYes reports whether an install asks nobody. apt-get(8), --yes and --quiet.
func saysYes(c rewrite.Command) bool {
	return Takes(c) && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return yes.MatchString(w.Text) })
}

var yes = lazyregexp.New(`^(-[a-zA-Z]*y[a-zA-Z]*|-[a-zA-Z]*q[a-zA-Z]*q[a-zA-Z]*|--yes|--assume-yes|--force-yes)$`)

// architectureOf is what stands behind the package that recommends another, such as :${ARCH}: a driver has to
// be of the architecture of its library.
func architectureOf(run *rewrite.Run, one Kept) string {
	if one.Host == "" || !strings.HasPrefix(one.Name, "lib") && !strings.HasSuffix(one.Name, "-providers") {
		return ""
	}
	for _, c := range run.Commands {
		for _, w := range operands(c) {
			if name, architecture, ok := strings.Cut(w.Text, ":"); ok && name == one.Host && Takes(c) {
				return ":" + architecture
			}
		}
	}
	return ""
}

// names reports whether an install names a package.
func names(c rewrite.Command, name string) bool {
	return name != "" && slices.ContainsFunc(operands(c), func(w rewrite.Word) bool { return bare(w.Text) == name })
}

// insertions puts the names of the kept packages where the author would: behind the
// others, or in their order where they are sorted; above the comments among them.
func insertions(c rewrite.Command, names []string) (in []rewrite.Insertion) {
	at := operandIndexes(c)
	var words []string
	for _, i := range at {
		words = append(words, c.Words[i].Text)
	}
	if !slices.IsSorted(words) || len(words) < 3 {
		return []rewrite.Insertion{{Behind: at[len(at)-1], Words: names, Listed: len(at) > 1, Above: true, Start: max(slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" }), 0)}}
	}
	slices.Sort(names)
	for _, name := range names {
		place, _ := slices.BinarySearch(words, name)
		one := rewrite.Insertion{Behind: at[max(place-1, 0)], Words: []string{name}, Listed: true}
		if place == 0 {
			one.Behind, one.Leads = at[0]-1, true
		}
		if last := len(in) - 1; last >= 0 && in[last].Behind == one.Behind {
			in[last].Words = append(in[last].Words, name)
			continue
		}
		in = append(in, one)
	}
	return in
}

// Omitted reports whether a RUN installs packages and all its installs say what to do
// about recommended ones.
func Omitted(run string) bool {
	parsed, err := rewrite.ParseRun(run)
	return err == nil && slices.ContainsFunc(parsed.Commands, Installs) && !slices.ContainsFunc(parsed.Commands, Takes)
}

// maxChain is how many packages a chain has, maxTold how many of them a sentence names.
const maxChain, maxTold = 40, 5

// Chain returns the packages by which one came into an image, from the one that was asked
// for: each depends on the next, or recommends it. What stands in the middle of a long
// chain is left out.
func Chain(b *rules.Build, name string) []string {
	chain := chainOf(b, name)
	if len(chain) > maxTold {
		chain = slices.Concat(chain[:maxTold-1], []string{"…"}, chain[len(chain)-1:])
	}
	return chain
}

// chainOf is Chain with all that stands between. Of several packages that recommend one,
// one that came in the same layer and was asked for goes first.
func chainOf(b *rules.Build, name string) []string {
	byName := make(map[string]*model.Package, len(b.Packages))
	for i := range b.Packages {
		if b.Packages[i].Manager == "dpkg" {
			byName[b.Packages[i].Name] = &b.Packages[i]
		}
	}
	chain := []string{name}
	for len(chain) < maxChain {
		p := byName[chain[0]]
		if p == nil || p.Reason == "manual" {
			break
		}
		next := p.NeededBy
		if next == "" {
			next = recommender(p, byName)
		}
		if next == "" || slices.Contains(chain, next) {
			break
		}
		chain = slices.Insert(chain, 0, next)
	}
	return chain
}

// recommender picks one of the packages that recommend another.
func recommender(p *model.Package, byName map[string]*model.Package) (by string) {
	best := -1
	for _, name := range p.RecommendedBy {
		score, q := 0, byName[name]
		if q != nil && q.Layer == p.Layer {
			score = 2
		}
		if q != nil && q.Reason == "manual" {
			score++
		}
		if score > best {
			best, by = score, name
		}
	}
	return by
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
