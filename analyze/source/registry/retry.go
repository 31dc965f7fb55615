package registry

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/tare-oci/tare/analyze/httpretry"
)

const (
	// maxTries is how often a request is made before its failure counts.
	maxTries = 5
	// firstPause is waited before the second try; each further pause is twice as long.
	firstPause = 300 * time.Millisecond
	// maxPause is the longest that a registry may ask us to wait. Whoever has to
	// wait longer is told so at once.
	maxPause = 20 * time.Second
)

// retryTransport makes a request again where the answer says that another try may
// end better: too many requests, a server in trouble, a connection that broke
// before the answer. It is http.RoundTripper's and safe for concurrent use.
//
// go-containerregistry has such a transport, too; its pauses cannot be
// cancelled, and it does not hear what the registry says of how long to wait.
type retryTransport struct{ inner http.RoundTripper }

func (p *retryTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		answer, err := p.inner.RoundTrip(request)
		wait := pauseBefore(try)
		if err == nil {
			var soon bool
			if wait, soon = retryAfter(answer, wait); !soon {
				return answer, nil
			}
		} else if !broken(err) {
			return nil, err
		}
		again, ok := rewind(request)
		if try == maxTries || !ok {
			return answer, err
		}
		if answer != nil {
			drain(answer.Body)
		}
		if err := httpretry.Sleep(request.Context(), wait); err != nil {
			return nil, err
		}
		request = again
	}
}

// retryAfter reports whether an answer invites another try, and when.
func retryAfter(answer *http.Response, otherwise time.Duration) (wait time.Duration, soon bool) {
	switch answer.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0, false
	}
	wait, ok := httpretry.After(answer.Header, time.Now())
	if !ok {
		wait = otherwise
	}
	return wait, wait <= maxPause
}

// broken reports whether an error is a connection that ended, rather than one that
// never came about: whoever is not there is not asked again.
func broken(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return false
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}

// rewind is a request as it was before it was made. One whose body cannot be
// had again cannot be made again.
func rewind(request *http.Request) (again *http.Request, ok bool) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, false
	}
	again = request.Clone(request.Context())
	again.Body = body
	return again, true
}

// pauseBefore is how long to wait after so many tries: longer each time, and not
// for everybody the same, so that many programs do not come back at once.
func pauseBefore(try int) time.Duration {
	pause := firstPause << (try - 1)
	return pause + rand.N(pause/4)
}
