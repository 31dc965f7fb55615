package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/rope"
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

// archive packs the sample as an OCI archive (image-spec, image-layout.md), which with
// docker is one that docker save writes since version 25, too: its manifest.json names
// the same blobs.
func (s Sample) archive(docker bool) (*rope.Rope, error) {
	all, err := known()
	if err != nil {
		return nil, err
	}
	hashes := all[s.Name]
	settings := s.config
	if s.image != nil {
		settings = s.image().Config
	}
	config := v1.ConfigFile{
		Created: v1.Time{Time: built}, OS: "linux", Architecture: "amd64", Config: settings,
		RootFS: v1.RootFS{Type: "layers"},
	}
	manifest := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Annotations: s.annotations(),
	}
	blobs := rope.Tar{ModTime: built}
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
			MediaType: types.OCILayer, Size: blob.Size(), Digest: hashes[n].Digest,
		})
		if err := blobs.File(rope.BlobName(hashes[n].Digest), blob); err != nil {
			return nil, err
		}
	}
	names := map[string]string{"org.opencontainers.image.ref.name": "latest", "io.containerd.image.name": "demo/" + s.Name + ":latest"}
	documents, err := rope.Documents(config, &manifest, names)
	if err != nil {
		return nil, err
	}
	if docker {
		documents = append(documents, rope.Document{Name: "manifest.json", Text: s.dockerManifest(manifest)})
	}
	return rope.Layout(&blobs, documents)
}

// dockerManifest is what docker load reads: the Docker image spec v1.2, "combined image
// JSON + filesystem changeset format".
func (s Sample) dockerManifest(m v1.Manifest) []byte {
	var layers []string
	for _, l := range m.Layers {
		layers = append(layers, rope.BlobName(l.Digest))
	}
	b, err := json.Marshal([]map[string]any{{
		"Config": rope.BlobName(m.Config.Digest), "RepoTags": []string{"demo/" + s.Name + ":latest"}, "Layers": layers,
	}})
	if err != nil {
		panic("demo: " + err.Error()) // strings alone
	}
	return b
}

func (s Sample) annotations() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       s.Title,
		"org.opencontainers.image.description": "built-in sample of tare, made in memory: " + s.Lesson,
	}
}
