package registry

import (
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/httpretry"
)

// session sends requests to a registry with the authorization that it asks for,
// whenever it asks: at /v2/, at a manifest or at a blob, and again when a token has
// run out. It is an http.RoundTripper and safe for concurrent use.
//
// go-containerregistry's own transport answers a Bearer challenge at /v2/ only,
// reads the bodies of errors to their end however long that takes, and asks no
// token service at a private address, be it the registry's own.
type session struct {
	inner    http.RoundTripper
	repo     name.Repository
	insecure []string // hosts that the user trusts
	auth     credential
	known    credential // auth as it was found, which no error repeats
	scheme   string     // that the registry answers to

	mu            sync.Mutex
	authorization string // what goes with requests to the registry, "" for nothing
}

// start finds out how the registry is spoken to, and what it asks for.
func (s *session) start(ctx context.Context) error {
	ctx = withSecrets(ctx, s.known)
	answer, err := s.ping(ctx)
	if err != nil {
		return err
	}
	s.scheme = answer.scheme
	if answer.status == http.StatusUnauthorized {
		_, err := s.authorize(ctx, answer.challenges, "")
		return err
	}
	// Some ask for nothing here and refuse the image later, without a challenge.
	switch {
	case s.auth.token != "":
		s.authorization = "Bearer " + s.auth.token
	case s.auth.user != "":
		s.authorization = s.auth.basic()
	}
	return nil
}

func (c credential) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.user+":"+c.password))
}

// ours reports whether a request goes to the registry itself. What belongs to it
// is sent nowhere else, wherever it redirects to.
func (s *session) ours(request *http.Request) bool {
	return request.URL.Scheme == s.scheme && withPort(request.URL.Host, s.scheme) == withPort(s.repo.RegistryStr(), s.scheme)
}

func withPort(host, scheme string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	if scheme == "http" {
		return host + ":80"
	}
	return host + ":443"
}

func (s *session) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.WithContext(withSecrets(request.Context(), s.known))
	used := ""
	ours := s.ours(request)
	if ours {
		s.mu.Lock()
		used = s.authorization
		s.mu.Unlock()
	}
	answer, err := s.send(request, used)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	again, ok := httpretry.Rewind(request)
	asked := challenges(answer.Header)
	if !ok || len(asked) == 0 {
		return answer, nil
	}
	var next string
	if ours {
		next, err = s.authorize(request.Context(), asked, used)
	} else {
		next, err = s.authorizeElsewhere(request, asked)
	}
	if err != nil {
		answer.Body.Close()
		return nil, err
	}
	if next == used {
		return answer, nil // there is nothing better
	}
	drain(answer.Body)
	return s.send(again, next)
}

func (s *session) send(request *http.Request, authorization string) (*http.Response, error) {
	if authorization != "" {
		request = request.Clone(request.Context())
		request.Header.Set("Authorization", authorization)
	}
	return s.inner.RoundTrip(request)
}

// authorize answers the registry's challenges and returns what to send from now
// on. used is what was refused; where another request has got something newer
// meanwhile, that is returned.
func (s *session) authorize(ctx context.Context, asked []challenge, used string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.authorization != used {
		return s.authorization, nil
	}
	if bearer, ok := findChallenge(asked, "bearer"); ok {
		token := s.auth.token
		if token == "" {
			var err error
			if token, err = s.exchange(ctx, bearer, s.repo.RegistryStr(), &s.auth); err != nil {
				return "", err
			}
		}
		s.authorization = "Bearer " + token
	} else if _, ok := findChallenge(asked, "basic"); ok && s.auth.user != "" {
		s.authorization = s.auth.basic()
	}
	return s.authorization, nil
}

// authorizeElsewhere answers a host that the registry redirected to, for this one
// request and as nobody: the registry's credentials are not for it.
func (s *session) authorizeElsewhere(request *http.Request, asked []challenge) (string, error) {
	bearer, ok := findChallenge(asked, "bearer")
	if !ok {
		return "", nil
	}
	token, err := s.exchange(request.Context(), bearer, request.URL.Host, &credential{})
	if err != nil {
		return "", err
	}
	return "Bearer " + token, nil
}

// isLocal reports whether a host is an address that only this machine or its
// network knows: loopback, private, link-local or none at all. A host that is a
// name may be one, too; that is for the network to prevent.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip.IsUnspecified())
}

// mayAsk reports whether a host may send us to a token service: not from outside
// to an address of this machine or its network, where nobody expects a request
// of a stranger's making (169.254.169.254 gives away a cloud's credentials), but
// on the host itself, from this machine to this machine, within a private network,
// and where the user trusts it.
func (s *session) mayAsk(service, from string) bool {
	serviceHost, fromHost := hostOnly(service), hostOnly(from)
	ip := net.ParseIP(serviceHost)
	switch {
	case !isLocal(serviceHost), serviceHost == fromHost:
		return true
	case isLoopback(serviceHost) && isLoopback(fromHost), ip != nil && ip.IsPrivate() && isLocal(fromHost):
		return true
	}
	return slices.Contains(s.insecure, service) || slices.Contains(s.insecure, serviceHost)
}
