package imagetest

import (
	"bytes"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Names of annotations that archives put into index.json.
const (
	refName        = "org.opencontainers.image.ref.name"
	containerdName = "io.containerd.image.name"
)

var layoutMarker = File{Path: "oci-layout", Body: []byte(`{"imageLayoutVersion":"1.0.0"}`)}

// OCI is the image as an OCI layout (image-spec, image-layout.md), as skopeo and
// buildx write it: layers as stored, index.json, no manifest.json.
func (i Image) OCI() Archive {
	return Index{Images: []Image{i}}.OCI()
}

// Directory is what `skopeo copy … dir:` writes: the manifest as manifest.json, and
// the blobs beside it, named by the digits of their digests.
func (i Image) Directory() Archive {
	s := i.store()
	archive := Archive{{Path: "manifest.json", Body: s.manifest}, Text("version", "Directory Transport Version: 1.1\n")}
	for _, l := range s.layers {
		archive = archive.add(File{Path: l.Descriptor.Digest.Hex, Body: bytes.Clone(l.blob)})
	}
	return archive.add(File{Path: Digest(s.config).Hex, Body: s.config})
}

func (i Image) tagAnnotations() map[string]string {
	if i.Tag == "" {
		return nil
	}
	return map[string]string{refName: tagOf(i.Tag), containerdName: i.Tag}
}

func (s *stored) descriptor() v1.Descriptor {
	return v1.Descriptor{MediaType: s.mediaType, Size: int64(len(s.manifest)), Digest: Digest(s.manifest)}
}

// blobs lists the image's contents as an OCI layout keeps them: layers, config,
// manifest.
func (s *stored) blobs() []File {
	var out []File
	for _, l := range s.layers {
		if len(l.URLs) == 0 { // a foreign layer lies elsewhere
			out = append(out, File{Path: Blob(l.Descriptor.Digest), Body: bytes.Clone(l.blob)})
		}
	}
	return append(out, blob(s.config), blob(s.manifest))
}
