package installs

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Smaller is a package that an install names, and the smaller one that would do.
type Smaller struct {
	From, To string
	Why      string
	Made     int   // the instruction that installs it
	Goes     []int // packages that only the full one brings, itself among them
}

// FindSmaller looks for packages with a smaller variant in the installs of an image.
func FindSmaller(b *rules.Build) (found []Smaller) {
	if b == nil || b.Tree == nil || b.Tree.Needs == nil {
		return nil
	}
	in := b.Parsed()
	for layer := range b.Layers {
		at := b.Layers[layer].Instruction
		if b.Layers[layer].Inherited || at == nil || in.All[*at].Inherited || in.Keyword(*at) != "RUN" {
			continue
		}
		commands, ok := in.Commands(*at)
		if !ok {
			continue
		}
		for _, c := range commands {
			manager, names := namesOf(c)
			for _, i := range names {
				if s, ok := smaller(b, *at, layer, manager, c.Words[i], commands); ok {
					found = append(found, s)
				}
			}
		}
	}
	return found
}

// namesOf returns a command's package manager, and the indexes of the words that name
// packages to install.
func namesOf(c rewrite.Command) (manager string, at []int) {
	verb := "install"
	switch c.Name() {
	case "apt-get", "apt", "aptitude", "apt-fast":
		if sub, _, _ := c.Apt(); sub != "install" {
			return "", nil
		}
		return "dpkg", operandIndexes(c)
	case "apk":
		manager, verb = "apk", "add"
	case "dnf", "dnf5", "microdnf", "yum":
		manager = "rpm"
	default:
		return "", nil
	}
	from := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == verb })
	for i := from + 1; from > 0 && i < len(c.Words); i++ {
		if !strings.HasPrefix(c.Words[i].Text, "-") {
			at = append(at, i)
		}
	}
	return manager, at
}

// smaller asks the table about one word of an install.
func smaller(b *rules.Build, made, layer int, manager string, word rewrite.Word, install []rewrite.Command) (Smaller, bool) {
	name := word.Text // without a version: the smaller one may have another
	for i := range variants {
		v := &variants[i]
		if v.manager != manager || !word.Literal || word.Glob || !matches(v.from, name) {
			continue
		}
		im := newImage(b, made, layer, install)
		full := slices.IndexFunc(b.Packages, func(p model.Package) bool { return p.Manager == manager && p.Name == name && p.Layer == layer })
		if full < 0 {
			continue
		}
		goes := im.onlyBy(full, fill(v.from, name, v.brought))
		if len(goes) == 0 {
			continue
		}
		f := &facts{image: im, calls: readCalls(im), evidence: look(im)}
		if v.full(f) != "" {
			continue
		}
		return Smaller{From: name, To: fill(v.from, name, v.to), Why: v.why, Made: made, Goes: goes}, true
	}
	return Smaller{}, false
}

// onlyBy returns the packages of the layer that would not be there without a package,
// were the smaller ones named in its place that match a pattern. It is nil where the
// image has none of those, or something else needs the package.
func (im *image) onlyBy(full int, smaller string) (goes []int) {
	roots, there := make([]bool, len(im.Packages)), false
	for i := range im.Packages {
		p := &im.Packages[i]
		if p.Manager != im.Packages[full].Manager {
			continue
		}
		if ok, _ := path.Match(smaller, p.Name); ok && i != full {
			there, roots[i] = true, true
		}
		switch p.Reason {
		case "manual", "essential", "unknown": // what is only recommended goes with what recommends it
			roots[i] = roots[i] || i != full
		}
	}
	if !there {
		return nil
	}
	stays := im.closure(roots)
	if stays[full] {
		return nil
	}
	with := im.closure(one(len(im.Packages), full))
	for i := range im.Packages {
		if with[i] && !stays[i] && im.Packages[i].Layer == im.layer {
			goes = append(goes, i)
		}
	}
	return goes
}

// one is a set of one package among n.
func one(n, i int) []bool {
	set := make([]bool, n)
	set[i] = true
	return set
}

// Replace writes a RUN that installs the smaller packages. It reports false where the RUN
// cannot be edited so.
func Replace(run string, all []Smaller) (string, bool) {
	return rewrite.ReplaceWords(run, func(c rewrite.Command) map[int]string {
		_, names := namesOf(c)
		words := make(map[int]string)
		for _, i := range names {
			for _, s := range all {
				if c.Words[i].Literal && c.Words[i].Text == s.From {
					words[i] = s.To
				}
			}
		}
		return words
	})
}
