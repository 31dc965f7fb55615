package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Artifacts are documents that lie in a repository and refer to something by its digest, as "Listing
// Referrers" of the OCI distribution spec 1.1 says; where a registry does not know that, as its referrers
// tag schema says. It is the one part of this package that writes. Safe for concurrent use.
type Artifacts struct {
	name string
	opt  image.Options

	mu     sync.Mutex
	repo   *repository // nil until somebody was logged in
	tags   bool        // the registry has no referrers API
	config bool        // the empty config is there
}

// Artifact is a document in a repository.
type Artifact struct {
	Type        string // artifactType, and the media type of the document
	Annotations map[string]string
	descriptor  v1.Descriptor // of the manifest
}

// Subject is what an artifact refers to. It need not be in the repository.
type Subject struct {
	MediaType string
	Digest    string
	Size      int64
}

const (
	// emptyConfig is the config of all artifacts. Its media type is the artifact's: registries that
	// do not know the field artifactType list that in its place.
	emptyConfig = "{}"
	// maxReferrers is how many documents are looked at that refer to one thing.
	maxReferrers = 100
)

// ArtifactsIn returns the documents in a repository, such as ghcr.io/org/indexes, which is asked when
// the first is.
func ArtifactsIn(repository string, opt image.Options) (*Artifacts, error) {
	if opt.Offline {
		return nil, &usererror.Error{What: "tare does not contact registries while --offline is set", Next: "leave out --offline"}
	}
	if _, err := parseReference(repository, opt.Insecure); err != nil {
		return nil, err
	}
	last := repository[strings.LastIndexByte(repository, '/')+1:]
	if strings.ContainsAny(last, ":@") || !strings.Contains(repository, "/") {
		return nil, &usererror.Error{What: "this is not a repository", Next: "name one without a tag, such as oci://ghcr.io/org/tare-indexes"}
	}
	return &Artifacts{name: repository, opt: opt}, nil
}

// login logs in once.
func (a *Artifacts) login(ctx context.Context) (*repository, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.repo == nil {
		reference, err := parseReference(a.name, a.opt.Insecure)
		if err != nil {
			return nil, err
		}
		if a.repo, err = login(ctx, reference.Context(), a.opt); err != nil {
			return nil, err
		}
	}
	return a.repo, nil
}

func (a *Artifacts) usesTags() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tags
}

func (a *Artifacts) useTags(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tags = yes
}

// tagOf is the tag of the list of what refers to a digest, in the tag schema.
func tagOf(digest string) string { return strings.Replace(digest, ":", "-", 1) }

// List lists the artifacts of a type that refer to a digest.
func (a *Artifacts) List(ctx context.Context, digest, kind string) ([]Artifact, error) {
	repo, err := a.login(ctx)
	if err != nil {
		return nil, err
	}
	index, err := a.index(ctx, repo, digest, kind)
	if err != nil {
		return nil, err
	}
	var all []Artifact
	for _, d := range index.Manifests {
		if d.ArtifactType == kind && len(all) < maxReferrers {
			all = append(all, Artifact{kind, d.Annotations, d})
		}
	}
	return all, nil
}

// index is what refers to a digest.
func (a *Artifacts) index(ctx context.Context, repo *repository, digest, kind string) (*v1.IndexManifest, error) {
	if a.usesTags() {
		return repo.taggedReferrers(ctx, digest)
	}
	answer, err := repo.do(ctx, http.MethodGet, "/referrers/"+digest+"?artifactType="+url.QueryEscape(kind), "", nil)
	if err != nil {
		return nil, explain(ctx, err, repo.Repository, repo.helper)
	}
	switch status := answer.StatusCode; status {
	case http.StatusOK:
		defer answer.Body.Close()
		return readIndex(answer.Body)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest, http.StatusNotImplemented:
		_ = refused(answer)
		a.useTags(true)
		return repo.taggedReferrers(ctx, digest)
	}
	return nil, explain(ctx, refused(answer), repo.Repository, repo.helper)
}

