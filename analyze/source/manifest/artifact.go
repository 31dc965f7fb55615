package manifest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Registries and layouts hold more than images: whatever has a manifest. What it
// is stands in the manifest's artifactType, in the media type of its config or,
// where a tool borrows an image's config (cosign, BuildKit, Ollama), in those of
// its layers. See "Guidelines for Artifact Usage" in manifest.md of the OCI image
// spec.

// artifact says what a manifest is that is not an image's, "" for an image.
func (d *Document) artifact() string {
	if d.Config == nil || d.IsIndex() {
		return ""
	}
	others := 0
	first := ""
	for _, l := range d.Layers {
		if format := foreignFormat(l); format != "" {
			return format
		}
		kind := kindOfArtifact(string(l.MediaType))
		if kind == "" && !isDocument(string(l.MediaType)) {
			continue
		}
		if others++; first == "" {
			first = kind
		}
	}
	config := string(d.Config.MediaType)
	isImage := isImageConfig(d.Config.MediaType)
	if isImage && (others == 0 || others < len(d.Layers)) {
		return ""
	}
	for _, said := range []string{d.ArtifactType, config} {
		if kind := kindOfArtifact(said); kind != "" {
			return kind
		}
	}
	switch {
	case first != "":
		return first
	case d.ArtifactType != "" && !isImageConfig(types.MediaType(d.ArtifactType)):
		return "an artifact of type " + d.ArtifactType
	case !isImage:
		return "an artifact of type " + config
	}
	return "an artifact of type " + string(d.Layers[0].MediaType)
}

// notImage is the error for an artifact. subject is what it belongs to, or "".
func notImage(kind, subject string) error {
	next := "check what the reference points to"
	switch {
	case slices.ContainsFunc(artifactKinds[:fileSystems], func(k struct{ part, is string }) bool { return k.is == kind }):
		return &usererror.Error{What: "this is " + kind + ", whose layers are not tar archives", Next: "tare reads tar layers; name the image that it was made from", Cause: errArtifact}
	case subject != "":
		next = "name the image that it belongs to, " + subject
	case strings.Contains(kind, "signature") || strings.Contains(kind, "attestation") || strings.Contains(kind, "SBOM"):
		next = "name the image that it belongs to"
	}
	return &usererror.Error{What: "this is " + kind + ", not a container image", Next: next, Cause: errArtifact}
}

// errArtifact marks an error about something that is not an image.
var errArtifact = errors.New("not an image")

// onlyArtifacts is the error for an index, what, that lists artifacts alone.
func onlyArtifacts(what string, kinds []string) error {
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) == 1 {
		return &usererror.Error{What: what + " lists no image, only " + kinds[0], Next: "check what the reference points to", Cause: errArtifact}
	}
	last := len(kinds) - 1
	return &usererror.Error{What: fmt.Sprintf("%s lists no image, only %s and %s", what, usererror.List(kinds[:last]), kinds[last]), Next: "check what the reference points to", Cause: errArtifact}
}

// ArtifactOf says what an index entry is that is not an image by its own words: BuildKit
// stores provenance and SBOMs this way, for the platform unknown/unknown; others
// give a manifest an artifact type (an image's is the type of its config), and a
// build cache lists layers as if they were manifests. "" is an image or an index.
func ArtifactOf(d v1.Descriptor) string {
	media := string(d.MediaType)
	switch {
	case d.Annotations[referenceType] != "":
		return "an attestation"
	case !isImageConfig(types.MediaType(d.ArtifactType)):
		return describeType(d.ArtifactType)
	case d.Platform != nil && d.Platform.OS == "unknown" && d.Platform.Architecture == "unknown":
		return "a manifest for the platform unknown/unknown"
	case strings.HasPrefix(media, "application/vnd.") && !d.MediaType.IsImage() && !d.MediaType.IsIndex() && !d.MediaType.IsSchema1():
		return describeType(media)
	}
	return ""
}

// look reads the manifest of an index entry and says what it is; "" for an image,
// or for an index with anything in it that may be one. A manifest that cannot be
// read is left to whoever needs it.
func (r *Resolver) look(ctx context.Context, d v1.Descriptor, depth int) string {
	manifest, err := r.manifest(ctx, d)
	if err != nil {
		return ""
	}
	if !manifest.IsIndex() {
		return manifest.artifact()
	}
	kind := ""
	for _, entry := range manifest.Manifests {
		kind = ArtifactOf(entry)
		if kind == "" && KnownPlatform(entry.Platform) == nil && depth > 0 {
			kind = r.look(ctx, entry, depth-1)
		}
		if kind == "" {
			return ""
		}
	}
	return kind
}

// setAside looks again at an index entry that is not an image by its own words: a tool
// may have left an image's platform unknown/unknown. kind is "" for an image;
// subject is what an artifact belongs to, or "".
func (r *Resolver) setAside(ctx context.Context, d v1.Descriptor) (kind, subject string) {
	kind = ArtifactOf(d)
	if !d.MediaType.IsImage() || d.Annotations[referenceType] != "" {
		return kind, ""
	}
	manifest, err := r.manifest(ctx, d)
	if err != nil {
		return kind, ""
	}
	said := manifest.artifact()
	if said != "" || isImageConfig(types.MediaType(d.ArtifactType)) {
		kind = said
	}
	return kind, manifest.subject()
}

// WithoutArtifacts leaves out what is not an image: a signature beside an image is no
// second one. Where nothing else is left, the error says what there is.
func (r *Resolver) WithoutArtifacts(ctx context.Context, all []Candidate) ([]Candidate, error) {
	if len(all) < 2 {
		return all, nil
	}
	var images []Candidate
	var kinds []string
	for _, c := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		kind := ""
		switch {
		case ArtifactOf(c.Desc) != "":
			kind, _ = r.setAside(ctx, c.Desc)
		case c.Platform == nil:
			kind = r.look(ctx, c.Desc, 1)
		}
		if kind == "" {
			images = append(images, c)
		} else {
			kinds = append(kinds, kind)
		}
	}
	if len(images) == 0 {
		return nil, onlyArtifacts("its index", kinds)
	}
	return images, nil
}
