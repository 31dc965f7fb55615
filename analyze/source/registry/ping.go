package registry

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// fallbackDelay is how long https has the connection for itself where plain http
// is allowed as well.
const fallbackDelay = 300 * time.Millisecond

// pingAnswer is what a registry answers at /v2/.
type pingAnswer struct {
	scheme     string
	status     int
	challenges []challenge
}

// ping asks for /v2/: over https, and where plain http is allowed also over that,
// if https does not answer soon.
func (s *session) ping(ctx context.Context) (pingAnswer, error) {
	if !mayBeInsecure(s.repo.RegistryStr(), s.insecure) {
		return s.pingBy(ctx, "https")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		pingAnswer
		asked string
		err   error
	}
	results := make(chan result, 2)
	ask := func(scheme string) {
		p, err := s.pingBy(ctx, scheme)
		results <- result{p, scheme, err}
	}
	go ask("https")
	soon := time.NewTimer(fallbackDelay)
	defer soon.Stop()
	failed := make(map[string]error)
	asksPlain := false
	for {
		select {
		case <-soon.C:
		case r := <-results:
			var refusal *refusal
			if r.err == nil || r.asked == "https" && errors.As(r.err, &refusal) {
				return r.pingAnswer, r.err
			}
			failed[r.asked] = r.err
		}
		if !asksPlain {
			asksPlain = true
			go ask("http")
		}
		if len(failed) == 2 {
			return pingAnswer{}, failed["http"]
		}
	}
}

func (s *session) pingBy(ctx context.Context, scheme string) (pingAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+s.repo.RegistryStr()+"/v2/", nil)
	if err != nil {
		return pingAnswer{}, err
	}
	answer, err := (&http.Client{Transport: s.inner}).Do(request)
	if err != nil {
		return pingAnswer{}, err
	}
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusUnauthorized {
		r := refused(answer)
		r.root = true
		return pingAnswer{}, r
	}
	drain(answer.Body)
	if u := answer.Request.URL; u.Host == s.repo.RegistryStr() {
		scheme = u.Scheme // it may have redirected to the other one
	}
	return pingAnswer{scheme, answer.StatusCode, challenges(answer.Header)}, nil
}
