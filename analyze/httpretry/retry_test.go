package httpretry_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/tare-oci/tare/analyze/httpretry"
)

// answers is a server that gives one answer after another, the last one for ever. It keeps what
// it was sent.
type answers struct {
	list []any // a status, a status with its Retry-After ("429 0"), or an error
	sent []string
}

func (a *answers) RoundTrip(request *http.Request) (*http.Response, error) {
	body := ""
	if request.Body != nil {
		text, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		body = string(text)
	}
	next := a.list[min(len(a.sent), len(a.list)-1)]
	a.sent = append(a.sent, body)
	if err, ok := next.(error); ok {
		return nil, err
	}
	answer := &http.Response{Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: request}
	switch next := next.(type) {
	case int:
		answer.StatusCode = next
		answer.Header.Set("Retry-After", "0")
	case string: // 429, with what Retry-After says
		answer.StatusCode = http.StatusTooManyRequests
		answer.Header.Set("Retry-After", next)
	}
	return answer, nil
}

func TestTransport(t *testing.T) {
	refused := errors.New("connection refused")
	for name, test := range map[string]struct {
		answers []any
		once    bool // the body can be read once
		want    int  // 0 for an error
		tries   int
	}{
		"success":                  {[]any{200}, false, 200, 1},
		"too many requests":        {[]any{429, 429, 200}, false, 200, 3},
		"a server in trouble":      {[]any{503, 502, 200}, false, 200, 3},
		"for ever":                 {[]any{429}, false, 429, httpretry.MaxTries},
		"longer than anyone waits": {[]any{"21", 200}, false, 429, 1},
		"not found":                {[]any{404, 200}, false, 404, 1},
		"a connection that broke":  {[]any{syscall.ECONNRESET, io.ErrUnexpectedEOF, 200}, false, 200, 3},
		"a server that is absent":  {[]any{refused, 200}, false, 0, 1},
		"a body read once":         {[]any{429, 200}, true, 429, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the pauses are real ones, and take no time
				server := &answers{list: test.answers}
				transport := &httpretry.Transport{Inner: server, Drain: func(body io.ReadCloser) { body.Close() }}
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://registry.example", strings.NewReader("all of it"))
				if err != nil {
					t.Fatal(err)
				}
				if test.once {
					request.GetBody = nil
				}
				answer, err := transport.RoundTrip(request)
				if test.want == 0 {
					if !errors.Is(err, refused) {
						t.Errorf("error %v, want %v", err, refused)
					}
				} else if err != nil || answer.StatusCode != test.want {
					t.Errorf("answer %v, error %v, want %d", answer, err, test.want)
				}
				if len(server.sent) != test.tries {
					t.Errorf("%d tries, want %d", len(server.sent), test.tries)
				}
				for i, body := range server.sent {
					if body != "all of it" {
						t.Errorf("try %d sent %q", i+1, body)
					}
				}
			})
		})
	}
}

func TestTransportStopsWaitingWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("because")
	server := &answers{list: []any{"20"}}
	transport := &httpretry.Transport{Inner: server, Drain: func(body io.ReadCloser) { cancel(because) }}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://registry.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transport.RoundTrip(request); !errors.Is(err, because) || len(server.sent) != 1 {
		t.Errorf("error %v after %d tries, want the cause after 1", err, len(server.sent))
	}
}
