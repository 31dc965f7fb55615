package source

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// candidate is one of the images that a place holds.
type candidate struct {
	names       []string          // tags, in the spelling of the place
	digest      string            // manifest's; of a docker archive the config's
	platform    *v1.Platform      // nil: only its config knows
	listed      bool              // an index tells the platform, not the config
	annotations map[string]string // of the index entries that led to it
	desc        v1.Descriptor     // its manifest, where there is one
	entry       int               // its place in a docker archive's manifest.json
	note        string            // what the user should know of the choice
}

// title is what an error calls the candidate.
func (c *candidate) title() string {
	if len(c.names) > 0 {
		return c.names[0]
	}
	return c.digest
}

// named keeps the candidates that a name, a digest or the start of a digest
// means, or a name with a digest as in app:1@sha256:….
func named(all []candidate, want string) []candidate {
	name, digest, both := strings.Cut(want, "@")
	if !both {
		name, digest = want, want
	}
	var found []candidate
	for _, c := range all {
		byDigest := sameDigest(c.digest, digest)
		byName := slices.ContainsFunc(c.names, func(n string) bool { return sameName(n, name) })
		if both && byDigest && (name == "" || byName) || !both && (byDigest || byName) {
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
	if !several || oneDigest(all) {
		return nil
	}
	distinct := titles(all)
	next := "ask for one by its name"
	if where != "" {
		next = "choose one, as in " + where + ":" + distinct[0]
	}
	return &problem{what: fmt.Sprintf("there are %d images: %s", len(all), list(distinct)), next: next}
}

// differ reports whether the candidates have different names.
func differ(all []candidate) bool {
	return slices.ContainsFunc(all, func(c candidate) bool { return !slices.Equal(c.names, all[0].names) })
}

// oneDigest reports whether the candidates are one image, listed several times.
func oneDigest(all []candidate) bool {
	return all[0].digest != "" && !slices.ContainsFunc(all, func(c candidate) bool { return c.digest != all[0].digest })
}

// onePlatform reports whether the candidates are all for the same platform.
func onePlatform(all []candidate) bool {
	return !slices.ContainsFunc(all, func(c candidate) bool {
		return c.platform == nil || all[0].platform == nil || !samePlatform(*c.platform, *all[0].platform)
	})
}

// titles are what a user can ask for to get each of the candidates: a name, with
// the start of the digest where another candidate has the same name.
func titles(all []candidate) []string {
	count := make(map[string]int)
	for i := range all {
		count[all[i].title()]++
	}
	var titles []string
	for i := range all {
		title := all[i].title()
		switch short := shortened(all[i].digest); {
		case title == all[i].digest:
			title = short
		case count[title] > 1 && short != "":
			title += "@" + short
		}
		titles = append(titles, title)
	}
	return titles
}

// shortened cuts a digest to the digits that engines print, which are enough to
// choose by in an archive or a layout.
func shortened(digest string) string {
	if algorithm, hex, ok := strings.Cut(digest, ":"); ok && len(hex) > 12 {
		return algorithm + ":" + hex[:12]
	}
	return digest
}

// notHere says that a place does not hold the image asked for, and what it
// holds, by all names.
func notHere(all []candidate, want string) error {
	var names []string
	for i := range all {
		if len(all[i].names) == 0 {
			names = append(names, all[i].digest)
		}
		for _, name := range all[i].names {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return &problem{what: fmt.Sprintf("no image %q in it", want), next: "it holds " + list(names), cause: errAbsent}
}
