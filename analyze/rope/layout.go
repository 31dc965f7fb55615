package rope

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Document is a small file of an OCI layout.
type Document struct {
	Name string
	Text []byte
}

// Documents are the files of an OCI layout (image-layout.md) besides the layers of its
// one image: oci-layout, index.json, config, manifest. The manifest has the layers already and
// gets its config here. The annotations are those that the index has for the image.
func Documents(config v1.ConfigFile, manifest *v1.Manifest, annotations map[string]string) ([]Document, error) {
	settings, described, err := blob(types.OCIConfigJSON, config)
	if err != nil {
		return nil, err
	}
	manifest.Config = described
	image, entry, err := blob(manifest.MediaType, manifest)
	if err != nil {
		return nil, err
	}
	entry.Platform = &v1.Platform{OS: config.OS, Architecture: config.Architecture}
	entry.Annotations = annotations
	index, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{entry}})
	if err != nil {
		return nil, err
	}
	return []Document{{"oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)}, {"index.json", index}, settings, image}, nil
}

// Layout packs an OCI layout as an archive: its documents, then the layers' blobs.
func Layout(layers *Tar, documents []Document) (*Rope, error) {
	t := Tar{ModTime: layers.ModTime}
	for _, d := range documents {
		if err := t.Small(d.Name, d.Text); err != nil {
			return nil, err
		}
	}
	t.Join(&layers.Rope)
	t.Add(Zeros[:])
	return &t.Rope, nil
}

// BlobName is where an OCI layout has a blob.
func BlobName(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// blob is a value as a JSON blob, and what describes it.
func blob(mediaType types.MediaType, value any) (Document, v1.Descriptor, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return Document{}, v1.Descriptor{}, err
	}
	sum := sha256.Sum256(b)
	h := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
	return Document{BlobName(h), b}, v1.Descriptor{MediaType: mediaType, Size: int64(len(b)), Digest: h}, nil
}
