package source

import (
	"context"
	"fmt"
	"maps"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	// maxNesting is how deep indexes may lie in indexes; registries show two.
	maxNesting = 8
	// maxManifests is how many manifests one index may lead to.
	maxManifests = 10_000
)

// resolver walks from an index or a manifest to the image for one platform, in
// a registry or in an OCI layout. It reads every document once, verifies it and
// stops at maxDocuments bytes in all. It is not safe for concurrent use.
type resolver struct {
	// fetch reads an index, a manifest or a config, maxDocument bytes at most.
	fetch func(ctx context.Context, d v1.Descriptor) ([]byte, error)

	read         map[v1.Hash][]byte
	bytes        int64
	attestations map[string][]v1.Descriptor // by the digest of the manifest they describe
}

// document returns the verified bytes that a descriptor means.
func (r *resolver) document(ctx context.Context, what string, d v1.Descriptor) ([]byte, error) {
	if doc, ok := r.read[d.Digest]; ok {
		return doc, nil
	}
	doc, err := r.once(ctx, what+" "+d.Digest.String(), d)
	if err != nil {
		return nil, err
	}
	return doc, r.keep(d.Digest, doc)
}

// once reads and verifies a document without keeping it.
func (r *resolver) once(ctx context.Context, what string, d v1.Descriptor) ([]byte, error) {
	if d.Digest.Algorithm != "sha256" {
		return nil, &problem{what: fmt.Sprintf("%s has a digest that is not sha256", what), next: "tare reads images with sha256 digests"}
	}
	if d.Size > maxDocument {
		return nil, tooLarge(what)
	}
	doc, err := r.fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	return doc, verify(what, doc, d.Digest.String())
}

// keep remembers a document that needs no more verifying.
func (r *resolver) keep(digest v1.Hash, doc []byte) error {
	if r.bytes += int64(len(doc)); r.bytes > maxDocuments {
		return tooMuch()
	}
	if r.read == nil {
		r.read = make(map[v1.Hash][]byte)
	}
	r.read[digest] = doc
	return nil
}

func (r *resolver) manifest(ctx context.Context, d v1.Descriptor) (*manifestDocument, error) {
	doc, err := r.document(ctx, "manifest", d)
	if err != nil {
		return nil, err
	}
	return parseManifest("manifest "+d.Digest.String(), doc)
}

