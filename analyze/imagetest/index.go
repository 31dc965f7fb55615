package imagetest

import (
	"encoding/json"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Index is several images under one name, one a platform.
type Index struct {
	Images []Image
	// Attestations adds to every image the manifest that BuildKit keeps its
	// provenance in, with platform unknown/unknown.
	Attestations bool
	// Statement is the in-toto statement that the attestations hold; nil is one
	// with little in it.
	Statement []byte
	// Nested puts the images into an index of their own, which index.json then
	// names, as buildx does.
	Nested bool
}

// OCI is the index as an OCI layout.
func (x Index) OCI() Archive {
	archive := Archive{layoutMarker}
	top, blobs := x.descriptors()
	if x.Nested {
		inner := blob(marshal(indexOf(top)))
		top = []v1.Descriptor{{
			MediaType: types.OCIImageIndex, Size: int64(len(inner.Body)), Digest: Digest(inner.Body),
			Annotations: x.Images[0].tagAnnotations(),
		}}
		blobs = append(blobs, inner)
	}
	archive = archive.add(blobs...)
	return append(archive, File{Path: "index.json", Body: marshal(indexOf(top))})
}

// RawIndex returns the bytes of the index that names the images: what a registry
// stores under the tag.
func (x Index) RawIndex() []byte {
	top, _ := x.descriptors()
	return marshal(indexOf(top))
}

func indexOf(manifests []v1.Descriptor) v1.IndexManifest {
	return v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: manifests}
}

// descriptors lists the index's manifests and every blob they lead to.
func (x Index) descriptors() (manifests []v1.Descriptor, blobs []File) {
	var attestations []v1.Descriptor
	for _, img := range x.Images {
		s, p := img.store(), img.platform()
		d := s.descriptor()
		d.Platform = &p
		if !x.Nested {
			d.Annotations = img.tagAnnotations()
		}
		manifests = append(manifests, d)
		blobs = append(blobs, s.blobs()...)
		if x.Attestations {
			a := x.attestation(d.Digest)
			s := a.store()
			d := s.descriptor()
			d.Platform = &v1.Platform{OS: "unknown", Architecture: "unknown"}
			d.Annotations = map[string]string{
				"vnd.docker.reference.type":   "attestation-manifest",
				"vnd.docker.reference.digest": img.Digest().String(),
			}
			attestations = append(attestations, d)
			blobs = append(blobs, s.blobs()...)
		}
	}
	return append(manifests, attestations...), blobs
}

// attestation is the image that BuildKit makes of a provenance statement.
func (x Index) attestation(subject v1.Hash) Image {
	statement := x.Statement
	if statement == nil {
		statement = marshal(map[string]any{
			"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
			"subject":   []any{map[string]any{"name": "_", "digest": map[string]string{subject.Algorithm: subject.Hex}}},
			"predicate": map[string]any{"buildType": "https://mobyproject.org/buildkit@v1"},
		})
	}
	var is struct{ PredicateType string }
	_ = json.Unmarshal(statement, &is) // a broken statement has no type
	return Image{Platform: "unknown/unknown", Layers: []Layer{{
		Tar: statement, Compression: None, NoHistory: true, MediaType: "application/vnd.in-toto+json",
		Annotations: map[string]string{"in-toto.io/predicate-type": is.PredicateType},
	}}}
}

// V1 returns the index as go-containerregistry knows it, to push it to a
// registry.
func (x Index) V1() v1.ImageIndex { return indexV1{x, x.RawIndex()} }

type indexV1 struct {
	x   Index
	raw []byte
}

func (v indexV1) MediaType() (types.MediaType, error) { return types.OCIImageIndex, nil }
func (v indexV1) Digest() (v1.Hash, error)            { return Digest(v.raw), nil }
func (v indexV1) Size() (int64, error)                { return int64(len(v.raw)), nil }
func (v indexV1) RawManifest() ([]byte, error)        { return v.raw, nil }
func (v indexV1) IndexManifest() (*v1.IndexManifest, error) {
	manifests, _ := v.x.descriptors()
	m := indexOf(manifests)
	return &m, nil
}
func (v indexV1) ImageIndex(h v1.Hash) (v1.ImageIndex, error) { return nil, errNoLayer(h) }
func (v indexV1) Image(h v1.Hash) (v1.Image, error) {
	for _, img := range v.x.Images {
		if img.Digest() == h {
			return img.V1(), nil
		}
		if a := v.x.attestation(img.Digest()); a.Digest() == h {
			return a.V1(), nil
		}
	}
	return nil, errNoLayer(h)
}
