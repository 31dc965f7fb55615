package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// repository is one repository of a registry that we are logged in to, spoken
// to as the OCI distribution spec says. It is safe for concurrent use.
//
// The requests are made here and not by go-containerregistry, so that a manifest
// cannot be too large, a layer's bytes are hashed once, by whoever scans them, and
// no answer of any kind can take longer than the rest (see session).
type repository struct {
	name.Repository
	scheme  string // https, or http where that is allowed
	client  *http.Client
	wire    *guard       // the connections below the client
	helper  error        // why a credential could not be had
	fetched atomic.Int64 // bytes of all bodies
}

// manifestTypes is what we understand, for the header Accept.
var manifestTypes = strings.Join([]string{
	string(types.OCIImageIndex), string(types.DockerManifestList),
	string(types.OCIManifestSchema1), string(types.DockerManifestSchema2),
}, ", ")

// openRegistry opens an image in a registry.
func openRegistry(ctx context.Context, text string, img *Image, opt Options) error {
	if opt.Offline {
		return &problem{what: "registries are not asked while --offline is set", next: "leave out --offline, or pull the image first"}
	}
	reference, err := parseReference(text, opt.Insecure)
	if err != nil {
		return err
	}
	repo, err := login(ctx, reference.Context(), opt)
	if err != nil {
		return err
	}
	img.close = append(img.close, func() error {
		repo.wire.CloseIdleConnections() // they would wait for more requests, each with two goroutines
		return nil
	})
	images := resolver{fetch: repo.fetch}
	root, err := repo.root(ctx, &images, reference)
	if err != nil {
		return err
	}
	chosen, err := choose(ctx, &images, root, opt.Platform)
	if err != nil {
		return err
	}
	img.Source, img.Fetched = viaRegistry, repo.fetched.Load
	err = images.load(ctx, chosen, img, opt.Platform, func(_ string, d v1.Descriptor) (Layer, error) {
		return Layer{
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
			return nil, &failure{act: "looking for " + reference, err: err}
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
	if err != nil || !validName(text) {
		return nil, &problem{what: "this is no image's name", next: "names are in lower case, as in debian:slim or host:5000/team/app:1.2", cause: err}
	}
	return reference, nil
}

// login finds out how a registry is spoken to, and what it asks for, with the
// credential that docker login or podman login has for the repository. A
// credential helper that fails is as good as none, as for docker pull; why it
// failed is part of the error if the registry refuses.
func login(ctx context.Context, repo name.Repository, opt Options) (*repository, error) {
	wait := cmp.Or(opt.Patience, patience)
	auth, helper := findCredential(ctx, repo, wait)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	wire := newTransport(opt.Insecure, wait)
	s := &session{inner: &persistent{&stallGuard{agent{wire}, wait}}, repo: repo, insecure: opt.Insecure, auth: auth}
	if err := s.start(ctx); err != nil {
		wire.CloseIdleConnections()
		return nil, explain(ctx, err, repo, helper)
	}
	return &repository{Repository: repo, scheme: s.scheme, client: &http.Client{Transport: s}, wire: wire, helper: helper}, nil
}

// get asks for a path of the repository, or for a range of it ("bytes=0-99"; ""
// for all). The caller closes the body.
func (r *repository) get(ctx context.Context, kind, identifier, part string) (*http.Response, error) {
	u := url.URL{Scheme: r.scheme, Host: r.RegistryStr(), Path: "/v2/" + r.RepositoryStr() + "/" + kind + "/" + identifier}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if kind == "manifests" {
		request.Header.Set("Accept", manifestTypes)
	}
	if part != "" {
		request.Header.Set("Range", part)
	}
	answer, err := r.client.Do(request)
	if err == nil && answer.StatusCode != http.StatusOK && (part == "" || answer.StatusCode != http.StatusPartialContent) {
		err = refused(answer)
	}
	if err != nil {
		return nil, explain(ctx, err, r.Repository, r.helper)
	}
	answer.Body = &countedBody{answer.Body, &r.fetched}
	return answer, nil
}

// document reads an index, a manifest or a config; anew where the connection
// breaks.
func (r *repository) document(ctx context.Context, kind, identifier string) ([]byte, string, error) {
	for try := 1; ; try++ {
		doc, mediaType, err := r.documentOnce(ctx, kind, identifier)
		if err == nil || !broken(err) || try == maxTries {
			return doc, mediaType, err
		}
		if err := sleep(ctx, pauseBefore(try)); err != nil {
			return nil, "", err
		}
	}
}

func (r *repository) documentOnce(ctx context.Context, kind, identifier string) ([]byte, string, error) {
	answer, err := r.get(ctx, kind, identifier, "")
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(answer.Body, maxDocument+1))
	if err != nil {
		return nil, "", explain(ctx, err, r.Repository, r.helper)
	}
	if len(doc) > maxDocument {
		return nil, "", tooLarge("the document " + identifier)
	}
	if form := oddForm(answer.Header, doc); form != "" && !looksLikeJSON(doc) {
		what := strings.TrimSuffix(kind, "s") + " " + identifier
		return nil, "", &problem{what: hostName(r.Repository) + " sends " + form + " in the place of the " + what, next: nextProxy}
	}
	mediaType, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	return doc, mediaType, nil
}

// fetch reads what a descriptor means: manifests have a place of their own.
func (r *repository) fetch(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	kind := "blobs"
	if d.MediaType.IsImage() || d.MediaType.IsIndex() || d.MediaType.IsSchema1() {
		kind = "manifests"
	}
	doc, _, err := r.document(ctx, kind, d.Digest.String())
	return doc, err
}

// root reads what a tag or a digest names.
func (r *repository) root(ctx context.Context, images *resolver, reference name.Reference) (candidate, error) {
	doc, mediaType, err := r.document(ctx, "manifests", reference.Identifier())
	if err != nil {
		return candidate{}, err
	}
	if byDigest, ok := reference.(name.Digest); ok {
		if err := verify("the manifest", doc, byDigest.DigestStr()); err != nil {
			return candidate{}, err
		}
	}
	digest, err := v1.NewHash(digestOf(doc))
	if err != nil {
		return candidate{}, err
	}
	if err := images.keep(digest, doc); err != nil {
		return candidate{}, err
	}
	d := v1.Descriptor{Digest: digest, Size: int64(len(doc)), MediaType: types.MediaType(mediaType)}
	return candidate{digest: digest.String(), desc: d}, nil
}

// choose finds the manifest for a platform below what a reference names.
func choose(ctx context.Context, images *resolver, root candidate, asked string) (candidate, error) {
	all, err := images.expand(ctx, []candidate{root})
	if err != nil {
		return candidate{}, err
	}
	if all, err = images.learn(ctx, all); err != nil {
		return candidate{}, err
	}
	return pickPlatform(all, asked)
}

// layer starts reading a layer's blob as it is stored. Whoever reads it says
// which layer an error is about.
func (r *repository) layer(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	answer, err := r.get(ctx, "blobs", d.Digest.String(), "")
	var refusal *refusal
	if errors.As(err, &refusal) && refusal.status == http.StatusNotFound {
		return nil, &problem{what: "the registry does not have it, though it has the manifest", next: "push the image again", cause: err}
	}
	if err != nil {
		return nil, err
	}
	if n := answer.ContentLength; n >= 0 && n != d.Size {
		answer.Body.Close()
		if encoding := encodingOf(answer.Header); encoding != "" {
			return nil, &problem{what: "the registry sends it in the encoding " + encoding + ", which was not asked for", next: nextProxy}
		}
		return nil, &problem{
			what: fmt.Sprintf("the registry has %d bytes of it, the manifest names %d", n, d.Size),
			next: "push the image again",
		}
	}
	return &download{ctx: ctx, repo: r, digest: d.Digest.String(), end: d.Size, body: answer.Body}, nil
}

// layersOf finds the diff IDs of another image of the same repository: a tag, a
// digest, or a whole name that means this repository.
func (r *repository) layersOf(ctx context.Context, text, platform string) ([]string, error) {
	reference, err := r.sibling(text)
	if err != nil {
		return nil, err
	}
	images := resolver{fetch: r.fetch}
	root, err := r.root(ctx, &images, reference)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(ctx, &images, root, platform)
	if err != nil {
		return nil, err
	}
	return images.diffIDs(ctx, chosen)
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
	if strings.ContainsAny(text, "/:@") || !validName(text) {
		return nil, errElsewhere
	}
	return r.Tag(text), nil
}
