package manifest

import (
	"context"
	"fmt"
	"maps"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// MaxNesting is how deep indexes may lie in indexes; registries show two.
	MaxNesting = 8
	// MaxManifests is how many manifests one index may lead to.
	MaxManifests = 10_000
)

// Resolver walks from an index or a manifest to the image for one platform, in
// a registry or in an OCI layout. It reads every document once, verifies it and
// stops at MaxDocuments bytes in all. It is for one goroutine at a time: those who ask
// it while an image is in use, when others may ask as well, hold its Mutex.
type Resolver struct {
	sync.Mutex

	// Fetch reads an index, a manifest or a config, maxDocument bytes at most.
	Fetch func(ctx context.Context, d v1.Descriptor) ([]byte, error)

	read         map[v1.Hash][]byte
	bytes        int64
	attestations map[string][]v1.Descriptor // by the digest of the manifest they describe
}

// document returns the verified bytes that a descriptor means.
func (r *Resolver) document(ctx context.Context, what string, d v1.Descriptor) ([]byte, error) {
	if doc, ok := r.read[d.Digest]; ok {
		return doc, nil
	}
	doc, err := r.once(ctx, what+" "+d.Digest.String(), d)
	if err != nil {
		return nil, err
	}
	return doc, r.Keep(d.Digest, doc)
}

// once reads and verifies a document without keeping it.
func (r *Resolver) once(ctx context.Context, what string, d v1.Descriptor) ([]byte, error) {
	if d.Digest.Algorithm != "sha256" {
		return nil, &usererror.Error{What: fmt.Sprintf("%s has a digest that is not sha256", what), Next: "tare reads images with sha256 digests"}
	}
	if d.Size > MaxDocument {
		return nil, TooLarge(what)
	}
	doc, err := r.Fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	return doc, Verify(what, doc, d.Digest.String())
}

// Keep remembers a document that needs no more verifying.
func (r *Resolver) Keep(digest v1.Hash, doc []byte) error {
	if r.bytes += int64(len(doc)); r.bytes > MaxDocuments {
		return TooMuch()
	}
	if r.read == nil {
		r.read = make(map[v1.Hash][]byte)
	}
	r.read[digest] = doc
	return nil
}

func (r *Resolver) manifest(ctx context.Context, d v1.Descriptor) (*Document, error) {
	doc, err := r.document(ctx, "manifest", d)
	if err != nil {
		return nil, err
	}
	return Parse("manifest "+d.Digest.String(), doc)
}

// Expand replaces indexes among the candidates by what they list, through any
// number of levels up to maxNesting. One manifest for several platforms is a
// candidate for each.
func (r *Resolver) Expand(ctx context.Context, all []Candidate) ([]Candidate, error) {
	var images, aside []Candidate
	visited := make(map[string]bool)
	var walk func(all []Candidate, depth int) error
	walk = func(all []Candidate, depth int) error {
		if depth > MaxNesting {
			return &usererror.Error{What: fmt.Sprintf("its indexes lie more than %d deep in each other", MaxNesting), Next: "push the image again with a current tool"}
		}
		for _, c := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			if Beside(c.Desc) != "" {
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

// Learn asks the configs for the platforms that no index entry tells, and leaves
// out what turns out to be no image.
func (r *Resolver) Learn(ctx context.Context, all []Candidate) ([]Candidate, error) {
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

// isImageConfig tells images from other artifacts. A config without a media
// type is taken for an image's: some old tools leave it out.
func isImageConfig(m types.MediaType) bool { return m == "" || m.IsConfig() }

// Load reads a candidate's manifest and config into an Image. place says where
// the blob of a layer lies and how it is read.
func (r *Resolver) Load(ctx context.Context, c Candidate, img *image.Image, asked string, place func(called string, d v1.Descriptor) (image.Layer, error)) error {
	manifest, config, err := r.documents(ctx, c)
	if err != nil {
		return err
	}
	if err := CheckCount(len(manifest.Layers)); err != nil {
		return err
	}
	layers := make([]image.Layer, len(manifest.Layers))
	for n, d := range manifest.Layers {
		called := LayerName(n, d.Digest.String())
		if err := CheckLayer(called, d.MediaType, d.URLs); err != nil {
			return err
		}
		if d.Digest.Algorithm != "sha256" || d.Size < 0 {
			return &usererror.Error{What: called + " has no sha256 digest or no size", Next: "push the image again with a current tool"}
		}
		if layers[n], err = place(called, d); err != nil {
			return err
		}
		layers[n].Digest, layers[n].MediaType, layers[n].Size, layers[n].Wire = d.Digest.String(), string(d.MediaType), d.Size, true
	}
	annotations := maps.Clone(c.Annotations)
	if annotations == nil {
		annotations = make(map[string]string)
	}
	maps.Copy(annotations, manifest.Annotations)
	var listed *v1.Platform
	if c.listed {
		listed = c.Platform
	}
	if err := Complete(img, config, layers, listed, asked); err != nil {
		return err
	}
	img.Note(c.note)
	img.Digest, img.Annotations = c.Desc.Digest.String(), annotations
	if len(r.attestations[img.Digest]) > 0 {
		digest := img.Digest
		img.Provenance = func(ctx context.Context) ([]byte, error) {
			r.Lock()
			defer r.Unlock()
			doc, err := r.provenance(ctx, digest)
			if err != nil {
				return nil, &usererror.OpError{Act: "reading the provenance", Err: err}
			}
			return doc, nil
		}
	}
	return nil
}

// documents reads a candidate's manifest and the bytes of its config.
func (r *Resolver) documents(ctx context.Context, c Candidate) (*Document, []byte, error) {
	manifest, err := r.manifest(ctx, c.Desc)
	if err != nil {
		return nil, nil, err
	}
	if manifest.Config == nil {
		return nil, nil, &usererror.Error{What: "manifest " + c.Desc.Digest.String() + " has no config", Next: "push the image again with a current tool"}
	}
	if kind := manifest.artifact(); kind != "" {
		return nil, nil, notImage(kind, manifest.subject())
	}
	config, err := r.document(ctx, "config", *manifest.Config)
	return manifest, config, err
}

// DiffIDs reads the diff IDs that a candidate's config names.
func (r *Resolver) DiffIDs(ctx context.Context, c Candidate) ([]string, error) {
	_, doc, err := r.documents(ctx, c)
	if err != nil {
		return nil, err
	}
	config, err := ParseConfig(doc)
	if err != nil {
		return nil, err
	}
	return DiffIDs(config), nil
}
