package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// maxTags is how many tags of a repository are listed.
	maxTags = 20_000
	// maxRepositories is how many repositories of a registry are taken, of those that somebody wants.
	maxRepositories = 100_000
	// maxListed is how many names are looked at for that.
	maxListed = 5_000_000
	// maxPage is the largest answer, in bytes: a page has a thousand names at most.
	maxPage    = 16 << 20
	namesAPage = "1000"
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
	return repo.pages(ctx, listing{
		path: "/v2/" + repo.RepositoryStr() + "/tags/list", most: maxTags,
		named: func(page page) []string { return page.Tags },
		valid: func(tag string) bool {
			_, err := name.NewTag(repo.Name()+":"+tag, name.WeakValidation)
			return err == nil
		},
		tooMany: &usererror.Error{What: "the repository has more than 20,000 tags", Next: "name the images one by one"},
		noList:  "a list of tags",
		passed:  passedOver(opt, "tags", hostName(repo.Repository)+"/"+repo.RepositoryStr()),
	})
}

// Repositories lists the repositories of a registry by their names without the host, in the
// registry's own order, of those that want returns true for. Not every registry answers that (the OCI distribution spec leaves it
// out), and some tell everybody only what is theirs. Errors are one line, fit for a person.
func Repositories(ctx context.Context, host string, want func(path string) bool, opt image.Options) ([]string, error) {
	all, err := listRepositories(ctx, host, want, opt)
	if err != nil {
		return nil, &usererror.OpError{Act: "listing the repositories of " + host, Err: err}
	}
	return all, nil
}

// anyRepository stands for a repository where a registry is asked for itself.
const anyRepository = "library/any"

func listRepositories(ctx context.Context, host string, want func(path string) bool, opt image.Options) ([]string, error) {
	if opt.Offline {
		return nil, &usererror.Error{What: "tare does not contact registries while --offline is set", Next: "leave out --offline"}
	}
	reference, err := parseReference(host+"/"+anyRepository, opt.Insecure)
	if err != nil {
		return nil, err
	}
	repo, err := login(ctx, reference.Context(), opt)
	if err != nil {
		return nil, err
	}
	defer repo.transport.CloseIdleConnections()
	all, err := repo.pages(ctx, listing{
		path: "/v2/_catalog", most: maxRepositories,
		named:   func(page page) []string { return page.Repositories },
		valid:   func(path string) bool { return imagename.Valid(host + "/" + path) },
		want:    want,
		tooMany: &usererror.Error{What: "more than 100,000 of its repositories fit", Next: "take a part of them with a pattern, as in " + host + "/team/*:*, or name them in a list"},
		noList:  "a list of repositories",
		passed:  passedOver(opt, "repositories", hostName(repo.Repository)),
	})
	var refusal *refusal
	if errors.As(err, &refusal) {
		return nil, &usererror.Error{What: fmt.Sprintf("%s does not list its repositories (it answers %d %s)", hostName(repo.Repository), refusal.status, http.StatusText(refusal.status)), Next: "name the repositories, as in " + host + "/team/app:*", Cause: err}
	}
	return all, err
}

// page is an answer of either kind of listing.
type page struct {
	Tags         []string `json:"tags"`
	Repositories []string `json:"repositories"`
}

// listing is something that a registry lists page by page.
type listing struct {
	path    string
	most    int                       // names that are taken
	named   func(page page) []string  // what a page lists
	valid   func(name string) bool    // others are passed over
	want    func(name string) bool    // others are not taken; nil for all
	passed  func(n int, first string) // told how many are not valid
	tooMany error
	noList  string // what the answer is not, where it is something else
}

// pages asks for all pages of a listing.
func (r *repository) pages(ctx context.Context, l listing) ([]string, error) {
	var all []string
	listed, passed, first := 0, 0, ""
	for query := (url.Values{"n": {namesAPage}}).Encode(); query != ""; {
		names, next, err := r.page(ctx, l, query)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			switch {
			case !l.valid(name):
				if passed++; passed == 1 {
					first = name
				}
			case l.want == nil || l.want(name):
				all = append(all, name)
			}
		}
		if listed += len(names); len(all) > l.most || listed > maxListed {
			return nil, l.tooMany
		}
		if len(names) == 0 || next == query {
			break // a registry that goes on for ever
		}
		query = next
	}
	if passed > 0 {
		l.passed(passed, first)
	}
	return all, nil
}

// passedOver tells how many of the names that somebody lists are not valid, and the first of them.
func passedOver(opt image.Options, what, whose string) func(n int, first string) {
	return func(n int, first string) {
		if opt.PassedOver != nil {
			opt.PassedOver(fmt.Sprintf("%s of %s left out, since no image can have such a name: %d, the first is %.60q", what, whose, n, first))
		}
	}
}

// page asks for one page. next is the query of the following one, "" for none.
func (r *repository) page(ctx context.Context, l listing, query string) (names []string, next string, err error) {
	u := url.URL{Scheme: r.scheme, Host: r.RegistryStr(), Path: l.path, RawQuery: query}
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
	doc, err := io.ReadAll(io.LimitReader(answer.Body, maxPage+1))
	if err != nil {
		return nil, "", explain(ctx, err, r.Repository, r.helper)
	}
	var list page
	if len(doc) > maxPage {
		return nil, "", l.tooMany
	}
	if json.Unmarshal(doc, &list) != nil {
		return nil, "", &usererror.Error{What: hostName(r.Repository) + " does not answer with " + l.noList, Next: nextProxy}
	}
	return l.named(list), nextQuery(answer.Header.Get("Link")), nil
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
