// Package manifest reads the JSON documents of an image and finds the way from an index to the
// image for one platform. It follows the OCI image spec (image-index.md, manifest.md,
// config.md) and Docker's image manifest v2, schema 2.
//
// An index lists manifests, one for each platform, or other indexes. A manifest names a config
// and layers by their digests. A config has the platform, the history and the diff IDs (the
// digests of the uncompressed layers). An artifact is anything else with a manifest: a
// signature, an SBOM, a chart. An attestation is an artifact that BuildKit stores next to an
// image; one kind of it, the provenance, describes the build.
//
// All of this is hostile until its digest is verified, and bounded even then: 32 MiB for a
// document and 96 MiB for an image, 500,000 values, 10,000 manifests and layers, indexes eight
// deep. A Resolver does the reading, for registries, layouts and skopeo's directories alike.
// It is for one goroutine at a time.
package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// MaxDocument is how many bytes an index, a manifest or a config may have.
	MaxDocument = 32 << 20
	// MaxDocuments is how many bytes of them one image may make us read and keep.
	MaxDocuments = 96 << 20
	// maxValues bounds the values of a document: an array of empty objects
	// takes three bytes an element as JSON and a hundred times that in memory.
	maxValues = 500_000
	// MaxLayers is what the report's layer indexes can count.
	MaxLayers = 10_000
	// maxHistory is how many steps a config may tell of, those without a layer
	// included.
	maxHistory = 20_000
)

// Decode reads a JSON document. what names it in errors.
func Decode(what string, doc []byte, into any) error {
	if len(doc) > MaxDocument {
		return TooLarge(what)
	}
	if bytes.Count(doc, []byte{','}) > maxValues {
		return &usererror.Error{What: fmt.Sprintf("%s has more than %d values", what, maxValues), Next: "no image needs that many; build it again"}
	}
	if err := json.Unmarshal(doc, into); err != nil {
		return undecoded(what, doc, err)
	}
	return nil
}

// TooLarge is the error for a document over MaxDocument; what names it.
func TooLarge(what string) error {
	return &usererror.Error{What: fmt.Sprintf("%s is larger than %d MiB", what, MaxDocument>>20), Next: "this is not an image that tare reads"}
}

// TooMuch is the error for documents that are over MaxDocuments together.
func TooMuch() error {
	return &usererror.Error{What: fmt.Sprintf("its manifests and configs add up to more than %d MiB", MaxDocuments>>20), Next: "this is not an image that tare reads"}
}

// DigestOf is the digest of a document, "sha256:…".
func DigestOf(doc []byte) string {
	sum := sha256.Sum256(doc)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Verify compares a document with the digest that whoever refers to it names.
func Verify(what string, doc []byte, want string) error {
	if got := DigestOf(doc); got != want {
		return &usererror.Error{What: fmt.Sprintf("%s is not what it should be: its digest is %s, not %s", what, got, want), Next: "it was changed or damaged; save or pull the image again"}
	}
	return nil
}

var blobName = lazyregexp.New(`^blobs/sha256/([0-9a-f]{64})$`)

// PromisedDigest is the digest that a file's place in an OCI layout promises, or "".
func PromisedDigest(name string) string {
	if m := blobName.FindStringSubmatch(name); m != nil {
		return "sha256:" + m[1]
	}
	return ""
}

// Document is an index or a manifest: which of the two is seen from its
// media type, and where it has none from its fields.
type Document struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     types.MediaType   `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Annotations   map[string]string `json:"annotations"`
	Manifests     []v1.Descriptor   `json:"manifests"`
	Config        *v1.Descriptor    `json:"config"`
	Layers        []v1.Descriptor   `json:"layers"`
	FSLayers      []struct{}        `json:"fsLayers"` // Docker's schema 1
	Subject       *v1.Descriptor    `json:"subject"`  // what an artifact belongs to
	Blobs         []v1.Descriptor   `json:"blobs"`    // of an artifact manifest, which OCI 1.1 gave up
}

// Parse reads an index or a manifest. A document that could be read as
// both is refused, as the image spec demands (CVE-2021-41190).
func Parse(what string, doc []byte) (*Document, error) {
	var d Document
	if err := Decode(what, doc, &d); err != nil {
		return nil, err
	}
	switch {
	case d.SchemaVersion == 1 || d.FSLayers != nil || d.MediaType.IsSchema1():
		return nil, &usererror.Error{What: what + " is in Docker's schema 1, which is no longer in use", Next: "build the image again, or convert it with skopeo copy --format v2s2"}
	case d.Manifests != nil && (d.Config != nil || d.Layers != nil):
		return nil, &usererror.Error{What: what + " could be an index or a manifest", Next: "push the image again with a current tool"}
	case d.Manifests == nil && d.Config == nil && d.Layers == nil && (d.MediaType.IsIndex() || hasKey(doc, "manifests")):
		d.Manifests = []v1.Descriptor{} // "manifests": null, as Go writes an empty list
	case d.Manifests == nil && d.Config == nil && d.ArtifactType != "" && (d.Layers != nil || d.Blobs != nil || d.MediaType != ""):
		return nil, notImage(describeType(d.ArtifactType), d.subject())
	case d.Manifests == nil && d.Config == nil:
		return nil, &usererror.Error{What: what + " is neither an index nor a manifest of an image", Next: "check what the reference points to"}
	}
	return &d, nil
}

// hasKey reports whether a JSON object has a key, whatever its value.
func hasKey(doc []byte, key string) bool {
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(doc, &keys) // it was read before
	_, ok := keys[key]
	return ok
}

// subject is the digest of what an artifact belongs to, "" for none.
func (d *Document) subject() string {
	if d.Subject == nil {
		return ""
	}
	return d.Subject.Digest.String()
}

// IsIndex reports whether the document lists manifests.
func (d *Document) IsIndex() bool { return d.Manifests != nil }
