package forge_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// writes answers every request that would write.
func writes(answer http.HandlerFunc) func(int, *http.Request) http.HandlerFunc {
	return func(_ int, r *http.Request) http.HandlerFunc {
		if r.Method == http.MethodGet {
			return nil
		}
		return answer
	}
}

// first answers the first requests of a method.
func first(times int, method string, answer http.HandlerFunc) func(int, *http.Request) http.HandlerFunc {
	var mu sync.Mutex
	return func(_ int, r *http.Request) http.HandlerFunc {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != method || times == 0 {
			return nil
		}
		times--
		return answer
	}
}

func message(text string) map[string]string { return map[string]string{"message": text} }

// TestNoRight: each way in which the two say that a token may not write.
func TestNoRight(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for _, answer := range []http.HandlerFunc{
			forgetest.Answer(http.StatusForbidden, message("Resource not accessible by integration")),
			forgetest.Answer(http.StatusNotFound, message("Not Found")),
			forgetest.Answer(http.StatusUnauthorized, message("Bad credentials")),
			forgetest.Answer(http.StatusForbidden, map[string]string{"error": "insufficient_scope"}),
		} {
			api.SetFault(writes(answer))
			_, err := w.job(t).Keep(t.Context(), "image", "x")
			if !errors.Is(err, forge.ErrRights) {
				t.Errorf("%v", err)
			}
		}
		if len(w.waited) > 0 {
			t.Errorf("it waited %v", w.waited)
		}
	})
	t.Run("fork", func(t *testing.T) {
		api := forgetest.GitHub(t)
		_, err := onGitHub(api, forgetest.ForkToken).job(t).Keep(t.Context(), "image", "x")
		const want = "commenting on the pull request: GitHub answers 403 Forbidden: Resource not accessible by integration (it needs issues=write; pull_requests=write); give the token permission to write comments"
		if !errors.Is(err, forge.ErrRights) || err.Error() != want {
			t.Errorf("%v", err)
		}
	})
	t.Run("GitLab's job", func(t *testing.T) {
		api := forgetest.GitLab(t)
		_, err := onGitLab(api, forgetest.GitLabJob).job(t).Keep(t.Context(), "image", "x")
		if !errors.Is(err, forge.ErrRights) || !strings.Contains(err.Error(), "GITLAB_TOKEN") {
			t.Errorf("%v", err)
		}
	})
}

// TestLimits: whoever asks too often waits as long as the answer says, if that is
// not too long.
func TestLimits(t *testing.T) {
	in := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	for _, c := range []struct {
		name     string
		answer   http.HandlerFunc
		min, max time.Duration // of the wait; max 0 for giving up
	}{
		{"Retry-After", forgetest.Answer(403, message("You have exceeded a secondary rate limit."), "Retry-After", "7"), 7 * time.Second, 7 * time.Second},
		{"Retry-After as a date", forgetest.Answer(429, message("slow"), "Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat)), 15 * time.Second, 21 * time.Second},
		{"none left", forgetest.Answer(403, message("API rate limit exceeded for installation ID 1."), "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", in(30*time.Second)), 25 * time.Second, 31 * time.Second},
		{"reset is over", forgetest.Answer(429, message("API rate limit exceeded"), "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", in(-time.Hour)), time.Second, time.Second},
		{"secondary, in words", forgetest.Answer(403, message("You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")), time.Minute, time.Minute},
		{"GitLab's words", forgetest.Text(429, "Retry later"), time.Minute, time.Minute},
		{"an hour", forgetest.Answer(403, message("API rate limit exceeded"), "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", in(time.Hour)), 0, 0},
		{"a date that is wrong", forgetest.Answer(429, message("slow"), "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), 0, 0},
		{"a broken header", forgetest.Answer(429, message("slow"), "Retry-After", "soon"), time.Minute, time.Minute},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			api := forgetest.GitHub(t)
			w := onGitHub(api, forgetest.JobToken)
			api.SetFault(first(1, method, c.answer))
			_, err := w.job(t).Keep(t.Context(), "image", "body")
			if c.max == 0 {
				if err == nil || errors.Is(err, forge.ErrRights) || !strings.Contains(err.Error(), "run it again "+map[bool]string{true: "later", false: "in 1h0m0s"}[strings.Contains(c.name, "wrong")]) && !strings.Contains(err.Error(), "run it again in 59m") || len(w.waited) > 0 {
					t.Errorf("%s, %s: %v, waited %v", c.name, method, err, w.waited)
				}
				continue
			}
			if err != nil || w.total() < c.min || w.total() > c.max {
				t.Errorf("%s, %s: %v, waited %v, want %v to %v", c.name, method, err, w.waited, c.min, c.max)
			}
			one(t, api, "body")
		}
	}
}

// TestLimitsEnd: it is patient, but not for ever.
func TestLimitsEnd(t *testing.T) {
	api := forgetest.GitHub(t)
	w := onGitHub(api, forgetest.JobToken)
	api.SetFault(func(int, *http.Request) http.HandlerFunc {
		return forgetest.Answer(429, message("slow"), "Retry-After", "50")
	})
	_, err := w.job(t).Keep(t.Context(), "image", "body")
	if err == nil || w.total() != 100*time.Second {
		t.Errorf("%v after %v", err, w.total())
	}
}

// TestTrouble: what passes is tried again, and nothing is made twice by that.
func TestTrouble(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for name, answer := range map[string]http.HandlerFunc{
			"500": forgetest.Answer(500, message("Server Error")), "502": forgetest.Text(502, "<html>bad gateway</html>"),
			"503": forgetest.Text(503, ""), "cut": forgetest.Cut, "conflict": forgetest.Answer(409, message("409 Conflict")),
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				if name == "conflict" && method == http.MethodGet {
					continue
				}
				for _, c := range ours(api) {
					api.Remove(c.ID)
				}
				api.SetFault(first(2, method, answer))
				done, err := w.job(t).Keep(t.Context(), "image", name+method)
				if err != nil || done.Did != forge.Created {
					t.Errorf("%s, %s: %v, %v", name, method, done, err)
				}
				one(t, api, name+method)
			}
		}
	})
}

