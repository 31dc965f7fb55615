package analyze

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// The annotations by which an image names its base (OCI image spec,
// "Annotations"). BuildKit writes them to the manifest, others to labels.
const (
	baseName   = "org.opencontainers.image.base.name"
	baseDigest = "org.opencontainers.image.base.digest"
)

// findBase finds the base image: as the user says, as the provenance says, as an
// annotation says if the base is at hand, or as the history suggests, which
// knows best with the Dockerfile beside it. A base counts only if its diff IDs
// are a proper prefix of the image's. Built is what Dockerfile and provenance
// tell, nil if nothing; 0 layers there mean that there is no base.
func findBase(ctx context.Context, img *source.Image, opt Options, steps []model.Instruction, built *model.Base) (model.Base, error) {
	if opt.Base != "" {
		base, err := baseByFlag(ctx, img, opt)
		if !opt.BaseMayDiffer || !errors.Is(err, errOtherBase) {
			return base, err
		}
	}
	counts := built != nil && built.Layers < len(img.Layers)
	if counts && built.How != model.BaseByHistory {
		return *built, nil
	}
	if b, ok := baseByAnnotation(ctx, img); ok {
		return b, nil
	}
	if counts {
		return *built, nil
	}
	if n := history.BaseLayers(img.Config, steps, len(img.Layers)); n > 0 && n < len(img.Layers) {
		return model.Base{Layers: n, How: model.BaseByHistory}, nil
	}
	return model.Base{How: model.BaseNone}, nil
}

// errOtherBase says that an image does not stand on the base that the user names.
var errOtherBase = errors.New("the image stands on another base")

// baseError is an errOtherBase with words of its own.
type baseError struct{ text string }

func (e *baseError) Error() string        { return e.text }
func (e *baseError) Is(target error) bool { return target == errOtherBase }

func otherBase(format string, args ...any) error { return &baseError{fmt.Sprintf(format, args...)} }

func baseByFlag(ctx context.Context, img *source.Image, opt Options) (model.Base, error) {
	layers := len(img.Layers)
	if n, err := strconv.Atoi(opt.Base); err == nil {
		if n < 1 || n >= layers {
			if layers < 2 {
				return model.Base{}, otherBase("--base %d: %s has %d layer, so there is nothing above a base; leave out --base", n, img.Reference, layers)
			}
			return model.Base{}, otherBase("--base %d: %s has %d layers; give a number from 1 to %d", n, img.Reference, layers, layers-1)
		}
		return model.Base{Layers: n, How: model.BaseByFlag}, nil
	}
	with := opt.Options
	if with.Platform == "" {
		with.Platform = img.Platform
	}
	// A row of releases asks for the base once each: a registry answers with a manifest, an engine with all layers.
	with.RegistryFirst = opt.BaseMayDiffer && img.Source == "registry" && !opt.Offline
	base, err := source.Open(ctx, opt.Base, with)
	if err != nil {
		return model.Base{}, fmt.Errorf("--base: %w", err)
	}
	defer base.Close()
	for base.Stream != nil && len(base.Layers) == 0 {
		if _, err := base.Stream.Next(ctx); err == io.EOF {
			break
		} else if err != nil {
			return model.Base{}, fmt.Errorf("--base: %w", err)
		}
	}
	below := diffIDs(base)
	if !properPrefix(below, diffIDs(img)) {
		return model.Base{}, otherBase("--base %s: its %d layers are not the first of %s; name the image in the Dockerfile's FROM, as it was when this image was built",
			opt.Base, len(below), img.Reference)
	}
	return model.Base{Reference: &opt.Base, Digest: orNil(base.Digest), Layers: len(below), How: model.BaseByFlag}, nil
}

// baseByAnnotation follows the image's own word for its base, but only within
// the archive, engine or repository it came from: no other host is asked
// because a label said so.
func baseByAnnotation(ctx context.Context, img *source.Image) (model.Base, bool) {
	if img.LayersOf == nil {
		return model.Base{}, false
	}
	name, digest := said(img, baseName), said(img, baseDigest)
	for _, reference := range []string{digest, name} {
		if reference == "" {
			continue
		}
		below, err := img.LayersOf(ctx, reference)
		if err == nil && properPrefix(below, diffIDs(img)) {
			return model.Base{Reference: orNil(name), Digest: orNil(digest), Layers: len(below), How: model.BaseByAnnotation}, true
		}
	}
	return model.Base{}, false
}

// said is what an image says of itself under a key, in an annotation or a label.
func said(img *source.Image, key string) string {
	if v := img.Annotations[key]; v != "" {
		return v
	}
	if img.Config != nil {
		return img.Config.Config.Labels[key]
	}
	return ""
}

// namesBase reports whether an image names its base.
func namesBase(img *source.Image) bool {
	return said(img, baseName) != "" || said(img, baseDigest) != ""
}

func diffIDs(img *source.Image) []string {
	ids := make([]string, len(img.Layers))
	for i, l := range img.Layers {
		ids[i] = l.DiffID
	}
	return ids
}

func properPrefix(below, all []string) bool {
	return len(below) > 0 && len(below) < len(all) && slices.Equal(below, all[:len(below)]) && !slices.Contains(below, "")
}

// BaseName is the annotation or label by which an image names its base.
const BaseName = baseName

// BaseDigest is the annotation or label by which an image gives the digest of its base.
const BaseDigest = baseDigest

// Said returns what an image says of itself under a key, in an annotation of its manifest or a
// label of its config; "" for nothing. Secrets are not masked.
func (h *Handle) Said(key string) string { return said(h.Image, key) }
