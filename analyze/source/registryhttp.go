package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// mayBeInsecure reports whether a registry may be spoken to over plain http or
// with a certificate that nobody vouches for: on this very machine, and where
// the user said so by host or host:port.
func mayBeInsecure(registry string, insecure []string) bool {
	host := registry
	if h, _, err := net.SplitHostPort(registry); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" || net.ParseIP(host).IsLoopback() {
		return true
	}
	return slices.Contains(insecure, registry) || slices.Contains(insecure, host)
}

// newTransport makes the connections to a registry, and to the hosts it sends us
// to for tokens and blobs.
func newTransport(insecure []string) *guard {
	base := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		DisableCompression:    true, // the blobs are what they are
	}
	unverified := base.Clone()
	unverified.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	return &guard{insecure: insecure, verified: base, unverified: unverified}
}

// guard lets plain http and unverified TLS happen only with hosts that may be
// insecure, whoever asks: the handshake tries http by itself for private
// addresses, and a registry may redirect to anywhere.
type guard struct {
	insecure             []string
	verified, unverified *http.Transport
}

// CloseIdleConnections ends the connections that nobody uses at the moment.
func (g *guard) CloseIdleConnections() {
	g.verified.CloseIdleConnections()
	g.unverified.CloseIdleConnections()
}

var (
	errPlainHTTP = errors.New("plain http is not allowed")
	errScheme    = errors.New("redirects to an address that is neither http nor https")
)

func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	if scheme := request.URL.Scheme; scheme != "http" && scheme != "https" {
		return nil, errScheme
	}
	if mayBeInsecure(request.URL.Host, g.insecure) {
		return g.unverified.RoundTrip(request)
	}
	if request.URL.Scheme != "https" {
		return nil, fmt.Errorf("%w to %s", errPlainHTTP, request.URL.Host)
	}
	return g.verified.RoundTrip(request)
}

// explain turns what went wrong with a registry into one line with a next step.
// helper is what a credential helper failed with, or nil.
func explain(ctx context.Context, err error, repo name.Repository, helper error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	host := repo.RegistryStr()
	if host == name.DefaultRegistry {
		host = "docker.io"
	}
	var refusal *transport.Error
	if errors.As(err, &refusal) {
		return explainStatus(refusal, host, repo, helper)
	}
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	text := err.Error()
	switch {
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid), strings.Contains(text, "x509:"):
		return &problem{what: host + " shows a certificate that cannot be trusted", next: "install its CA, or trust it with --insecure " + host, cause: err}
	case errors.Is(err, errScheme), strings.Contains(text, errScheme.Error()):
		return &problem{what: host + " " + errScheme.Error() + ", which is not followed", next: "ask whoever keeps the registry", cause: err}
	case errors.As(err, &record), strings.Contains(text, "HTTP response to HTTPS client"), errors.Is(err, errPlainHTTP), strings.Contains(text, errPlainHTTP.Error()):
		return &problem{what: host + " does not speak https", next: "allow plain http with --insecure " + host, cause: err}
	case errors.As(err, &dns), strings.Contains(text, "no such host"), strings.Contains(text, "server misbehaving"):
		return &problem{what: "there is no way to " + host + " (its name is not known)", next: "check the name, the network and the proxy", cause: err}
	}
	return &problem{what: fmt.Sprintf("no answer from %s (%s)", host, innermost(err)), next: "check the network and the proxy, or try again", cause: err}
}

func explainStatus(refusal *transport.Error, host string, repo name.Repository, helper error) error {
	where := host + "/" + repo.RepositoryStr()
	switch refusal.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		what := where + " does not exist or is not for you"
		if helper != nil {
			what += fmt.Sprintf(" (no credentials: %v)", helper)
		}
		return &problem{what: what, next: "check the name, or log in with docker login " + host, cause: errors.Join(errAbsent, refusal)}
	case http.StatusNotFound:
		return &problem{what: where + " has no such image", next: "check name and tag", cause: errors.Join(errAbsent, refusal)}
	case http.StatusTooManyRequests:
		return &problem{what: host + " is asked too often", next: "wait, or log in with docker login " + host, cause: refusal}
	}
	return &problem{what: fmt.Sprintf("%s answers %d %s", host, refusal.StatusCode, http.StatusText(refusal.StatusCode)), next: "try again later", cause: refusal}
}

// innermost is the cause of a network error, without the requests around it.
func innermost(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		err = network
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
