// Package engine opens the images that a Docker or Podman engine holds. Both speak
// Docker's API (https://docs.docker.com/reference/api/engine/), of which few requests
// are made: the list of images, inspect and history of an image, its save, and for one
// file of it a container that is never started (container_file.go).
//
//	err := engine.OpenDocker(ctx, "debian:bookworm", img, opt) // fills in img
//
// The engine is looked for where DOCKER_HOST, the current docker context or CONTAINER_HOST say,
// and otherwise at the usual sockets. inspect answers in milliseconds. save is one tar of all
// layers and may take minutes. So what inspect said is stored with the image (see
// image.Inspection), together with a snapshot of what save added, and that is enough to do
// without save the next time.
package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"

	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// The transports of this package, and what Image.Source is for them.
const (
	Docker = "docker"
	Podman = "podman"
)

const (
	nextStart       = "start it, or set DOCKER_HOST to where it listens"
	nextStartPodman = "start it (systemctl --user start podman.socket), or set CONTAINER_HOST to where it listens"

	// NextPull is what an error advises about an image that an engine does not hold.
	NextPull = "pull or build it first"

	// dialTimeout is how long an engine may take to accept a connection, and
	// answerTimeout how long to say that it is there. A bare name asks one
	// after the other, so both are short. One that did is worth waiting for:
	// while it builds or packs, a small question may take askTimeout.
	dialTimeout   = 2 * time.Second
	answerTimeout = 5 * time.Second
	askTimeout    = 30 * time.Second
)

// engine is a Docker or Podman engine that answered. Both speak Docker's API:
// https://docs.docker.com/reference/api/engine/.
type engine struct {
	kind   string // docker or podman, by its own account
	host   endpoint
	client *http.Client
	api    string // newest version of the API it speaks, as in "1.41"
}

// connect finds the engine that is running. A socket that does not exist costs
// one look at the file system.
func connect(ctx context.Context, kind string) (*engine, error) {
	find := dockerEndpoints
	if kind == Podman {
		find = podmanEndpoints
	}
	endpoints, err := find()
	if err != nil {
		return nil, err
	}
	refused := error(&usererror.Error{What: "not running", Next: nextStart})
	for _, at := range endpoints {
		if at.network == "unix" {
			if _, err := os.Stat(at.address); errors.Is(err, fs.ErrNotExist) {
				if at.from != "" {
					refused = &usererror.Error{What: fmt.Sprintf("not running: %s is %s, which does not exist", at.from, at.host), Next: "start it, or correct " + at.from}
				}
				continue
			}
		}
		e := &engine{kind: kind, host: at, client: at.client()}
		err := e.ping(ctx)
		if err == nil {
			return e, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		refused = at.refusal(err)
	}
	var p *usererror.Error
	if kind == Podman && errors.As(refused, &p) && p.Next == nextStart {
		p.Next = nextStartPodman
	}
	return nil, refused
}

// client makes a client that talks to one endpoint, whatever host a URL names.
func (at endpoint) client() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	t := &http.Transport{
		DisableCompression: true,
		IdleConnTimeout:    30 * time.Second,
		TLSClientConfig:    at.tls,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if at.network == "npipe" {
				ctx, cancel := context.WithTimeout(ctx, dialTimeout)
				defer cancel()
				return dialPipe(ctx, at.address)
			}
			return dialer.DialContext(ctx, at.network, at.address)
		},
	}
	return &http.Client{Transport: t}
}

// refusal explains why an engine could not be reached.
func (at endpoint) refusal(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &usererror.Error{What: "permission denied at " + at.host, Next: "run tare as a user who may use the engine", Cause: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &usererror.Error{What: "not running: nothing is listening at " + at.host, Next: nextStart, Cause: err}
	case errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err):
		return &usererror.Error{What: "no answer from " + at.host, Next: nextStart, Cause: err}
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &usererror.Error{What: fmt.Sprintf("no answer from %s (%v)", at.host, err), Next: nextStart, Cause: err}
}

// get asks for a path of the API, as decoded text. The caller closes the body.
func (e *engine) get(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	return e.send(ctx, http.MethodGet, path, query, nil)
}

// send asks something of a path of the API, with a JSON document or nil. The caller
// closes the body.
func (e *engine) send(ctx context.Context, method, path string, query url.Values, doc []byte) (*http.Response, error) {
	u := url.URL{Scheme: "http", Host: "engine", Path: path, RawQuery: query.Encode()}
	if e.host.network == "tcp" {
		u.Host = e.host.address
		if e.host.tls != nil {
			u.Scheme = "https"
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	if doc != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return e.client.Do(request)
}

// ask gets a small JSON answer.
func (e *engine) ask(ctx context.Context, path string, query url.Values, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := e.get(ctx, path, query)
	if err != nil {
		return e.host.refusal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return e.statusError(answer)
	}
	doc, err := io.ReadAll(io.LimitReader(answer.Body, manifest.MaxDocument+1))
	if err != nil {
		return e.host.refusal(err)
	}
	return manifest.Decode("the answer of "+e.host.host, doc, into)
}

// statusError turns an answer that is not 200 into an error. 404 means that there
// is no such image, 400 that the engine would never have one of that name.
func (e *engine) statusError(answer *http.Response) error {
	if answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusBadRequest {
		return &usererror.Error{What: "no such image", Next: NextPull, Cause: usererror.ErrAbsent}
	}
	var body struct{ Message, Cause string }
	doc, _ := io.ReadAll(io.LimitReader(answer.Body, usererror.MaxText))
	if json.Unmarshal(doc, &body) != nil || body.Message == "" {
		body.Message = http.StatusText(answer.StatusCode)
	}
	return &usererror.Error{What: fmt.Sprintf("%s says: %s", e.host.host, body.Message), Next: "look at the engine's log"}
}

// ping learns whether somebody answers, and who: Podman also listens where
// Docker is expected.
func (e *engine) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	answer, err := e.get(ctx, "/_ping", nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	e.api = answer.Header.Get("Api-Version")
	if answer.Header.Get("Libpod-Api-Version") != "" {
		e.kind = Podman
	}
	return nil
}

// NotRunning reports whether an error says that no engine answers, and advises no
// more than to start one.
func NotRunning(err error) bool {
	var p *usererror.Error
	return errors.As(err, &p) && (p.Next == nextStart || p.Next == nextStartPodman)
}