// TestMadeWithoutAnswer: a comment that was made and whose answer got lost is found.
func TestMadeWithoutAnswer(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		api.SetFault(first(1, http.MethodPost, func(rw http.ResponseWriter, r *http.Request) {
			again, err := http.NewRequestWithContext(r.Context(), http.MethodPost, api.URL+r.URL.RequestURI(), r.Body)
			if err == nil {
				again.Header = r.Header
				var answer *http.Response
				if answer, err = http.DefaultClient.Do(again); err == nil {
					answer.Body.Close()
				}
			}
			if err != nil {
				t.Error(err)
			}
			panic(http.ErrAbortHandler)
		}))
		keep(t, w.job(t), "body", forge.Created)
		one(t, api, "body")
		posts := 0
		for _, request := range api.Requests() {
			if strings.HasPrefix(request, http.MethodPost) {
				posts++
			}
		}
		if posts != 2 { // the one that got no answer, and as it was passed on
			t.Errorf("%d comments were made, and everybody was told of each", posts-1)
		}
	})
}

// TestUpdateOfWhatIsGone: somebody deletes the comment while it is updated.
func TestUpdateOfWhatIsGone(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusGone, http.StatusConflict} {
		both(t, func(t *testing.T, api *forgetest.API, w *world) {
			keep(t, w.job(t), "first", forge.Created)
			gone := false
			api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
				if gone || r.Method != http.MethodPatch && r.Method != http.MethodPut {
					return nil
				}
				gone = true
				if status != http.StatusConflict {
					api.Remove(ours(api)[0].ID)
				}
				return forgetest.Answer(status, message("not now"))
			})
			if _, err := w.job(t).Keep(t.Context(), "image", "second"); err != nil {
				t.Fatal(err)
			}
			one(t, api, "second")
		})
	}
}

// TestRefused: what will not pass is told in one line, and tried once.
func TestRefused(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for want, answer := range map[string]http.HandlerFunc{
			"422 Unprocessable Entity: Validation Failed: Body is too long (maximum is 65536 characters); ": forgetest.TooLong,
			"400 Bad Request: note: is too long; ":                                                          forgetest.Answer(400, map[string]any{"message": map[string]any{"note": []string{"is too long"}}}),
			"418 I'm a teapot; ":                                                                            forgetest.Text(418, "<html>\nno</html>"),
			"answers with something other than the documented JSON":                                         forgetest.Text(200, `{"id": 1,`),
			"redirects in a loop":                                                                           forgetest.Redirect(307, "/again"),
		} {
			api.SetFault(writes(answer))
			if strings.Contains(want, "circle") {
				api.SetFault(func(int, *http.Request) http.HandlerFunc { return answer })
			}
			_, err := w.job(t).Keep(t.Context(), "image", "x")
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || errors.Is(err, forge.ErrRights) {
				t.Errorf("%v\nwant %q", err, want)
			}
		}
	})
	api := forgetest.GitHub(t)
	if _, err := onGitHub(api, forgetest.JobToken).job(t).Keep(t.Context(), "image", strings.Repeat("x", 65_600)); err == nil || len(api.Requests()) > 0 {
		t.Errorf("a comment that is too long: %v, %q", err, api.Requests())
	}
}

// TestBrokenLists: pages that are no lists, lead nowhere, elsewhere or in a circle.
func TestBrokenLists(t *testing.T) {
	elsewhere := forgetest.GitHub(t)
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for want, answer := range map[string]http.HandlerFunc{
			"something other than the documented JSON": forgetest.Text(200, `[{"id": "a"}`),
			"on another host":                          forgetest.Answer(200, []any{}, "Link", `<`+elsewhere.URL+`/repos?page=2>; rel="next"`),
			"the same page twice":                      forgetest.Answer(200, []any{}, "Link", `<?page=2>; rel="next", <?page=9>; rel="last"`),
		} {
			api.SetFault(func(int, *http.Request) http.HandlerFunc { return answer })
			_, err := w.job(t).Keep(t.Context(), "image", "x")
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
		api.SetFault(func(n int, _ *http.Request) http.HandlerFunc {
			return forgetest.Answer(200, []any{}, "Link", fmt.Sprintf(`<?page=%d>; title="a, <b>"; rel="next"`, n))
		})
		before := len(api.Requests())
		if _, err := w.job(t).Keep(t.Context(), "image", "x"); err == nil || len(api.Requests())-before > 200 {
			t.Errorf("a list without an end: %v after %d requests", err, len(api.Requests())-before)
		}
	})
	if len(elsewhere.Requests()) > 0 {
		t.Errorf("the other host was asked: %q", elsewhere.Requests())
	}
}

