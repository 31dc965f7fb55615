// Package bases finds the other variants of an image among the tags of its repository, such as
// python:3.13-slim beside python:3.13, and puts them in a row by what there is to pull.
//
//	tags, more := bases.Siblings("3.13", all) // 3.13-slim, 3.13-alpine, …
//	table := bases.Compare("python", weights, more)
//
// It goes by tags alone and asks nobody. A tag is read as a version and words behind it; what
// the words mean is known for those that people use for variants of one thing. Nothing here
// keeps state.
package bases

import (
	"cmp"

	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
)

// MaxSiblings is how many tags are proposed.
const MaxSiblings = 16

// variants are words of tags that name another variant of the same thing: what it stands on,
// and how much of it there is.
var variants = strings.Fields(`slim alpine musl glibc debian ubuntu ubi ubi8 ubi9 ubi10 wolfi distroless chiseled scratch static minimal micro mini tiny small core full fat
	nonroot root debug bookworm bullseye buster trixie forky jammy noble focal resolute questing jdk jre headless busybox stable oldstable`)

// numbered are variants with a version of their own behind them: alpine3.22, debian12, el9.
var numbered = lazyregexp.New(`^(alpine|debian|ubuntu|ubi|el|al|azurelinux|mariner|distroless)[0-9][0-9.]*$`)

// system are those of the variants that are also the name of a release by themselves, so that a
// tag may start with them: debian:bookworm.
var system = lazyregexp.New(`^(bookworm|bullseye|buster|trixie|forky|sid|jammy|noble|focal|resolute|questing|stable|oldstable|testing)$`)

// tag is a tag taken apart.
type tag struct {
	text    string
	version string   // 3.13, v2, lts, bookworm; "" for none and for latest
	variant []string // words that name a variant
	other   []string // words that name another thing: fpm, management, windowsservercore
}

func parse(text string) tag {
	t := tag{text: text}
	for i, word := range strings.Split(text, "-") {
		switch {
		case i == 0 && word == "latest":
		case i == 0 && (!isVariant(word) || system.MatchString(word)):
			t.version = word
		case isVariant(word):
			t.variant = append(t.variant, word)
		default:
			t.other = append(t.other, word)
		}
	}
	return t
}

func isVariant(word string) bool {
	return slices.Contains(variants, word) || numbered.MatchString(word)
}

// Siblings returns the tags among all that name another variant of what current names, those
// that say least first, and how many more there are. Where current's own version has no
// other variants, those of the version that it belongs to are taken: of 3.13 for 3.13.2.
func Siblings(current string, all []string) (chosen []string, more int) {
	now := parse(current)
	for {
		for _, text := range all {
			t := parse(text)
			if text != current && t.version == now.version && slices.Equal(t.other, now.other) {
				chosen = append(chosen, text)
			}
		}
		dot := strings.LastIndexByte(now.version, '.')
		if len(chosen) > 0 || dot <= 0 {
			break
		}
		now.version = now.version[:dot]
	}
	slices.SortFunc(chosen, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "-"), strings.Count(b, "-")), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	most := min(len(chosen), MaxSiblings)
	return chosen[:most:most], len(chosen) - most
}

// Weight is what is known of the image that a tag means.
type Weight struct {
	Tag, Digest, Platform string
	Size                  int64
	Layers                int
	Error                 string // why the rest is not known; else ""
}

// Compare puts the variants of a repository in a row. The first weight is of the image in use.
// Tags of one digest are one variant; those of the digest in use are it. more is how many tags
// were not asked for.
func Compare(repository string, weights []Weight, more int) *model.Bases {
	table := &model.Bases{SchemaVersion: model.BasesVersion, Notes: []string{}, Repository: repository, InUse: variant(weights[0]), Variants: []model.Variant{}, More: more}
	for _, w := range weights[1:] {
		if w.Digest != "" && w.Digest == weights[0].Digest {
			table.InUse.Tags = append(table.InUse.Tags, w.Tag)
			continue
		}
		if i := slices.IndexFunc(table.Variants, func(v model.Variant) bool { return w.Digest != "" && v.Digest != nil && *v.Digest == w.Digest }); i >= 0 {
			table.Variants[i].Tags = append(table.Variants[i].Tags, w.Tag)
			continue
		}
		v := variant(w)
		if v.CompressedSize != nil && table.InUse.CompressedSize != nil {
			v.Saves = model.Ptr(*table.InUse.CompressedSize - *v.CompressedSize)
		}
		table.Variants = append(table.Variants, v)
	}
	slices.SortStableFunc(table.Variants, func(a, b model.Variant) int {
		return cmp.Or(cmp.Compare(unknown(a), unknown(b)), cmp.Compare(size(a), size(b)))
	})
	return table
}

func variant(w Weight) model.Variant {
	v := model.Variant{Tags: []string{w.Tag}, Layers: w.Layers, Error: w.Error}
	if w.Digest != "" {
		v.Digest = &w.Digest
	}
	if w.Platform != "" {
		v.Platform = &w.Platform
	}
	if w.Error == "" {
		v.CompressedSize = &w.Size
	}
	return v
}

func unknown(v model.Variant) int {
	if v.CompressedSize == nil {
		return 1
	}
	return 0
}

func size(v model.Variant) int64 {
	if v.CompressedSize == nil {
		return 0
	}
	return *v.CompressedSize
}
