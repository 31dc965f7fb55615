package manifest

import (
	"context"
	"fmt"
	"maps"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Expand replaces indexes among the candidates by what they list, through any
// number of levels up to MaxNesting. One manifest for several platforms is a
// candidate for each.
func (r *Resolver) Expand(ctx context.Context, all []Candidate) ([]Candidate, error) {
	var images, aside []Candidate
	visited := make(map[string]bool)
	var walk func(all []Candidate, depth int) error
	walk = func(all []Candidate, depth int) error {
		if depth > MaxNesting {
			return &usererror.Error{What: fmt.Sprintf("its indexes are nested more than %d deep", MaxNesting), Next: "push the image again with a current tool"}
		}
		for _, c := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			if ArtifactOf(c.Desc) != "" {
				r.Attest(c.Desc)
				if len(aside) < maxAttestations {
					aside = append(aside, c)
				}
				continue
			}
			if c.seen(visited) {
				continue
			}
			if !c.Desc.MediaType.IsImage() {
				doc, err := r.manifest(ctx, c.Desc)
				if err != nil {
					return err
				}
				if doc.IsIndex() {
					if digest := "index " + c.Digest; !visited[digest] {
						visited[digest] = true
						err = walk(c.Below(doc), depth+1)
					}
					if err != nil {
						return err
					}
					continue
				}
			}
			if images = append(images, c); len(images) > MaxManifests {
				return &usererror.Error{What: fmt.Sprintf("its index lists more than %d manifests", MaxManifests), Next: "name one by its digest"}
			}
		}
		return nil
	}
	if err := walk(all, 0); err != nil {
		return nil, err
	}
	if len(images) == 0 {
		return r.amongAside(ctx, aside)
	}
	return images, nil
}

// seen reports whether a candidate was visited already for the same platform.
func (c *Candidate) seen(visited map[string]bool) bool {
	key := c.Desc.Digest.String()
	if c.Platform != nil {
		key += " " + platforms.Name(platforms.Normal(*c.Platform))
	}
	was := visited[key]
	visited[key] = true
	return was
}

// amongAside finds images among index entries that look like none: a tool may
// have left their platform unknown/unknown. Else it says what the entries are.
func (r *Resolver) amongAside(ctx context.Context, aside []Candidate) ([]Candidate, error) {
	var images []Candidate
	var kinds []string
	subject := ""
	for _, c := range aside {
		kind, of := r.setAside(ctx, c.Desc)
		if kind == "" {
			c.Platform, c.listed = nil, false
			images = append(images, c)
			continue
		}
		kinds, subject = append(kinds, kind), of
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case len(images) > 0:
		return images, nil
	case len(kinds) == 1:
		return nil, notImage(kinds[0], subject)
	case len(kinds) > 1:
		return nil, onlyArtifacts("its index", kinds)
	}
	return nil, &usererror.Error{What: "its index lists no image", Next: "check what the reference points to"}
}

// Below turns an index's entries into candidates that carry on the names, the
// annotations and the platform of the entry that led to the index.
func (c *Candidate) Below(index *Document) []Candidate {
	all := make([]Candidate, 0, len(index.Manifests))
	for _, d := range index.Manifests {
		annotations := maps.Clone(c.Annotations)
		if annotations == nil && d.Annotations != nil {
			annotations = make(map[string]string)
		}
		maps.Copy(annotations, d.Annotations)
		platform := KnownPlatform(d.Platform)
		if platform == nil {
			platform = c.Platform
		}
		all = append(all, Candidate{
			Names: c.Names, Digest: d.Digest.String(), Platform: platform, listed: platform != nil, Annotations: annotations, Desc: d,
		})
	}
	return all
}

// KnownPlatform drops a descriptor's platform that says nothing.
func KnownPlatform(p *v1.Platform) *v1.Platform {
	if p == nil || p.OS == "" && p.Architecture == "" {
		return nil
	}
	return p
}

// ResolvePlatforms asks the configs for the platforms that no index entry tells, and leaves
// out what turns out to be no image.
func (r *Resolver) ResolvePlatforms(ctx context.Context, all []Candidate) ([]Candidate, error) {
	platforms := make(map[v1.Hash]*v1.Platform) // by config: many manifests may share one
	var images []Candidate
	var kinds []string
	for _, c := range all {
		if c.Platform != nil || len(all) == 1 {
			images = append(images, c)
			continue
		}
		manifest, err := r.manifest(ctx, c.Desc)
		if err != nil {
			return nil, err
		}
		if kind := manifest.artifact(); kind != "" {
			kinds = append(kinds, kind)
			continue
		}
		if manifest.Config != nil {
			config := manifest.Config.Digest
			if _, again := platforms[config]; !again {
				if platforms[config], err = r.platform(ctx, *manifest.Config); err != nil {
					return nil, err
				}
			}
			c.Platform = platforms[config]
		}
		images = append(images, c)
	}
	if len(images) == 0 {
		return nil, onlyArtifacts("its index", kinds)
	}
	return images, nil
}

// platform reads what a config says about the platform, nil if nothing.
func (r *Resolver) platform(ctx context.Context, config v1.Descriptor) (*v1.Platform, error) {
	doc, err := r.document(ctx, "config", config)
	if err != nil {
		return nil, err
	}
	var p v1.Platform
	err = Decode("the config", doc, &p)
	return KnownPlatform(&p), err
}
