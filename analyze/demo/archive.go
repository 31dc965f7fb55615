package demo

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// digests is what a layer of a sample hashes to.
type digests struct {
	DiffID v1.Hash `json:"diffId"`
	Digest v1.Hash `json:"digest"`
}

//go:embed digests.json
var digestsJSON []byte

// known returns the digests of every sample's layers, the lowest first.
func known() (map[string][]digests, error) {
	var all map[string][]digests
	if err := json.Unmarshal(digestsJSON, &all); err != nil {
		return nil, fmt.Errorf("read the built-in digests: %w", err)
	}
	return all, nil
}

// archive packs the sample as an OCI archive: image-spec, image-layout.md.
func (s Sample) archive() (*rope, error) {
	all, err := known()
	if err != nil {
		return nil, err
	}
	hashes := all[s.Name]
	config := v1.ConfigFile{
		Created: v1.Time{Time: built}, OS: "linux", Architecture: "amd64", Config: s.config,
		RootFS: v1.RootFS{Type: "layers"},
	}
	manifest := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Annotations: s.annotations(),
	}
	var blobs tarRope
	for _, step := range s.steps() {
		config.History = append(config.History, v1.History{
			Created: v1.Time{Time: built}, CreatedBy: step.createdBy, Comment: step.comment, EmptyLayer: step.layer == nil,
		})
		if step.layer == nil {
			continue
		}
		n := len(manifest.Layers)
		if n >= len(hashes) {
			return nil, fmt.Errorf("layer %d has no built-in digest", n)
		}
		blob := step.layer.finish()
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, hashes[n].DiffID)
		manifest.Layers = append(manifest.Layers, v1.Descriptor{
			MediaType: types.OCILayer, Size: blob.size(), Digest: hashes[n].Digest,
		})
		blobs.file(blobName(hashes[n].Digest), blob)
	}
	if manifest.Config, err = blobs.blob(types.OCIConfigJSON, config); err != nil {
		return nil, err
	}
	entry, err := blobs.blob(types.OCIManifestSchema1, manifest)
	if err != nil {
		return nil, err
	}
	entry.Platform = &v1.Platform{OS: "linux", Architecture: "amd64"}
	entry.Annotations = map[string]string{"org.opencontainers.image.ref.name": "latest", "io.containerd.image.name": "demo/" + s.Name + ":latest"}
	index, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{entry}})
	if err != nil {
		return nil, err
	}

	var t tarRope
	t.small("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	t.small("index.json", index)
	t.join(&blobs.rope)
	t.add(zeros[:])
	return &t.rope, nil
}

func (s Sample) annotations() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       s.Title,
		"org.opencontainers.image.description": "built-in sample of tare, made in memory: " + s.Lesson,
	}
}

func blobName(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// tarRope is a tar archive made of ropes.
type tarRope struct{ rope }

func (t *tarRope) file(name string, content *rope) {
	var header bytes.Buffer
	err := tar.NewWriter(&header).WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: content.size(), Mode: 0o644, ModTime: built, Format: tar.FormatUSTAR,
	})
	if err != nil {
		panic("demo: " + name + ": " + err.Error())
	}
	t.add(header.Bytes())
	t.join(content)
	t.add(zeros[:-content.size()&(blockSize-1)])
}

func (t *tarRope) small(name string, b []byte) {
	var r rope
	r.add(b)
	t.file(name, &r)
}

// blob writes a value as a JSON blob and describes it.
func (t *tarRope) blob(mediaType types.MediaType, value any) (v1.Descriptor, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return v1.Descriptor{}, err
	}
	sum := sha256.Sum256(b)
	h := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
	t.small(blobName(h), b)
	return v1.Descriptor{MediaType: mediaType, Size: int64(len(b)), Digest: h}, nil
}
