package indexstore

import (
	"context"
	"io"

	"github.com/tare-oci/tare/analyze/source"
)

// ArtifactType is what documents are in a registry: the artifactType of their manifests, and
// the media type of the one blob that each has.
const ArtifactType = "application/vnd.tare-oci.layer-index.v1"

// annotationSet holds the document's [Name.Set], so that a reader need not look into those that it
// cannot use.
const annotationSet = "vnd.tare-oci.set"

// repository is a place in a repository of a registry. Each document is an OCI artifact whose
// subject is the layer: by its digest, which need not be in this repository, as the distribution spec
// allows for subjects. So the index of a layer has one place, whichever repositories have
// images with that layer, and nobody needs the right to push to these.
type repository struct {
	artifacts *source.Artifacts
	name      string
}

func newRepository(name string, opt source.Options) (*repository, error) {
	artifacts, err := source.ArtifactsIn(name, opt)
	if err != nil {
		return nil, err
	}
	return &repository{artifacts, name}, nil
}

func (r *repository) String() string { return "oci://" + r.name }

// maxTried is how many documents of one layer are looked at: a stranger may have put more there.
const maxTried = 8

// Get reads what refers to a layer, the latest first.
func (r *repository) Get(ctx context.Context, of Name, read func(io.Reader) error) error {
	found, err := r.list(ctx, of)
	if err != nil {
		return err
	}
	err = ErrNone
	for n := range min(len(found), maxTried) {
		if err = r.getOne(ctx, found[len(found)-1-n], read); err == nil {
			return nil
		}
	}
	return err
}

func (r *repository) getOne(ctx context.Context, one source.Artifact, read func(io.Reader) error) error {
	body, err := r.artifacts.Open(ctx, one, MaxDocument)
	if err != nil {
		return read(failing{err})
	}
	defer body.Close()
	return read(body)
}

// failing is a document that cannot be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// list lists the documents of a layer that a reader can use, as far as their manifests say.
func (r *repository) list(ctx context.Context, of Name) ([]source.Artifact, error) {
	all, err := r.artifacts.List(ctx, of.Layer, ArtifactType)
	var fit []source.Artifact
	for _, one := range all {
		if set, ok := one.Annotations[annotationSet]; !ok || set == of.Set {
			fit = append(fit, one)
		}
	}
	return fit, err
}

// Put pushes a document.
func (r *repository) Put(ctx context.Context, of Name, doc []byte) error {
	subject := source.Subject{MediaType: of.MediaType, Digest: of.Layer, Size: of.Size}
	return r.artifacts.Push(ctx, subject, source.Artifact{Type: ArtifactType, Annotations: map[string]string{annotationSet: of.Set}}, doc)
}

// Has looks for a document of a layer.
func (r *repository) Has(ctx context.Context, of Name) (bool, error) {
	found, err := r.list(ctx, of)
	return len(found) > 0, err
}
