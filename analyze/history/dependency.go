package history

import (
	"net/url"
	"strings"
)

// dependency is an image that a build was made from.
type dependency struct {
	URI    string            // a package URL: pkg:docker/NAME@TAG?platform=linux%2Famd64
	Digest map[string]string // algorithm → hexadecimal digits
}

// reference is the image's name as FROM has it, "" if it is not an image of a registry.
func (d *dependency) reference() string {
	name, ok := strings.CutPrefix(d.URI, "pkg:docker/")
	if !ok {
		return ""
	}
	name, qualifiers, _ := strings.Cut(name, "?")
	name, tag, tagged := strings.Cut(name, "@")
	name, err := url.PathUnescape(name)
	if err != nil {
		return ""
	}
	if tag, err = url.PathUnescape(tag); err != nil {
		return ""
	}
	if tagged && tag != "" {
		return name + ":" + tag
	}
	if values, err := url.ParseQuery(qualifiers); err == nil && values.Get("digest") != "" {
		return name + "@" + values.Get("digest")
	}
	return name
}

// digest is "sha256:…", or "" where none is told.
func (d *dependency) digest() string {
	if hex := d.Digest["sha256"]; hex != "" {
		return "sha256:" + hex
	}
	return ""
}

// image finds the dependency that a FROM named: by the digest of what its step
// fetched, as FROM is written, or as the only one there is.
func (p *Provenance) image(source string, from *Step) dependency {
	var images []dependency
	for _, d := range p.images {
		if d.reference() == "" {
			continue
		}
		if _, digest, ok := strings.Cut(source, "@"); ok && digest == d.digest() {
			return d
		}
		images = append(images, d)
	}
	for _, d := range images {
		words := strings.Fields(from.Text)
		for _, word := range words[min(1, len(words)):] {
			if word == d.reference() {
				return d
			}
		}
	}
	if len(images) == 1 && source == "" {
		return images[0]
	}
	return dependency{}
}