// taggedReferrers reads the list in the tag schema; an empty one where there is none.
func (r *repository) taggedReferrers(ctx context.Context, digest string) (*v1.IndexManifest, error) {
	answer, err := r.get(ctx, "manifests", tagOf(digest), "")
	var refusal *refusal
	if errors.As(err, &refusal) && refusal.status == http.StatusNotFound {
		return &v1.IndexManifest{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return readIndex(answer.Body)
}

func readIndex(r io.Reader) (*v1.IndexManifest, error) {
	doc, err := io.ReadAll(io.LimitReader(r, manifest.MaxDocument+1))
	if err != nil {
		return nil, err
	}
	index := &v1.IndexManifest{}
	if len(doc) > manifest.MaxDocument || json.Unmarshal(doc, index) != nil {
		return nil, errors.New("the list of what refers to the layer cannot be read")
	}
	return index, nil
}

// artifactManifest is the manifest of an artifact.
type artifactManifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     types.MediaType   `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        v1.Descriptor     `json:"config"`
	Layers        []v1.Descriptor   `json:"layers"`
	Subject       *v1.Descriptor    `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Open starts reading a document of at most some bytes. The caller closes it, and checks that it is what it
// should be: its digest is not compared.
func (a *Artifacts) Open(ctx context.Context, one Artifact, most int64) (io.ReadCloser, error) {
	repo, err := a.login(ctx)
	if err != nil {
		return nil, err
	}
	digest := one.descriptor.Digest.String()
	doc, _, err := repo.document(ctx, "manifests", digest)
	if err != nil {
		return nil, err
	}
	if err := manifest.Verify("its manifest", doc, digest); err != nil {
		return nil, err
	}
	var m artifactManifest
	if json.Unmarshal(doc, &m) != nil || len(m.Layers) != 1 || string(m.Layers[0].MediaType) != one.Type {
		return nil, errors.New("its manifest is not that of one document")
	}
	blob := m.Layers[0]
	if blob.Size > most || blob.Size < 0 {
		return nil, fmt.Errorf("its manifest says that it has %d bytes, and at most %d are read", blob.Size, most)
	}
	answer, err := repo.get(ctx, "blobs", blob.Digest.String(), "")
	if err != nil {
		return nil, err
	}
	if n := answer.ContentLength; n >= 0 && n != blob.Size {
		answer.Body.Close()
		return nil, fmt.Errorf("the registry has %d bytes of it, and its manifest says %d", n, blob.Size)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, blob.Size+1), answer.Body}, nil
}

// Push puts a document into the repository that refers to a subject. What refers to the same
// subject with the same annotations is replaced where the registry has no list of its own.
func (a *Artifacts) Push(ctx context.Context, of Subject, one Artifact, doc []byte) error {
	repo, err := a.login(ctx)
	if err != nil {
		return err
	}
	if err := a.push(ctx, repo, of, one, doc); err != nil {
		return explain(ctx, err, repo.Repository, repo.helper)
	}
	return nil
}

func (a *Artifacts) push(ctx context.Context, repo *repository, of Subject, one Artifact, doc []byte) error {
	if err := a.pushConfig(ctx, repo); err != nil {
		return err
	}
	blob, err := repo.pushBlob(ctx, one.Type, doc)
	if err != nil {
		return err
	}
	subject, err := v1.NewHash(of.Digest)
	if err != nil {
		return err
	}
	m := artifactManifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: one.Type, Config: descriptorOf(one.Type, []byte(emptyConfig)),
		Layers: []v1.Descriptor{blob}, Annotations: one.Annotations,
		Subject: &v1.Descriptor{MediaType: types.MediaType(of.MediaType), Digest: subject, Size: max(of.Size, 0)},
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d := descriptorOf(string(types.OCIManifestSchema1), text)
	known, err := repo.pushManifest(ctx, d.Digest.String(), d.MediaType, text)
	if err != nil {
		return err
	}
	a.useTags(!known)
	if known {
		return nil
	}
	d.ArtifactType, d.Annotations = one.Type, one.Annotations
	return repo.tagReferrer(ctx, of.Digest, d)
}

// pushConfig puts the empty config there that every artifact has.
func (a *Artifacts) pushConfig(ctx context.Context, repo *repository) error {
	a.mu.Lock()
	there := a.config
	a.mu.Unlock()
	if there {
		return nil
	}
	if _, err := repo.pushBlob(ctx, "", []byte(emptyConfig)); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.config = true
	return nil
}

// tagReferrer adds an artifact to the list in the tag schema.
func (r *repository) tagReferrer(ctx context.Context, digest string, d v1.Descriptor) error {
	index, err := r.taggedReferrers(ctx, digest)
	if err != nil {
		return err
	}
	same := func(o v1.Descriptor) bool {
		return o.Digest == d.Digest || o.ArtifactType == d.ArtifactType && fmt.Sprint(o.Annotations) == fmt.Sprint(d.Annotations)
	}
	index.Manifests = append(slices.DeleteFunc(index.Manifests, same), d)
	index.SchemaVersion, index.MediaType = 2, types.OCIImageIndex
	text, err := json.Marshal(index)
	if err != nil {
		return err
	}
	_, err = r.pushManifest(ctx, tagOf(digest), types.OCIImageIndex, text)
	return err
}

func descriptorOf(mediaType string, doc []byte) v1.Descriptor {
	digest, _ := v1.NewHash(manifest.DigestOf(doc)) // which is one
	return v1.Descriptor{MediaType: types.MediaType(mediaType), Digest: digest, Size: int64(len(doc))}
}

// do sends a request for a path of the repository. The caller closes the body.
func (r *repository) do(ctx context.Context, method, path, kind string, body []byte) (*http.Response, error) {
	return r.send(ctx, method, r.scheme+"://"+r.RegistryStr()+"/v2/"+r.RepositoryStr()+path, kind, body)
}

func (r *repository) send(ctx context.Context, method, address, kind string, body []byte) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	return r.client.Do(request)
}

