package imagetest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Image is a container image. The zero value is an image without layers.
type Image struct {
	Layers      []Layer           // the lowest first; items with Empty make no layer
	Config      v1.Config         // Env, Cmd, Entrypoint, User, Labels, …
	Platform    string            // os/arch[/variant]; "linux/amd64" when empty
	Annotations map[string]string // of the manifest
	Tag         string            // repository:tag that archives record; "" for none
	DockerTypes bool              // Docker's media types instead of OCI's

	// History, when not nil, is the config's history instead of the layers' own
	// items; an empty slice is no history.
	History []v1.History
	// DiffIDs, when not nil, is what the config claims instead of the truth.
	DiffIDs []v1.Hash
}

// stored is an image with everything computed, once.
type stored struct {
	layers      []storedLayer
	config      []byte
	manifest    []byte
	configFile  v1.ConfigFile
	mediaType   types.MediaType
	annotations map[string]string
}

type storedLayer struct {
	v1.Descriptor
	diffID v1.Hash
	tar    []byte
	blob   []byte
}

// ConfigFile returns the image's config.
func (i Image) ConfigFile() v1.ConfigFile { return i.store().configFile }

// RawConfig returns the bytes of the image's config.
func (i Image) RawConfig() []byte { return i.store().config }

// RawManifest returns the bytes of the image's manifest.
func (i Image) RawManifest() []byte { return i.store().manifest }

// Digest is the digest of the image's manifest.
func (i Image) Digest() v1.Hash { return Digest(i.RawManifest()) }

// ID is the digest of the image's config.
func (i Image) ID() v1.Hash { return Digest(i.RawConfig()) }

// V1 returns the image as go-containerregistry knows it, to push it to a
// registry or to hold it against another reader's view. It is safe for
// concurrent use.
func (i Image) V1() v1.Image {
	img, err := partial.CompressedToImage(i.store())
	check("make a v1.Image", err)
	return img
}

func (i Image) platform() v1.Platform {
	text := i.Platform
	if text == "" {
		text = "linux/amd64"
	}
	p, err := v1.ParsePlatform(text)
	check("read the platform", err)
	return *p
}

func (i Image) store() *stored {
	s := &stored{mediaType: types.OCIManifestSchema1, annotations: i.Annotations}
	configType := types.OCIConfigJSON
	if i.DockerTypes {
		s.mediaType, configType = types.DockerManifestSchema2, types.DockerConfigJSON
	}
	p := i.platform()
	s.configFile = v1.ConfigFile{
		Created: v1.Time{Time: Epoch}, OS: p.OS, OSVersion: p.OSVersion, Architecture: p.Architecture,
		Variant: p.Variant, Config: i.Config, RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{}},
	}
	for _, l := range i.Layers {
		if !l.NoHistory {
			s.configFile.History = append(s.configFile.History, l.history())
		}
		if l.Empty {
			continue
		}
		sl := i.storeLayer(l)
		s.layers = append(s.layers, sl)
		s.configFile.RootFS.DiffIDs = append(s.configFile.RootFS.DiffIDs, sl.diffID)
	}
	if i.History != nil {
		s.configFile.History = i.History
	}
	if i.DiffIDs != nil {
		s.configFile.RootFS.DiffIDs = i.DiffIDs
	}
	s.config = marshal(s.configFile)
	s.manifest = marshal(s.describe(configType))
	return s
}

func (i Image) storeLayer(l Layer) storedLayer {
	p := l.pack()
	mediaType := l.MediaType
	switch {
	case mediaType != "":
	case !i.DockerTypes:
		mediaType = types.MediaType("application/vnd.oci.image.layer.v1.tar" + l.Compression.suffix())
	case l.Compression == None:
		mediaType = types.DockerUncompressedLayer
	default:
		mediaType = types.MediaType(strings.Replace(string(types.DockerLayer), ".gzip", "."+strings.TrimPrefix(l.Compression.suffix(), "+"), 1))
	}
	annotations := maps.Clone(p.annotations)
	if annotations == nil {
		annotations = l.Annotations
	}
	maps.Copy(annotations, l.Annotations)
	return storedLayer{
		Descriptor: v1.Descriptor{
			MediaType: mediaType, Size: int64(len(p.blob)), Digest: p.digest,
			Annotations: annotations, URLs: l.URLs,
		},
		diffID: p.diffID, tar: p.whole, blob: p.blob,
	}
}

func (s *stored) describe(configType types.MediaType) v1.Manifest {
	m := v1.Manifest{
		SchemaVersion: 2, MediaType: s.mediaType, Annotations: s.annotations,
		Config: v1.Descriptor{MediaType: configType, Size: int64(len(s.config)), Digest: Digest(s.config)},
		Layers: []v1.Descriptor{},
	}
	for _, l := range s.layers {
		m.Layers = append(m.Layers, l.Descriptor)
	}
	return m
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	check("write JSON", err)
	return b
}

// RawManifest, RawConfigFile, MediaType and LayerByDigest are
// partial.CompressedImageCore.
func (s *stored) RawManifest() ([]byte, error)             { return s.manifest, nil }
func (s *stored) RawConfigFile() ([]byte, error)           { return s.config, nil }
func (s *stored) MediaType() (types.MediaType, error)      { return s.mediaType, nil }
func (l *storedLayer) Digest() (v1.Hash, error)            { return l.Descriptor.Digest, nil }
func (l *storedLayer) Size() (int64, error)                { return l.Descriptor.Size, nil }
func (l *storedLayer) MediaType() (types.MediaType, error) { return l.Descriptor.MediaType, nil }
func (l *storedLayer) Compressed() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(l.blob)), nil
}

func (s *stored) LayerByDigest(h v1.Hash) (partial.CompressedLayer, error) {
	for n := range s.layers {
		if s.layers[n].Descriptor.Digest == h {
			return &s.layers[n], nil
		}
	}
	return nil, errNoLayer(h)
}
