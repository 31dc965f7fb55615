package registry

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// mayBeInsecure reports whether a registry may be spoken to over plain http or
// with a certificate that nobody vouches for: on this very machine, and where
// the user said so by host or host:port.
func mayBeInsecure(registry string, insecure []string) bool {
	host := hostOnly(registry)
	return isLoopback(host) || slices.Contains(insecure, registry) || slices.Contains(insecure, host)
}

// isLoopback reports whether a host, without a port, is this very machine.
func isLoopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// hostOnly takes the port, and the brackets of an IPv6 address, off a host.
func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.Trim(host, "[]")
}

// newTransport makes the connections to a registry, and to the hosts it sends us
// to for tokens and blobs. An answer has to begin within timeout.
func newTransport(insecure []string, timeout time.Duration) *safeTransport {
	base := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   min(10*time.Second, timeout),
		ResponseHeaderTimeout: timeout,
		DisableCompression:    true, // the blobs are what they are
	}
	unverified := base.Clone()
	unverified.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	return &safeTransport{insecure: insecure, verified: base, unverified: unverified}
}

// safeTransport lets plain http and unverified TLS happen only with hosts that may be
// insecure, whoever asks: the handshake tries http by itself for private
// addresses, and a registry may redirect to anywhere.
type safeTransport struct {
	insecure             []string
	verified, unverified *http.Transport
}

// CloseIdleConnections ends the connections that nobody uses at the moment.
func (g *safeTransport) CloseIdleConnections() {
	g.verified.CloseIdleConnections()
	g.unverified.CloseIdleConnections()
}

var (
	errPlainHTTP = errors.New("plain http is not allowed")
	errScheme    = errors.New("redirects to an address that is neither http nor https")
)

func (g *safeTransport) RoundTrip(request *http.Request) (*http.Response, error) {
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

// userAgent says who asks.
type userAgent struct{ inner http.RoundTripper }

func (a userAgent) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("User-Agent", "tare")
	return a.inner.RoundTrip(request)
}