// pushBlob uploads a blob, as "POST then PUT" of the distribution spec says, unless it is there. An
// upload that did not end well is begun anew: a registry may have kept the bytes of a PUT that it
// answered with an error, and would add those of the next one to them.
func (r *repository) pushBlob(ctx context.Context, mediaType string, doc []byte) (v1.Descriptor, error) {
	d := descriptorOf(mediaType, doc)
	for try := 1; ; try++ {
		again, err := r.uploadBlob(ctx, d.Digest.String(), doc)
		if err == nil || !again || try == httpretry.MaxTries {
			return d, err
		}
		if err := httpretry.Sleep(ctx, httpretry.Backoff(try)); err != nil {
			return d, err
		}
	}
}

// uploadBlob uploads a blob unless it is there. Where that fails, it reports whether a new upload may
// succeed.
func (r *repository) uploadBlob(ctx context.Context, digest string, doc []byte) (again bool, err error) {
	answer, err := r.do(ctx, http.MethodHead, "/blobs/"+digest, "", nil)
	if err != nil {
		return false, err
	}
	answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return false, nil
	}
	answer, err = r.do(ctx, http.MethodPost, "/blobs/uploads/", "", []byte{})
	if err != nil {
		return false, err
	}
	if answer.StatusCode != http.StatusAccepted {
		return false, refused(answer)
	}
	answer.Body.Close()
	to, err := answer.Location()
	if err != nil {
		return false, errors.New("the registry does not say where to upload to")
	}
	query := to.Query()
	query.Set("digest", digest)
	to.RawQuery = query.Encode()
	answer, err = r.send(httpretry.Once(ctx), http.MethodPut, to.String(), "application/octet-stream", doc)
	if err != nil {
		return httpretry.Broken(err), err
	}
	if answer.StatusCode != http.StatusCreated {
		return httpretry.Passing(answer.StatusCode), refused(answer)
	}
	return false, answer.Body.Close()
}

// pushManifest puts a manifest under a tag or its digest. It reports whether the registry lists
// what refers to its subject.
func (r *repository) pushManifest(ctx context.Context, name string, kind types.MediaType, doc []byte) (listed bool, err error) {
	answer, err := r.do(ctx, http.MethodPut, "/manifests/"+name, string(kind), doc)
	if err != nil {
		return false, err
	}
	if answer.StatusCode != http.StatusCreated {
		return false, refused(answer)
	}
	return answer.Header.Get("OCI-Subject") != "", answer.Body.Close()
}
