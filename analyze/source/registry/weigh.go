package registry

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Weight is what a registry sends of the image that a tag means.
type Weight struct {
	Tag      string
	Digest   string // of the platform's manifest
	Platform string // "" where only the config tells, which nobody asked for
	Size     int64  // of all layers, as they are sent
	Layers   int
	Err      error // why the rest is not known; one line, fit for a person
}

// weighedAtOnce is how many tags are asked for at the same time: registries count requests.
const weighedAtOnce = 4

// Weigh asks for the manifests of tags, or digests, of one repository: an index and a manifest
// each, or the manifest alone, and nothing else. Errors are one line, fit for a person; what is
// wrong with one of the tags is in its Weight.
func Weigh(ctx context.Context, text string, tags []string, opt image.Options) ([]Weight, error) {
	fail := func(err error) ([]Weight, error) {
		return nil, &usererror.OpError{Act: "asking for the sizes of " + text, Err: err}
	}
	if opt.Offline {
		return fail(&usererror.Error{What: "tare does not contact registries while --offline is set", Next: "leave out --offline"})
	}
	reference, err := parseReference(text, opt.Insecure)
	if err != nil {
		return fail(err)
	}
	repo, err := login(ctx, reference.Context(), opt)
	if err != nil {
		return fail(err)
	}
	defer repo.transport.CloseIdleConnections()
	weights := make([]Weight, len(tags))
	var g errgroup.Group
	g.SetLimit(weighedAtOnce)
	for i, tag := range tags {
		g.Go(func() error {
			weights[i] = repo.weigh(ctx, tag, opt.Platform)
			return nil
		})
	}
	_ = g.Wait()
	return weights, ctx.Err()
}

// weigh asks for one image.
func (r *repository) weigh(ctx context.Context, tag, platform string) (w Weight) {
	w.Tag = tag
	reference, err := r.sibling(tag)
	if err != nil {
		w.Err = err
		return w
	}
	images := manifest.Resolver{Fetch: r.fetch}
	root, err := r.root(ctx, &images, reference)
	if err != nil {
		w.Err = err
		return w
	}
	all, err := images.Expand(ctx, []manifest.Candidate{root})
	if err != nil {
		w.Err = err
		return w
	}
	chosen, err := manifest.PickPlatform(all, platform)
	if err != nil {
		w.Err = err
		return w
	}
	w.Digest = chosen.Digest
	if chosen.Platform != nil {
		w.Platform = platforms.Name(*chosen.Platform)
	}
	w.Size, w.Layers, w.Err = images.Weight(ctx, chosen)
	return w
}

// IsMissing reports whether a registry has answered that it does not have, or does not do,
// what it was asked for.
func IsMissing(err error) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	return r.status == http.StatusNotFound || r.status == http.StatusMethodNotAllowed || r.status == http.StatusNotImplemented
}