// TestStalls: whoever does not answer is not waited for, and Ctrl+C ends at once.
func TestStalls(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		t.Parallel()
		w.more.Timeout = 20 * time.Millisecond
		api.SetFault(func(int, *http.Request) http.HandlerFunc { return forgetest.Stall })
		if _, err := w.job(t).Keep(t.Context(), "image", "x"); err == nil || !strings.Contains(err.Error(), "does not answer in time") {
			t.Errorf("%v", err)
		}
		api.SetFault(func(int, *http.Request) http.HandlerFunc {
			return func(rw http.ResponseWriter, r *http.Request) {
				fmt.Fprint(rw, "[")
				rw.(http.Flusher).Flush()
				<-r.Context().Done()
			}
		})
		if _, err := w.job(t).Keep(t.Context(), "image", "x"); err == nil || !strings.Contains(err.Error(), "does not answer in time") {
			t.Errorf("in the middle: %v", err)
		}
	})
}

// TestSlowPages: an API that answers each page of a list without end just in time is not
// followed for as long as there are pages.
func TestSlowPages(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		t.Parallel()
		w.more.Timeout = 40 * time.Millisecond
		api.SetFault(func(n int, _ *http.Request) http.HandlerFunc {
			return func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(24 * time.Millisecond)
				forgetest.Answer(200, []any{}, "Link", fmt.Sprintf(`<?page=%d>; rel="next"`, n))(rw, r)
			}
		})
		_, err := w.job(t).Keep(t.Context(), "image", "x")
		if asked := len(api.Requests()); err == nil || !strings.Contains(err.Error(), "does not answer in time") || asked > 20 {
			t.Errorf("%v after %d requests", err, asked)
		}
	})
}

// TestTokenStaysAtHome: redirects are followed, to another host without the token,
// and a comment is not sent there at all.
func TestTokenStaysAtHome(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		other := forgetest.GitHub(t)
		token := w.env["GITHUB_TOKEN"] + w.env["GITLAB_TOKEN"]
		var mu sync.Mutex
		seen := ""
		stranger := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen += fmt.Sprint(r.Method, r.URL, r.Header)
			forgetest.Answer(200, []any{})(rw, r)
		}))
		defer stranger.Close()
		api.SetFault(first(1, http.MethodGet, forgetest.Redirect(301, stranger.URL+"/moved")))
		keep(t, w.job(t), "read elsewhere", forge.Created)
		if seen == "" || strings.Contains(seen, token) || strings.Contains(strings.ToLower(seen), "token") || strings.Contains(seen, "Authorization") {
			t.Errorf("the other host sees %s", seen)
		}
		for _, c := range ours(api) {
			api.Remove(c.ID)
		}
		api.SetFault(writes(forgetest.Redirect(307, other.URL+"/repos/shop/api/issues/7/comments")))
		_, err := w.job(t).Keep(t.Context(), "image", "x")
		if err == nil || !strings.Contains(err.Error(), "redirects to another host") || len(other.Requests()) > 0 {
			t.Errorf("%v, and the other host was asked %q", err, other.Requests())
		}
		// A repository that was renamed is at the same host.
		api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
			if r.Header.Get("X-Moved") != "" || strings.Contains(r.URL.RawQuery, "moved") {
				return nil
			}
			to := *r.URL
			query := to.Query()
			query.Set("moved", "1")
			to.RawQuery = query.Encode()
			return forgetest.Redirect(307, to.RequestURI())
		})
		keep(t, w.job(t), "after the move", forge.Created)
		one(t, api, "after the move")
	})
}

// TestTokenIsNotTold: not by an error that quotes it, either.
func TestTokenIsNotTold(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		token := w.env["GITHUB_TOKEN"] + w.env["GITLAB_TOKEN"]
		for _, answer := range []http.HandlerFunc{
			forgetest.Answer(401, message("bad token "+token)), forgetest.Answer(422, map[string]any{"message": map[string]string{"token": token}}),
			forgetest.Text(400, token), forgetest.Answer(403, message("no"), "X-Accepted-GitHub-Permissions", token),
			forgetest.Redirect(302, "http://user:"+token+"@"), forgetest.Redirect(307, "ftp://"+token), forgetest.Redirect(302, "http://["+token),
		} {
			api.SetFault(func(int, *http.Request) http.HandlerFunc { return answer })
			_, err := w.job(t).Keep(t.Context(), "image", "x")
			if err == nil || strings.Contains(err.Error(), token) {
				t.Errorf("%v", err)
			}
		}
	})
}