// expand replaces indexes among the candidates by what they list, through any
// number of levels up to maxNesting. One manifest for several platforms is a
// candidate for each.
func (r *resolver) expand(ctx context.Context, all []candidate) ([]candidate, error) {
	var images, aside []candidate
	visited := make(map[string]bool)
	var walk func(all []candidate, depth int) error
	walk = func(all []candidate, depth int) error {
		if depth > maxNesting {
			return &problem{what: fmt.Sprintf("its indexes lie more than %d deep in each other", maxNesting), next: "push the image again with a current tool"}
		}
		for _, c := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			if beside(c.desc) != "" {
				r.attest(c.desc)
				if len(aside) < maxAttestations {
					aside = append(aside, c)
				}
				continue
			}
			if c.again(visited) {
				continue
			}
			if !c.desc.MediaType.IsImage() {
				doc, err := r.manifest(ctx, c.desc)
				if err != nil {
					return err
				}
				if doc.isIndex() {
					if digest := "index " + c.digest; !visited[digest] {
						visited[digest] = true
						err = walk(c.below(doc), depth+1)
					}
					if err != nil {
						return err
					}
					continue
				}
			}
			if images = append(images, c); len(images) > maxManifests {
				return &problem{what: fmt.Sprintf("its index lists more than %d manifests", maxManifests), next: "name one by its digest"}
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

// again reports whether a candidate was visited already for the same platform.
func (c *candidate) again(visited map[string]bool) bool {
	key := c.desc.Digest.String()
	if c.platform != nil {
		key += " " + platformName(normal(*c.platform))
	}
	was := visited[key]
	visited[key] = true
	return was
}

// amongAside finds images among index entries that look like none: a tool may
// have left their platform unknown/unknown. Else it says what the entries are.
func (r *resolver) amongAside(ctx context.Context, aside []candidate) ([]candidate, error) {
	var images []candidate
	var kinds []string
	subject := ""
	for _, c := range aside {
		kind, of := r.setAside(ctx, c.desc)
		if kind == "" {
			c.platform, c.listed = nil, false
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
	return nil, &problem{what: "its index lists no image", next: "check what the reference points to"}
}

// below turns an index's entries into candidates that carry on the names, the
// annotations and the platform of the entry that led to the index.
func (c *candidate) below(index *manifestDocument) []candidate {
	all := make([]candidate, 0, len(index.Manifests))
	for _, d := range index.Manifests {
		annotations := maps.Clone(c.annotations)
		if annotations == nil && d.Annotations != nil {
			annotations = make(map[string]string)
		}
		maps.Copy(annotations, d.Annotations)
		platform := known(d.Platform)
		if platform == nil {
			platform = c.platform
		}
		all = append(all, candidate{
			names: c.names, digest: d.Digest.String(), platform: platform, listed: platform != nil, annotations: annotations, desc: d,
		})
	}
	return all
}

// known drops a descriptor's platform that says nothing.
func known(p *v1.Platform) *v1.Platform {
	if p == nil || p.OS == "" && p.Architecture == "" {
		return nil
	}
	return p
}

// learn asks the configs for the platforms that no index entry tells, and leaves
// out what turns out to be no image.
func (r *resolver) learn(ctx context.Context, all []candidate) ([]candidate, error) {
	told := make(map[v1.Hash]*v1.Platform) // by config: many manifests may share one
	var images []candidate
	var kinds []string
	for _, c := range all {
		if c.platform != nil || len(all) == 1 {
			images = append(images, c)
			continue
		}
		manifest, err := r.manifest(ctx, c.desc)
		if err != nil {
			return nil, err
		}
		if kind := manifest.artifact(); kind != "" {
			kinds = append(kinds, kind)
			continue
		}
		if manifest.Config != nil {
			config := manifest.Config.Digest
			if _, again := told[config]; !again {
				if told[config], err = r.platform(ctx, *manifest.Config); err != nil {
					return nil, err
				}
			}
			c.platform = told[config]
		}
		images = append(images, c)
	}
	if len(images) == 0 {
		return nil, onlyArtifacts("its index", kinds)
	}
	return images, nil
}

// platform reads what a config says about the platform, nil if nothing.
func (r *resolver) platform(ctx context.Context, config v1.Descriptor) (*v1.Platform, error) {
	doc, err := r.document(ctx, "config", config)
	if err != nil {
		return nil, err
	}
	var p v1.Platform
	err = decode("the config", doc, &p)
	return known(&p), err
}

// isImageConfig tells images from other artifacts. A config without a media
// type is taken for an image's: some old tools leave it out.
func isImageConfig(m types.MediaType) bool { return m == "" || m.IsConfig() }

// load reads a candidate's manifest and config into an Image. place says where
// the blob of a layer lies and how it is read.
func (r *resolver) load(ctx context.Context, c candidate, img *Image, asked string, place func(called string, d v1.Descriptor) (Layer, error)) error {
	manifest, config, err := r.documents(ctx, c)
	if err != nil {
		return err
	}
	if err := checkCount(len(manifest.Layers)); err != nil {
		return err
	}
	layers := make([]Layer, len(manifest.Layers))
	for n, d := range manifest.Layers {
		called := layerName(n, d.Digest.String())
		if err := checkLayer(called, d.MediaType, d.URLs); err != nil {
			return err
		}
		if d.Digest.Algorithm != "sha256" || d.Size < 0 {
			return &problem{what: called + " has no sha256 digest or no size", next: "push the image again with a current tool"}
		}
		if layers[n], err = place(called, d); err != nil {
			return err
		}
		layers[n].Digest, layers[n].MediaType, layers[n].Size, layers[n].Wire = d.Digest.String(), string(d.MediaType), d.Size, true
	}
	annotations := maps.Clone(c.annotations)
	if annotations == nil {
		annotations = make(map[string]string)
	}
	maps.Copy(annotations, manifest.Annotations)
	var listed *v1.Platform
	if c.listed {
		listed = c.platform
	}
	if err := complete(img, config, layers, listed, asked); err != nil {
		return err
	}
	img.note(c.note)
	img.Digest, img.Annotations = c.desc.Digest.String(), annotations
	if len(r.attestations[img.Digest]) > 0 {
		img.Provenance = func(ctx context.Context) ([]byte, error) {
			doc, err := r.provenance(ctx, img.Digest)
			if err != nil {
				return nil, &failure{act: "reading the provenance", err: err}
			}
			return doc, nil
		}
	}
	return nil
}

// documents reads a candidate's manifest and the bytes of its config.
func (r *resolver) documents(ctx context.Context, c candidate) (*manifestDocument, []byte, error) {
	manifest, err := r.manifest(ctx, c.desc)
	if err != nil {
		return nil, nil, err
	}
	if manifest.Config == nil {
		return nil, nil, &problem{what: "manifest " + c.desc.Digest.String() + " has no config", next: "push the image again with a current tool"}
	}
	if kind := manifest.artifact(); kind != "" {
		return nil, nil, notImage(kind, manifest.subject())
	}
	config, err := r.document(ctx, "config", *manifest.Config)
	return manifest, config, err
}

// diffIDs reads the diff IDs that a candidate's config names.
func (r *resolver) diffIDs(ctx context.Context, c candidate) ([]string, error) {
	_, doc, err := r.documents(ctx, c)
	if err != nil {
		return nil, err
	}
	config, err := parseConfig(doc)
	if err != nil {
		return nil, err
	}
	return diffIDs(config), nil
}
