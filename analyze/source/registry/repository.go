package registry

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

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// repository is one repository of a registry that we are logged in to, spoken
// to as the OCI distribution spec says. It is safe for concurrent use.
//
// The requests are made here and not by go-containerregistry, so that a manifest
// cannot be too large, a layer's bytes are hashed once, by whoever scans them, and
// no answer of any kind can take longer than the rest (see session).
type repository struct {
	name.Repository
	scheme    string // https, or http where that is allowed
	client    *http.Client
	transport *safeTransport // the connections below the client
	helper    error          // why a credential could not be had
	fetched   atomic.Int64   // bytes of all bodies
}

// manifestTypes is what we understand, for the header Accept.
var manifestTypes = strings.Join([]string{
	string(types.OCIImageIndex), string(types.DockerManifestList),
	string(types.OCIManifestSchema1), string(types.DockerManifestSchema2),
}, ", ")

// login finds out how a registry is spoken to, and what it asks for, with the
// credential that docker login or podman login has for the repository. A
// credential helper that fails is as good as none, as for docker pull; why it
// failed is part of the error if the registry refuses.
func login(ctx context.Context, repo name.Repository, opt image.Options) (*repository, error) {
	wait := cmp.Or(opt.StallTimeout, stallTimeout)
	auth, helper := findCredential(ctx, repo, wait)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	transport := newTransport(opt.Insecure, wait)
	s := &session{inner: &httpretry.Transport{Inner: &stallTransport{userAgent{transport}, wait}, Drain: drain}, repo: repo, insecure: opt.Insecure, auth: auth, known: auth}
	if err := s.start(ctx); err != nil {
		transport.CloseIdleConnections()
		return nil, explain(ctx, err, repo, helper)
	}
	return &repository{Repository: repo, scheme: s.scheme, client: &http.Client{Transport: s}, transport: transport, helper: helper}, nil
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
	answer.Body = &countReader{answer.Body, &r.fetched}
	return answer, nil
}

// document reads an index, a manifest or a config; anew where the connection
// breaks.
func (r *repository) document(ctx context.Context, kind, identifier string) ([]byte, string, error) {
	for try := 1; ; try++ {
		doc, mediaType, err := r.documentOnce(ctx, kind, identifier)
		if err == nil || !httpretry.Broken(err) || try == httpretry.MaxTries {
			return doc, mediaType, err
		}
		if err := httpretry.Sleep(ctx, httpretry.Backoff(try)); err != nil {
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
	doc, err := io.ReadAll(io.LimitReader(answer.Body, manifest.MaxDocument+1))
	if err != nil {
		return nil, "", explain(ctx, err, r.Repository, r.helper)
	}
	if len(doc) > manifest.MaxDocument {
		return nil, "", manifest.TooLarge("the document " + identifier)
	}
	if form := oddForm(answer.Header, doc, secretsOf(answer.Request)); form != "" && !looksLikeJSON(doc) {
		what := strings.TrimSuffix(kind, "s") + " " + identifier
		return nil, "", &usererror.Error{What: hostName(r.Repository) + " sends " + form + " instead of the " + what, Next: nextProxy}
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

// layer starts reading a layer's blob as it is stored. Whoever reads it says
// which layer an error is about.
func (r *repository) layer(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	answer, err := r.get(ctx, "blobs", d.Digest.String(), "")
	var refusal *refusal
	if errors.As(err, &refusal) && refusal.status == http.StatusNotFound {
		return nil, &usererror.Error{What: "the registry does not have it, although it has the manifest", Next: "push the image again", Cause: err}
	}
	if err != nil {
		return nil, err
	}
	if n := answer.ContentLength; n >= 0 && n != d.Size {
		answer.Body.Close()
		if encoding := encodingOf(answer.Header); encoding != "" {
			return nil, &usererror.Error{What: "the registry sends it in the encoding " + encoding + ", which tare did not ask for", Next: nextProxy}
		}
		return nil, &usererror.Error{
			What: fmt.Sprintf("the registry has %d bytes of it, but the manifest says %d", n, d.Size),
			Next: "push the image again",
		}
	}
	return &download{ctx: ctx, repo: r, digest: d.Digest.String(), end: d.Size, body: answer.Body}, nil
}
