// Package registry opens images in a registry, following the OCI distribution spec. For that it
// writes nothing, and reads layers only when they are opened. [Artifacts] keeps documents in a repository.
//
//	err := registry.Open(ctx, "ghcr.io/org/app:1", img, opt) // fills in img
//
// A request passes through these on its way out, each in a file of its own. The session
// (session.go) adds what the registry's challenges ask for (RFC 9110, section 11; the token
// specification of the distribution project), with the credentials of docker login and podman
// login. httpretry.Transport tries again after 429, 5xx and broken connections.
// stallTransport (stall.go) gives up a transfer that no longer moves. safeTransport
// (transport.go) allows plain http and unverified certificates only for hosts that the user
// trusts. If the transfer of a layer breaks, it continues where it stopped (ranges.go).
//
// A repository is safe for concurrent use. Passwords and tokens are sent only to the registry and
// its token service, and never appear in an error.
package registry

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Transport is the transport of this package, and what Image.Source is for it.
const Transport = "registry"

// Open opens an image in a registry.
func Open(ctx context.Context, text string, img *image.Image, opt image.Options) error {
	if opt.Offline {
		return &usererror.Error{What: "tare does not contact registries while --offline is set", Next: "leave out --offline, or pull the image first"}
	}
	reference, err := parseReference(text, opt.Insecure)
	if err != nil {
		return err
	}
	repo, err := login(ctx, reference.Context(), opt)
	if err != nil {
		return err
	}
	img.Note(authNote())
	img.OnClose(func() error {
		repo.transport.CloseIdleConnections() // they would wait for more requests, each with two goroutines
		return nil
	})
	images := manifest.Resolver{Fetch: repo.fetch}
	root, err := repo.root(ctx, &images, reference)
	if err != nil {
		return err
	}
	chosen, err := choose(ctx, &images, root, opt.Platform)
	if err != nil {
		return err
	}
	img.Source, img.Fetched = Transport, repo.fetched.Load
	err = images.Load(ctx, chosen, img, opt.Platform, func(_ string, d v1.Descriptor) (image.Layer, error) {
		return image.Layer{
			Open: func(ctx context.Context) (io.ReadCloser, error) { return repo.layer(ctx, d) },
			Range: func(ctx context.Context, at, n int64) (io.ReadCloser, error) {
				return repo.section(ctx, d.Digest.String(), at, n)
			},
			TOC: tocOf(d),
		}, nil
	})
	if err != nil {
		return err
	}
	img.LayersOf = func(ctx context.Context, reference string) ([]string, error) {
		ids, err := repo.layersOf(ctx, reference, img.Platform)
		if err != nil {
			return nil, &usererror.OpError{Act: "looking for " + reference, Err: err}
		}
		return ids, nil
	}
	return nil
}

// parseReference reads an image's name; the registry is spoken to over http
// only where that is allowed.
func parseReference(text string, insecure []string) (name.Reference, error) {
	reference, err := name.ParseReference(text, name.WeakValidation)
	if err == nil && mayBeInsecure(reference.Context().RegistryStr(), insecure) {
		reference, err = name.ParseReference(text, name.WeakValidation, name.Insecure)
	}
	if err != nil || !imagename.Valid(text) {
		return nil, &usererror.Error{What: "this is not an image name", Next: "names are in lower case, like debian:slim or host:5000/team/app:1.2", Cause: err}
	}
	return reference, nil
}

// root reads what a tag or a digest names.
func (r *repository) root(ctx context.Context, images *manifest.Resolver, reference name.Reference) (manifest.Candidate, error) {
	doc, mediaType, err := r.document(ctx, "manifests", reference.Identifier())
	if err != nil {
		return manifest.Candidate{}, err
	}
	if byDigest, ok := reference.(name.Digest); ok {
		if err := manifest.Verify("the manifest", doc, byDigest.DigestStr()); err != nil {
			return manifest.Candidate{}, err
		}
	}
	digest, err := v1.NewHash(manifest.DigestOf(doc))
	if err != nil {
		return manifest.Candidate{}, err
	}
	if err := images.Keep(digest, doc); err != nil {
		return manifest.Candidate{}, err
	}
	d := v1.Descriptor{Digest: digest, Size: int64(len(doc)), MediaType: types.MediaType(mediaType)}
	return manifest.Candidate{Digest: digest.String(), Desc: d}, nil
}

// choose finds the manifest for a platform below what a reference names.
func choose(ctx context.Context, images *manifest.Resolver, root manifest.Candidate, asked string) (manifest.Candidate, error) {
	all, err := images.Expand(ctx, []manifest.Candidate{root})
	if err != nil {
		return manifest.Candidate{}, err
	}
	if all, err = images.ResolvePlatforms(ctx, all); err != nil {
		return manifest.Candidate{}, err
	}
	return manifest.PickPlatform(all, asked)
}

// layersOf finds the diff IDs of another image of the same repository: a tag, a
// digest, or a whole name that means this repository.
func (r *repository) layersOf(ctx context.Context, text, platform string) ([]string, error) {
	reference, err := r.sibling(text)
	if err != nil {
		return nil, err
	}
	images := manifest.Resolver{Fetch: r.fetch}
	root, err := r.root(ctx, &images, reference)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(ctx, &images, root, platform)
	if err != nil {
		return nil, err
	}
	return images.DiffIDs(ctx, chosen)
}

var errElsewhere = errors.New("it is in another repository, which is not asked")

func (r *repository) sibling(text string) (name.Reference, error) {
	if _, err := v1.NewHash(text); err == nil {
		return r.Digest(text), nil
	}
	reference, err := name.ParseReference(text, name.WeakValidation)
	if err == nil && reference.Context().Name() == r.Name() {
		return reference, nil
	}
	if strings.ContainsAny(text, "/:@") || !imagename.Valid(text) {
		return nil, errElsewhere
	}
	return r.Tag(text), nil
}
