package source

import (
	"fmt"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// candidate is one of the images that a place holds.
type candidate struct {
	names       []string          // tags, in the spelling of the place
	digest      string            // manifest's; of a docker archive the config's
	platform    *v1.Platform      // nil: only its config knows
	annotations map[string]string // of the index entries that led to it
	desc        v1.Descriptor     // its manifest, where there is one
	entry       int               // its place in a docker archive's manifest.json
}

// title is what an error calls the candidate.
func (c *candidate) title() string {
	if len(c.names) > 0 {
		return c.names[0]
	}
	return c.digest
}

// named keeps the candidates that a name, a digest or the start of a digest means.
func named(all []candidate, want string) []candidate {
	var found []candidate
	for _, c := range all {
		if sameDigest(c.digest, want) || slices.ContainsFunc(c.names, func(n string) bool { return sameName(n, want) }) {
			found = append(found, c)
		}
	}
	return found
}

// oneImage refuses candidates that are different images rather than one image
// for several platforms: those share all their names, or have none, and each
// says which platform it is for. where is how a user writes the place, to show
// how one is chosen; "" where there is no way to write it.
func oneImage(all []candidate, where string) error {
	several := differ(all)
	seen := make(map[string]bool)
	for i := range all {
		if several || len(all) == 1 {
			break
		}
		p := all[i].platform
		if several = p == nil || seen[platformName(normal(*p))]; !several {
			seen[platformName(normal(*p))] = true
		}
	}
	if !several {
		return nil
	}
	next := "ask for one by its name"
	if where != "" {
		next = "choose one, as in " + where + ":" + all[0].title()
	}
	return &problem{what: fmt.Sprintf("there are %d images: %s", len(all), list(titles(all))), next: next}
}

// differ reports whether the candidates have different names.
func differ(all []candidate) bool {
	return slices.ContainsFunc(all, func(c candidate) bool { return !slices.Equal(c.names, all[0].names) })
}

func titles(all []candidate) []string {
	var titles []string
	for i := range all {
		titles = append(titles, all[i].title())
	}
	return titles
}

// notHere says that a place does not hold the image asked for, and what it holds.
func notHere(all []candidate, want string) error {
	return &problem{what: fmt.Sprintf("no image %q in it", want), next: "it holds " + list(titles(all)), cause: errAbsent}
}
