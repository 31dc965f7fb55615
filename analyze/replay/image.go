package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/rope"
)

// Image is what a simulated build leaves.
type Image struct {
	Layers     []Layer // of the last stage, its base image first
	Config     v1.Config
	BaseLayers int      // how many of Layers the base image brings
	Unmodelled []string // programs that changed nothing because they have no model
	Problems   []string // what would have failed in a real build, "line N: …"

	final    *tree
	packages map[string]bool     // installed
	files    map[string][]string // of the packages
}

// Size is how many bytes the files of all layers have.
func (img *Image) Size() int64 {
	var sum int64
	for _, l := range img.Layers {
		for _, e := range l.Entries {
			sum += e.Size()
		}
	}
	return sum
}

const comment = "buildkit.dockerfile.v0"

// WriteOCI writes the image as an OCI layout into a directory that it makes. The
// layers are streamed, so that the image may be larger than the memory. Without known,
// the config's diff IDs are made up, as in [Image.Archive]: tare takes them on trust, an
// engine does not.
func (img *Image) WriteOCI(dir string, known *Digests) error {
	if err := os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755); err != nil {
		return err
	}
	config := v1.ConfigFile{
		Created: v1.Time{Time: epoch}, OS: "linux", Architecture: "amd64", Config: img.Config,
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{}},
	}
	manifest := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Layers: []v1.Descriptor{}}
	for _, l := range img.Layers {
		config.History = append(config.History, v1.History{
			Created: v1.Time{Time: epoch}, CreatedBy: l.CreatedBy, Comment: comment, EmptyLayer: l.Empty,
		})
		if l.Empty {
			continue
		}
		blob, diffID, err := l.store(dir, known)
		if err != nil {
			return err
		}
		manifest.Layers = append(manifest.Layers, blob)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, diffID)
	}
	documents, err := rope.Documents(config, &manifest, nil)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(d.Name)), d.Text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// counter counts and hashes what is written to it.
type counter struct {
	to   io.Writer
	hash interface {
		io.Writer
		Sum(b []byte) []byte
	}
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	_, _ = c.hash.Write(p[:n]) // never fails
	return n, err
}

func (c *counter) digest() v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(c.hash.Sum(nil))}
}

// store writes the layer, compressed, among the blobs.
func (l Layer) store(dir string, known *Digests) (v1.Descriptor, v1.Hash, error) {
	none := v1.Hash{}
	plain, err := l.rope()
	if err != nil {
		return v1.Descriptor{}, none, fmt.Errorf("write the layer of %q: %w", l.CreatedBy, err)
	}
	f, err := os.CreateTemp(filepath.Join(dir, "blobs"), "layer")
	if err != nil {
		return v1.Descriptor{}, none, err
	}
	defer f.Close()
	packed := &counter{to: f, hash: sha256.New()}
	z, err := zstd.NewWriter(packed, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return v1.Descriptor{}, none, err
	}
	for piece := range plain.Pieces() {
		if _, err := z.Write(piece); err != nil {
			return v1.Descriptor{}, none, err
		}
	}
	if err := z.Close(); err != nil {
		return v1.Descriptor{}, none, err
	}
	d := v1.Descriptor{MediaType: types.OCILayerZStd, Size: packed.n, Digest: packed.digest()}
	return d, known.of(plain), os.Rename(f.Name(), filepath.Join(dir, "blobs", "sha256", d.Digest.Hex))
}
