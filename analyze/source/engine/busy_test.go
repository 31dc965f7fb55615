package engine

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections never leave the process, so that a test's clock
// knows when all wait.
type pipes struct{ made chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.made; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Net: "unix"} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	p.made <- theirs
	return ours, nil
}

// TestBusyEngine asks an engine that takes its time. Whether it is there has to be answered
// at once, because a bare name asks one engine after the other; a small question to one
// that is there is waited for while it builds. The clock is the test's own.
func TestBusyEngine(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration
		ask   func(context.Context, *engine) error
		fails bool
	}{
		"there, in time":     {4 * time.Second, isThere, false},
		"there, too late":    {6 * time.Second, isThere, true},
		"a question":         {25 * time.Second, inspect, false},
		"a question, no end": {40 * time.Second, inspect, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all := pipes{make(chan net.Conn)}
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					select {
					case <-time.After(c.takes):
					case <-r.Context().Done(): // who asked has hung up
					}
					_, _ = io.WriteString(w, `{"Id": "sha256:1"}`)
				})}
				go func() { _ = server.Serve(all) }()
				transport := &http.Transport{DialContext: all.dial}
				e := &engine{kind: Docker, host: endpoint{host: "unix:///busy.sock"}, client: &http.Client{Transport: transport}}
				err := c.ask(t.Context(), e)
				if c.fails {
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("it ends with %v", err)
					}
				} else if err != nil {
					t.Errorf("after %v it ends with %v", c.takes, err)
				}
				transport.CloseIdleConnections()
				close(all.made)
				server.Close()
			})
		})
	}
}

// isThere asks whether the engine is there.
func isThere(ctx context.Context, e *engine) error { return e.ping(ctx) }

// inspect asks a small question.
func inspect(ctx context.Context, e *engine) error {
	var answer struct{ ID string }
	if err := e.ask(ctx, "/images/app/json", nil, &answer); err != nil {
		return err
	}
	if answer.ID != "sha256:1" {
		return errors.New("the answer is " + answer.ID)
	}
	return nil
}
