package manifest

import (
	"context"
	"encoding/json"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// BuildKit tells how it built an image in an attestation: a manifest beside the
// image's own in the same index, for the platform unknown/unknown, with
// annotations that say so and name the image by its digest. Its layers are
// in-toto statements, one a predicate type; see BuildKit's
// docs/attestations/attestation-storage.md.
const (
	referenceType   = "vnd.docker.reference.type"
	referenceDigest = "vnd.docker.reference.digest"
	attestationType = "attestation-manifest"
	statementType   = "application/vnd.in-toto+json"
	predicateType   = "in-toto.io/predicate-type"
)

// provenanceTypes are the predicates that tell of a build; others list packages.
var provenanceTypes = map[string]bool{
	"https://slsa.dev/provenance/v0.2": true,
	"https://slsa.dev/provenance/v1":   true,
}

// Attest notes an index entry that describes another one.
func (r *Resolver) Attest(d v1.Descriptor) {
	subject := d.Annotations[referenceDigest]
	if d.Annotations[referenceType] != attestationType || subject == "" {
		return
	}
	if r.attestations == nil {
		r.attestations = make(map[string][]v1.Descriptor)
	}
	known := r.attestations[subject]
	again := slices.ContainsFunc(known, func(k v1.Descriptor) bool { return k.Digest == d.Digest })
	if !again && len(known) < maxAttestations {
		r.attestations[subject] = append(known, d)
	}
}

// maxAttestations is how many attestation manifests of one image are looked
// into; BuildKit makes one.
const maxAttestations = 16

// provenance reads the provenance statement of the image with a manifest's
// digest, nil where there is none.
func (r *Resolver) provenance(ctx context.Context, digest string) ([]byte, error) {
	for _, d := range r.attestations[digest] {
		manifest, err := r.manifest(ctx, d)
		if err != nil {
			return nil, err
		}
		for _, layer := range manifest.Layers {
			predicate, named := layer.Annotations[predicateType]
			if layer.MediaType != statementType || named && !provenanceTypes[predicate] {
				continue
			}
			doc, err := r.once(ctx, "attestation "+layer.Digest.String(), layer)
			if err != nil {
				return nil, err
			}
			if named || isProvenance(doc) {
				return doc, nil
			}
		}
	}
	return nil, nil
}

// isProvenance looks into a statement whose manifest does not say what it holds.
func isProvenance(doc []byte) bool {
	var statement struct {
		PredicateType string `json:"predicateType"`
	}
	return json.Unmarshal(doc, &statement) == nil && provenanceTypes[statement.PredicateType]
}
