package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/source/dockerconfig"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// endpoint is where an engine's API may be listening.
type endpoint struct {
	host    string      // as DOCKER_HOST writes it: unix:///run/docker.sock
	network string      // unix, npipe or tcp
	address string      // path of a socket or pipe, or host:port
	tls     *tls.Config // nil for a plain connection
	from    string      // what named it, for errors; "" for a usual place
}

// parseHost reads a host the way DOCKER_HOST and docker contexts write it.
func parseHost(host, from string) (endpoint, error) {
	scheme, rest, ok := strings.Cut(host, "://")
	e := endpoint{host: host, from: from}
	switch {
	case !ok || rest == "":
		return e, &usererror.Error{What: fmt.Sprintf("%s is %q, which is not a host", from, host), Next: "write it like unix:///run/docker.sock or tcp://host:2376"}
	case scheme == "unix":
		e.network, e.address = "unix", rest
	case scheme == "npipe":
		e.network, e.address = "npipe", strings.ReplaceAll(rest, "/", `\`)
	case scheme == "tcp" || scheme == "http" || scheme == "https":
		u, err := url.Parse(host)
		if err != nil || u.Host == "" {
			return e, &usererror.Error{What: fmt.Sprintf("%s is %q, which is not a host", from, host), Next: "write it like tcp://host:2376"}
		}
		e.network, e.address = "tcp", u.Host
		if u.Port() == "" {
			e.address += ":2375"
		}
		if scheme == "https" {
			e.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		}
	case scheme == "ssh":
		return e, &usererror.Error{What: fmt.Sprintf("%s is %s, and tare does not speak ssh", from, host), Next: "pipe the image: ssh HOST docker save IMAGE | tare -"}
	default:
		return e, &usererror.Error{What: fmt.Sprintf("%s is %q, which tare cannot connect to", from, host), Next: "use unix://, npipe:// or tcp://"}
	}
	return e, nil
}

// dockerEndpoints lists where Docker may be, the likeliest first: what
// DOCKER_HOST says, else the current context, else the usual places.
func dockerEndpoints() ([]endpoint, error) {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		e, err := parseHost(host, "DOCKER_HOST")
		if err == nil {
			e.tls, err = environmentTLS(e)
		}
		return []endpoint{e}, err
	}
	if name := currentContext(); name != "" {
		e, err := contextEndpoint(name)
		return []endpoint{e}, err
	}
	if runtime.GOOS == "windows" {
		return usual("npipe:////./pipe/docker_engine")
	}
	home := dockerconfig.Home()
	return usual("unix:///var/run/docker.sock",
		below(os.Getenv("XDG_RUNTIME_DIR"), "docker.sock"),
		below(home, ".docker/run/docker.sock"),
		below(home, ".docker/desktop/docker.sock"),
		below(home, ".orbstack/run/docker.sock"),
		below(home, ".colima/default/docker.sock"),
		below(home, ".rd/docker.sock"))
}

// podmanEndpoints lists where Podman may be.
func podmanEndpoints() ([]endpoint, error) {
	if host := os.Getenv("CONTAINER_HOST"); host != "" {
		e, err := parseHost(host, "CONTAINER_HOST")
		return []endpoint{e}, err
	}
	if runtime.GOOS == "windows" {
		return usual("npipe:////./pipe/podman-machine-default")
	}
	home := dockerconfig.Home()
	return usual(below(os.Getenv("XDG_RUNTIME_DIR"), "podman/podman.sock"),
		"unix:///run/user/"+strconv.Itoa(os.Getuid())+"/podman/podman.sock",
		"unix:///run/podman/podman.sock",
		below(os.Getenv("TMPDIR"), "podman/podman-machine-default-api.sock"),
		below(home, ".local/share/containers/podman/machine/podman.sock"))
}

// below is a socket's address below a directory, "" where the directory is unknown. A
// relative one is as good as unknown: it is in the working directory.
func below(dir, name string) string {
	if !filepath.IsAbs(dir) {
		return ""
	}
	return "unix://" + filepath.Join(dir, name)
}

func usual(hosts ...string) ([]endpoint, error) {
	var all []endpoint
	for _, host := range hosts {
		if host == "" {
			continue
		}
		e, err := parseHost(host, "")
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// environmentTLS reads DOCKER_TLS_VERIFY and DOCKER_CERT_PATH as the docker
// command does: certificates without the wish to verify mean TLS unverified.
func environmentTLS(e endpoint) (*tls.Config, error) {
	dir, check := os.Getenv("DOCKER_CERT_PATH"), os.Getenv("DOCKER_TLS_VERIFY") != ""
	if e.network != "tcp" || dir == "" && !check {
		return e.tls, nil
	}
	if dir == "" {
		if dir = dockerconfig.Path(); dir == "" {
			return nil, &usererror.Error{What: "DOCKER_TLS_VERIFY is set, and " + dockerconfig.ErrNoHome.Error(), Next: "set DOCKER_CERT_PATH"}
		}
	}
	return readTLS(dir, !check)
}

// readTLS reads ca.pem, cert.pem and key.pem from a directory; each may be missing.
func readTLS(dir string, unverified bool) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: unverified}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	switch {
	case err == nil:
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, &usererror.Error{What: "no certificate in " + filepath.Join(dir, "ca.pem"), Next: "check DOCKER_CERT_PATH"}
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := os.Stat(cert); err == nil {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, &usererror.Error{What: fmt.Sprintf("reading the certificate %s: %v", cert, err), Next: "check DOCKER_CERT_PATH or the docker context", Cause: err}
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
