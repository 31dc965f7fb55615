package archive

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/source/manifest"
)

// LeadsTo reports whether an engine's ID of an image means the image with a
// config that the stream held. The ID is the config's digest or, where images lie
// in containerd, that of a manifest or an index; then the stream holds that
// document, and digests lead from it to the config.
func (s *Stream) LeadsTo(id, config string) bool {
	id, config = strings.TrimPrefix(id, "sha256:"), strings.TrimPrefix(config, "sha256:")
	left := manifest.MaxManifests
	var walk func(digest string, depth int) bool
	walk = func(digest string, depth int) bool {
		if digest == config {
			return true
		}
		if left--; left < 0 || depth > manifest.MaxNesting {
			return false
		}
		e, _, ok := s.find("blobs/sha256/" + digest)
		if !ok || e.gone || manifest.DigestOf(e.data) != "sha256:"+digest {
			return false
		}
		var doc struct {
			Config    struct{ Digest string }
			Manifests []struct{ Digest string }
		}
		if json.Unmarshal(e.data, &doc) != nil {
			return false
		}
		return strings.TrimPrefix(doc.Config.Digest, "sha256:") == config || slices.ContainsFunc(doc.Manifests, func(below struct{ Digest string }) bool {
			return walk(strings.TrimPrefix(below.Digest, "sha256:"), depth+1)
		})
	}
	return config != "" && walk(id, 0)
}
