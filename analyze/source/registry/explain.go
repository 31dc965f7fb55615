package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	nextProxy  = "check the name, the network and the proxy"
	nextKeeper = "ask whoever runs the registry"
)

// hostName is how people write a repository's registry.
func hostName(repo name.Repository) string {
	if host := repo.RegistryStr(); host != name.DefaultRegistry {
		return host
	}
	return "docker.io"
}

// explain turns what went wrong with a registry into one line with a next step.
// helper is why a credential could not be had, or nil.
func explain(ctx context.Context, err error, repo name.Repository, helper error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	host := hostName(repo)
	var service *tokenError
	if errors.As(err, &service) {
		host = "the token service " + service.host
		if service.host != repo.RegistryStr() {
			host += " of " + hostName(repo)
		}
	}
	var refusal *refusal
	if errors.As(err, &refusal) {
		return explainStatus(refusal, host, repo, helper, service != nil)
	}
	var known *usererror.Error
	if errors.As(err, &known) {
		if service != nil {
			return &usererror.Error{What: host + ": " + known.What, Next: known.Next, Cause: err}
		}
		return known
	}
	if proxy := proxyTrouble(err, repo); proxy != nil {
		return proxy
	}
	connection := explainConnection(err, host)
	connection.What += noCredentials(helper)
	return connection
}

// noCredentials says why a credential could not be had, "" where nothing is wrong.
func noCredentials(helper error) string {
	if helper == nil {
		return ""
	}
	return fmt.Sprintf(" (no credentials: %s)", strings.ReplaceAll(helper.Error(), "\n", ", "))
}

// explainConnection is for what comes of connections that were not made, or that
// nothing came by.
func explainConnection(err error, host string) *usererror.Error {
	bare := host[strings.LastIndexByte(host, ' ')+1:]
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	text := err.Error()
	switch {
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid), strings.Contains(text, "x509:"):
		return &usererror.Error{What: host + " has a certificate that cannot be trusted", Next: "install its CA, or trust it with --insecure " + bare, Cause: err}
	case errors.Is(err, errScheme), strings.Contains(text, errScheme.Error()):
		return &usererror.Error{What: host + " " + errScheme.Error() + ", which is not followed", Next: nextKeeper, Cause: err}
	case errors.Is(err, errCircle), strings.Contains(text, "stopped after 10 redirects"):
		return &usererror.Error{What: host + " " + errCircle.Error(), Next: nextKeeper, Cause: err}
	case errors.As(err, &record), strings.Contains(text, "HTTP response to HTTPS client"), errors.Is(err, errPlainHTTP), strings.Contains(text, errPlainHTTP.Error()):
		return &usererror.Error{What: host + " does not speak https", Next: "allow plain http with --insecure " + bare, Cause: err}
	case errors.As(err, &dns), strings.Contains(text, "no such host"), strings.Contains(text, "server misbehaving"):
		return &usererror.Error{What: host + " cannot be found (there is no host of that name)", Next: "check the name, the network and the proxy", Cause: err}
	case strings.Contains(text, "awaiting response headers"):
		return &usererror.Error{What: host + " accepts the connection but does not answer", Next: "check the network and the proxy, or try again", Cause: errors.Join(errStalled, err)}
	}
	return &usererror.Error{What: fmt.Sprintf("no answer from %s (%s)", host, httpretry.Cause(err)), Next: "check the network and the proxy, or try again", Cause: err}
}

// explainStatus is for answers that are no success. host is who answered, be it a
// token service.
func explainStatus(r *refusal, host string, repo name.Repository, helper error, service bool) error {
	where := hostName(repo) + "/" + repo.RepositoryStr()
	absent := errors.Join(usererror.ErrAbsent, r)
	answers := fmt.Sprintf("%s answers %d %s", host, r.status, http.StatusText(r.status))
	switch {
	case r.form != "":
		answers += " with " + r.form
	case r.said != "":
		answers += ": " + r.said
	}
	switch {
	case r.status == http.StatusTooManyRequests:
		return &usererror.Error{What: host + " has received too many requests", Next: "wait, or log in with docker login " + hostName(repo), Cause: r}
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		what := where + " does not exist, or you have no access to it"
		if service || r.form != "" || r.said != "" && r.status == http.StatusForbidden {
			what += " (" + answers + ")"
		}
		return &usererror.Error{What: what + noCredentials(helper), Next: "check the name, or log in with docker login " + hostName(repo), Cause: absent}
	case r.status == http.StatusNotFound && r.root:
		return &usererror.Error{What: host + " is not a registry: it " + strings.TrimPrefix(answers, host+" ") + " at /v2/", Next: "check the name", Cause: absent}
	case r.status == http.StatusNotFound && !service:
		what := where + " has no such image"
		if r.form != "" {
			what += " (" + answers + ", which is not how a registry answers)"
		}
		return &usererror.Error{What: what, Next: "check name and tag", Cause: absent}
	case r.form != "" && r.status < http.StatusInternalServerError:
		return &usererror.Error{What: answers + ", which is not how a registry answers", Next: nextProxy, Cause: r}
	}
	return &usererror.Error{What: answers, Next: "try again later", Cause: r}
}
