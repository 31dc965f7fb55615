package registry

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// maxTags is how many tags of a repository are listed.
	maxTags = 20_000
	// maxTagPage is the largest answer, in bytes: a page has a thousand tags at most.
	maxTagPage = 4 << 20
	tagsAPage  = "1000"
)

// Tags lists the tags of a repository, such as ghcr.io/org/app, in the registry's own order,
// as "Listing Tags" of the OCI distribution spec says. Errors are one line, fit for a person.
func Tags(ctx context.Context, text string, opt image.Options) ([]string, error) {
	tags, err := listTags(ctx, text, opt)
	if err != nil {
		return nil, &usererror.OpError{Act: "listing the tags of " + text, Err: err}
	}
	return tags, nil
}

func listTags(ctx context.Context, text string, opt image.Options) ([]string, error) {
	if opt.Offline {
		return nil, &usererror.Error{What: "tare does not contact registries while --offline is set", Next: "leave out --offline"}
	}
	reference, err := parseReference(text, opt.Insecure)
	if err != nil {
		return nil, err
	}
	repo, err := login(ctx, reference.Context(), opt)
	if err != nil {
		return nil, err
	}
	defer repo.transport.CloseIdleConnections()
	var tags []string
	for query := (url.Values{"n": {tagsAPage}}).Encode(); query != ""; {
		page, next, err := repo.tagPage(ctx, query)
		if err != nil {
			return nil, err
		}
		tags = append(tags, page...)
		if len(tags) > maxTags {
			return nil, &usererror.Error{What: "the repository has more than 20,000 tags", Next: "name the images one by one"}
		}
		if len(page) == 0 || next == query {
			break // a registry that goes on for ever
		}
		query = next
	}
	return tags, nil
}

// tagPage asks for a page of tags. next is the query of the following one, "" for none.
func (r *repository) tagPage(ctx context.Context, query string) (tags []string, next string, err error) {
	u := url.URL{Scheme: r.scheme, Host: r.RegistryStr(), Path: "/v2/" + r.RepositoryStr() + "/tags/list", RawQuery: query}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", err
	}
	answer, err := r.client.Do(request)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = refused(answer)
	}
	if err != nil {
		return nil, "", explain(ctx, err, r.Repository, r.helper)
	}
	defer answer.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(answer.Body, maxTagPage+1))
	if err != nil {
		return nil, "", explain(ctx, err, r.Repository, r.helper)
	}
	var list struct {
		Tags []string `json:"tags"`
	}
	if len(doc) > maxTagPage || json.Unmarshal(doc, &list) != nil {
		return nil, "", &usererror.Error{What: hostName(r.Repository) + " does not answer with a list of tags", Next: nextProxy}
	}
	for _, tag := range list.Tags {
		if _, err := name.NewTag(r.Name()+":"+tag, name.WeakValidation); err == nil {
			tags = append(tags, tag)
		}
	}
	return tags, nextQuery(answer.Header.Get("Link")), nil
}

// nextQuery is the query of the page that a Link header (RFC 8288) calls the next one. Only
// the query is taken from it: the address stays that of the repository.
func nextQuery(link string) string {
	target, rest, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(link), "<"), ">")
	if !ok || !strings.Contains(rest, "next") {
		return ""
	}
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.RawQuery
}
