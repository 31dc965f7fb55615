package registry

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// tokenError is what went wrong at a token service, which is another host than
// the registry's more often than not.
type tokenError struct {
	host string // of the service
	err  error
}

func (e *tokenError) Error() string { return "the token service " + e.host + ": " + e.err.Error() }

func (e *tokenError) Unwrap() error { return e.err }

// maxRedirects is how often a token service may send us elsewhere.
const maxRedirects = 10

// exchange gets a token from the service that a Bearer challenge of from names,
// as the distribution project's token specification has it: a GET with the user's
// credential, or a POST with the refresh token that docker login got.
func (s *session) exchange(ctx context.Context, c challenge, from string, auth *credential) (string, error) {
	realm, err := url.Parse(c.parameters["realm"])
	if err != nil || realm.Host == "" || realm.Scheme != "http" && realm.Scheme != "https" {
		return "", &usererror.Error{What: from + " asks for a token but does not say where to get one", Next: "ask whoever runs the registry"}
	}
	if err := s.checkService(realm, from); err != nil {
		return "", err
	}
	ask := tokenRequest{realm: realm, service: c.parameters["service"], scopes: s.scopes(c)}
	client := &http.Client{Transport: s.inner, CheckRedirect: func(request *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errCircle
		}
		return s.checkService(request.URL, from)
	}}
	token, err := ask.get(withSecrets(ctx, *auth), client, auth)
	if err != nil && ctx.Err() == nil {
		err = &tokenError{realm.Host, err}
	}
	return token, err
}

var errCircle = errors.New("redirects in a loop")

// checkService refuses token services that a registry must not send us to.
func (s *session) checkService(service *url.URL, from string) error {
	if !s.mayAsk(service.Host, from) {
		return &usererror.Error{
			What: fmt.Sprintf("%s wants a token from %s, a private address, although it has a public one itself", from, service.Host),
			Next: "if that is right, trust the address with --insecure " + hostOnly(service.Host),
		}
	}
	return nil
}

// scopes are what a token is for: what the challenge names, and in any case
// pulling from the repository. Some services look at the first one only.
func (s *session) scopes(c challenge) []string {
	pull := "repository:" + s.repo.RepositoryStr() + ":pull"
	scopes := strings.Fields(c.parameters["scope"])
	if !slices.Contains(scopes, pull) {
		scopes = append(scopes, pull)
	}
	return scopes
}

type tokenRequest struct {
	realm   *url.URL
	service string
	scopes  []string
}

// get asks for a token. A new refresh token goes into auth.
func (t *tokenRequest) get(ctx context.Context, client *http.Client, auth *credential) (string, error) {
	request, err := t.byGet(ctx, auth)
	if auth.identity != "" {
		request, err = t.byPost(ctx, auth.identity)
	}
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	if answer.StatusCode == http.StatusNotFound && auth.identity != "" {
		// Not every service knows the POST.
		drain(answer.Body)
		if request, err = t.byGet(ctx, auth); err != nil {
			return "", err
		}
		if answer, err = client.Do(request); err != nil {
			return "", err
		}
	}
	if answer.StatusCode != http.StatusOK {
		return "", refused(answer)
	}
	defer answer.Body.Close()
	return readToken(answer, auth)
}

func (t *tokenRequest) byGet(ctx context.Context, auth *credential) (*http.Request, error) {
	u := *t.realm
	query := u.Query()
	query["scope"] = t.scopes
	if t.service != "" {
		query.Set("service", t.service)
	}
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err == nil && auth.user != "" {
		// The client leaves it out where it is redirected to another host.
		request.Header.Set("Authorization", auth.basic())
	}
	return request, err
}

func (t *tokenRequest) byPost(ctx context.Context, identity string) (*http.Request, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {identity}, "client_id": {"tare"}, "scope": {strings.Join(t.scopes, " ")}}
	if t.service != "" {
		form.Set("service", t.service)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.realm.String(), strings.NewReader(form.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request, err
}

// readToken reads the answer of a token service, of which no word may get into
// an error.
func readToken(answer *http.Response, auth *credential) (string, error) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusal+1))
	if err != nil {
		return "", err
	}
	if form := oddForm(answer.Header, body, secretsOf(answer.Request)); form != "" {
		return "", &usererror.Error{What: "it answers with " + form + " instead of a token", Next: nextProxy}
	}
	var doc struct {
		Token   string `json:"token"`
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	switch {
	case len(body) > maxRefusal:
		return "", &usererror.Error{What: fmt.Sprintf("it answers with more than %d KiB", maxRefusal>>10), Next: nextKeeper}
	case json.Unmarshal(body, &doc) != nil:
		return "", &usererror.Error{What: "it answers with something other than a token", Next: nextKeeper}
	}
	token := cmp.Or(doc.Access, doc.Token)
	if token == "" || strings.ContainsAny(token, "\r\n") {
		return "", &usererror.Error{What: "it answers without a token", Next: nextKeeper}
	}
	if auth.identity != "" && doc.Refresh != "" {
		auth.identity = doc.Refresh
	}
	return token, nil
}
