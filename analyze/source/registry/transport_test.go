package registry

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestInsecure(t *testing.T) {
	for _, test := range []struct {
		host     string
		insecure []string
		want     bool
	}{
		{"127.0.0.1:5000", nil, true},
		{"127.8.9.1:5000", nil, true},
		{"localhost:5000", nil, true},
		{"[::1]:5000", nil, true},
		{"10.0.0.1:5000", nil, false},
		{"host.example:5000", []string{"other.example"}, false},
		{"host.example:5000", []string{"host.example"}, true},
		{"host.example:5000", []string{"host.example:5000"}, true},
		{"host.example:5000", []string{"host.example:5001"}, false},
		{"sub.host.example", []string{"host.example"}, false},
	} {
		if got := mayBeInsecure(test.host, test.insecure); got != test.want {
			t.Errorf("%s with %v: %v", test.host, test.insecure, got)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "http://10.0.0.1:5000/v2/", nil)
	if _, err := newTransport(nil, time.Second).RoundTrip(request); err == nil || !strings.Contains(err.Error(), "plain http is not allowed") {
		t.Errorf("plain http to a private address: %v", err)
	}
}

// unverifiedBy is the error of a client that does not know the server's CA.
func unverifiedBy(server *httptest.Server, host string) error {
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	answer, err := (&http.Client{Transport: &http.Transport{}}).Get("https://" + host + "/v2/")
	if err == nil {
		answer.Body.Close()
	}
	return err
}

// TestUntrustedCertificate: who cannot verify a certificate is told how to trust it.
func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	// By this name the server is not on loopback as far as anybody can see.
	named := strings.Replace(host, "127.0.0.1", "example.invalid", 1)
	err := explain(context.Background(), unverifiedBy(server, host), repositoryOf(t, named+"/app"), nil)
	sourcetest.WantError(t, err, "certificate that cannot be trusted", "--insecure "+named)
}

// TestNobodyShakesHands: a server that takes connections and says nothing is given
// up during the handshake of TLS.
func TestNobodyShakesHands(t *testing.T) {
	t.Parallel()
	host := sourcetest.SilentServer(t)
	s := &session{inner: newTransport(nil, 100*time.Millisecond), repo: repositoryOf(t, host+"/app")}
	_, err := s.pingBy(t.Context(), "https")
	sourcetest.WantError(t, explain(t.Context(), err, s.repo, nil), "no answer from "+host, "TLS handshake timeout", "check the network")
}
