package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

var layerByDigits = lazyregexp.New(`^([0-9a-f]{64})(?:\.tar|/layer\.tar)?$`)

// orderByNames looks at layers that are named by their diff IDs, as Podman does, in
// another order than the config's. A name is no promise, so that one of them is
// hashed: where it is what it is called, the layers get those digests, and so
// their order. Else nothing is known against them.
func (s *savedImage) orderByNames(ctx context.Context, doc []byte, layers []image.Layer) error {
	claimed := make([]image.Layer, len(layers))
	for n, l := range layers {
		m := layerByDigits.FindStringSubmatch(path.Clean(s.Layers[n]))
		if m == nil || l.Digest != "" {
			return nil
		}
		claimed[n].Digest = "sha256:" + m[1]
	}
	config, err := manifest.ParseConfig(doc)
	if err != nil || len(config.RootFS.DiffIDs) != len(layers) {
		return nil // complete will say so
	}
	ids := manifest.DiffIDs(config)
	if manifest.InOrder(claimed, ids) == nil {
		return nil
	}
	first := 0
	for claimed[first].Digest == ids[first] {
		first++
	}
	if layers[first].Open == nil { // a stream, which has gone by
		return &usererror.Error{What: "judging by their names, its layers are in a different order than in its config", Next: "save the image again, or write the archive to a file and name that"}
	}
	content, err := layers[first].Open(ctx)
	if err != nil {
		return err
	}
	defer content.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return err
	}
	if "sha256:"+hex.EncodeToString(sum.Sum(nil)) != claimed[first].Digest {
		return nil
	}
	for n := range layers {
		layers[n].Digest = claimed[n].Digest
	}
	return nil
}

// addMediaTypes adds the media types that newer archives tell.
func (s *savedImage) addMediaTypes(layers []image.Layer) error {
	for n := range layers {
		source, ok := s.LayerSources[layers[n].DiffID]
		if !ok {
			continue
		}
		if err := manifest.CheckLayer(manifest.LayerName(n, s.Layers[n]), source.MediaType, source.URLs); err != nil {
			return err
		}
		if source.Digest == layers[n].Digest {
			layers[n].MediaType = string(source.MediaType)
		}
	}
	return nil
}
