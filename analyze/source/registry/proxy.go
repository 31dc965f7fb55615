package registry

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// proxyTrouble explains an error that comes from a proxy between here and a
// registry, nil where it does not: whoever checks the registry's name then looks
// in the wrong place.
func proxyTrouble(err error, repo name.Repository) error {
	text := err.Error()
	refused := strings.Contains(text, "proxyconnect") || strings.Contains(text, "socks connect")
	login := strings.Contains(text, http.StatusText(http.StatusProxyAuthRequired))
	if !refused && !login {
		return nil
	}
	host := hostName(repo)
	proxy, variable := proxyFor(repo.RegistryStr())
	called := "the proxy"
	if proxy != "" {
		called = fmt.Sprintf("the proxy %s of %s", proxy, variable)
	}
	if login {
		return &usererror.Error{What: called + " wants a login", Next: "put user and password into " + variable, Cause: err}
	}
	why := "nothing answers there"
	if cause := proxyCause(text); cause != "" {
		why = cause
	}
	return &usererror.Error{
		What: fmt.Sprintf("cannot reach %s through %s (%s)", host, called, why),
		Next: "correct " + variable + ", or put " + host + " into NO_PROXY", Cause: err,
	}
}

// proxyFor is the proxy that requests to a host go through, as host:port, and the
// variable that names it. A password in it stays out.
func proxyFor(host string) (proxy, variable string) {
	for _, way := range []struct{ scheme, variable string }{{"https", "HTTPS_PROXY"}, {"http", "HTTP_PROXY"}} {
		u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: way.scheme, Host: host}})
		if err == nil && u != nil {
			return u.Host, way.variable
		}
	}
	return "", "HTTPS_PROXY"
}

// proxyCause is why a proxy could not be reached, from the text of an error that
// may be several in one.
func proxyCause(text string) string {
	for _, why := range []struct{ part, is string }{
		{"connection refused", "connection refused"}, {"no such host", "there is no host of that name"},
		{"i/o timeout", "no answer in time"}, {"network is unreachable", "the network is unreachable"},
	} {
		_, after, found := strings.Cut(text, "proxyconnect")
		if found && strings.Contains(after, why.part) {
			return why.is
		}
	}
	return ""
}
