package manifest

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Candidate is one of the images that a place holds.
type Candidate struct {
	Names       []string          // tags, in the spelling of the place
	Digest      string            // manifest's; of a docker archive the config's
	Platform    *v1.Platform      // nil: only its config knows
	listed      bool              // an index tells the platform, not the config
	Annotations map[string]string // of the index entries that led to it
	Desc        v1.Descriptor     // its manifest, where there is one
	Entry       int               // its place in a docker archive's manifest.json
	note        string            // what the user should know of the choice
}

// Title is what an error calls the candidate.
func (c *Candidate) Title() string {
	if len(c.Names) > 0 {
		return c.Names[0]
	}
	return c.Digest
}

// Named keeps the candidates that a name, a digest or the start of a digest
// means, or a name with a digest as in app:1@sha256:….
func Named(all []Candidate, want string) []Candidate {
	name, digest, both := strings.Cut(want, "@")
	if !both {
		name, digest = want, want
	}
	var found []Candidate
	for _, c := range all {
		byDigest := imagename.SameDigest(c.Digest, digest)
		byName := slices.ContainsFunc(c.Names, func(n string) bool { return imagename.Same(n, name) })
		if both && byDigest && (name == "" || byName) || !both && (byDigest || byName) {
			found = append(found, c)
		}
	}
	return found
}

// OneImage refuses candidates that are different images rather than one image
// for several platforms: those share all their names, or have none, and each
// says which platform it is for. where is how a user writes the place, to show
// how one is chosen; "" where there is no way to write it.
func OneImage(all []Candidate, where string) error {
	several := Differ(all)
	seen := make(map[string]bool)
	for i := range all {
		if several || len(all) == 1 {
			break
		}
		p := all[i].Platform
		if several = p == nil || seen[platforms.Name(platforms.Normal(*p))]; !several {
			seen[platforms.Name(platforms.Normal(*p))] = true
		}
	}
	if !several || oneDigest(all) {
		return nil
	}
	distinct := titles(all)
	next := "ask for one by its name"
	if where != "" {
		next = "choose one, for example " + where + ":" + distinct[0]
	}
	return &usererror.Error{What: fmt.Sprintf("there are %d images: %s", len(all), usererror.List(distinct)), Next: next}
}

// Differ reports whether the candidates have different names.
func Differ(all []Candidate) bool {
	return slices.ContainsFunc(all, func(c Candidate) bool { return !slices.Equal(c.Names, all[0].Names) })
}

// oneDigest reports whether the candidates are one image, listed several times.
func oneDigest(all []Candidate) bool {
	return all[0].Digest != "" && !slices.ContainsFunc(all, func(c Candidate) bool { return c.Digest != all[0].Digest })
}

// onePlatform reports whether the candidates are all for the same platform.
func onePlatform(all []Candidate) bool {
	return !slices.ContainsFunc(all, func(c Candidate) bool {
		return c.Platform == nil || all[0].Platform == nil || !platforms.Same(*c.Platform, *all[0].Platform)
	})
}

// titles are what a user can ask for to get each of the candidates: a name, with
// the start of the digest where another candidate has the same name.
func titles(all []Candidate) []string {
	count := make(map[string]int)
	for i := range all {
		count[all[i].Title()]++
	}
	var titles []string
	for i := range all {
		title := all[i].Title()
		switch short := shortened(all[i].Digest); {
		case title == all[i].Digest:
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

// NotHere says that a place does not hold the image asked for, and what it
// holds, by all names.
func NotHere(all []Candidate, want string) error {
	var names []string
	for i := range all {
		if len(all[i].Names) == 0 {
			names = append(names, all[i].Digest)
		}
		for _, name := range all[i].Names {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return &usererror.Error{What: fmt.Sprintf("no image %q in it", want), Next: "it holds " + usererror.List(names), Cause: usererror.ErrAbsent}
}
