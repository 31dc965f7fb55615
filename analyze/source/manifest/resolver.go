package manifest

import (
	"context"
	"fmt"
	"maps"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/image"
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

	// Fetch reads an index, a manifest or a config, MaxDocument bytes at most.
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
		if d.Size > MaxBlob {
			return &usererror.Error{What: called + " claims to have more than 1 TiB", Next: "push the image again with a current tool"}
		}
		if d.Digest.Algorithm != "sha256" || d.Size < 0 {
			return &usererror.Error{What: called + " has no sha256 digest or no size", Next: "push the image again with a current tool"}
		}
		if layers[n], err = place(called, d); err != nil {
			return err
		}
		layers[n].Digest, layers[n].MediaType, layers[n].Size, layers[n].AsPushed = d.Digest.String(), string(d.MediaType), d.Size, true
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
