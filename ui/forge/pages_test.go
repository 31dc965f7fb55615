package forge

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// FuzzNext reads Link headers of any kind: the page that it finds is at the API's
// host.
func FuzzNext(f *testing.F) {
	for _, header := range []string{
		`<https://api.example/x?page=2>; rel="next", <https://api.example/x?page=9>; rel="last"`, `<?page=3>;rel=next`,
		`<https://evil.example/>; rel="next"`, `<>; rel="next"`, `<<>>; rel="next"`, `; rel="next"`, `<https://api.example@evil.example/>; rel="next"`,
		`<//evil.example/x>; rel="next"`, `<http://api.example/x>; rel=next`, `<%zz>; rel=next`, `<a>; title="x; rel=next"`,
		// A colon without a port is the scheme's own port (RFC 3986, 3.2.3).
		`<https://api.example://a/x?page=2>; rel="next"`, `<https://api.example:444/x>; rel="next"`,
	} {
		f.Add(header)
	}
	api, err := url.Parse("https://api.example/v3")
	if err != nil {
		f.Fatal(err)
	}
	c := newClient("GitHub", api, credential{token: "secret"}, Options{})
	f.Fuzz(func(t *testing.T, header string) {
		to, err := c.next("reading", c.path(nil, "x"), http.Header{"Link": {header}})
		if err == nil && to != nil && (to.Scheme != "https" || !strings.EqualFold(to.Hostname(), "api.example") || to.Port() != "" || to.User != nil) {
			t.Errorf("%q leads to %s", header, to)
		}
	})
}

// FuzzRefusal reads whatever a server says in its errors.
func FuzzRefusal(f *testing.F) {
	for _, text := range []string{`{"message":"no","errors":[{"message":"too long"}]}`, `{"message":{"note":["x"]}}`, `{"error":"secret"}`, `<html>`, `Retry later`, `{"message":1}`, `null`} {
		f.Add(text, "7", "0", "99999999999999999999")
	}
	f.Fuzz(func(t *testing.T, text, after, remaining, reset string) {
		c := newClient("GitHub", &url.URL{}, credential{token: "secret"}, Options{})
		said := c.said([]byte(text))
		if len(said) > maxQuoted+len("…") {
			t.Errorf("%d bytes are quoted", len(said))
		}
		answer := &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}}
		answer.Header.Set("Retry-After", after)
		answer.Header.Set("X-Ratelimit-Remaining", remaining)
		answer.Header.Set("X-Ratelimit-Reset", reset)
		if wait, limited := limits(answer, said, fuzzNow); limited == (wait <= 0) {
			t.Errorf("limited %v, wait %v", limited, wait)
		}
	})
}

var fuzzNow = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
